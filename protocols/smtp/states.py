"""The states of an SMTP session, and everything that the server can answer in each: RFC 5321 sections 4.1.4 and 4.3.2.

The server says nothing that is not a row here. Its taps follow a session with this table, the explanations read it,
the lesson's diagram is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.machine import Machine, Row, State
from protocols.smtp.causes import CAUSES, paths, unknown
from protocols.smtp.wire import DOT, KNOWN, OTHER, UNASKED

STATES = (
    State("connected", "handshake", (0, 0), "The server waits for your greeting: HELO or EHLO and your host's name."),
    State("greeted", "transfer", (1, 0), "The server knows your name and waits for an envelope's sender: MAIL FROM."),
    State("sender", "transfer", (2, 0), "The envelope has its sender and waits for its first recipient: RCPT TO."),
    State(
        "recipients", "transfer", (2, 1), "The envelope can go: name more recipients with RCPT TO, or start with DATA."
    ),
    State("data", "transfer", (1, 1), "Your lines are the message now, until a line with nothing but a dot."),
    State("closed", "closure", (0, 1), "The session is over. Connect again to go on."),
)

# The course of a session in which nothing goes wrong: the arrows that a diagram shows first.
COURSE = (
    ("connected", "HELO", "greeted"),
    ("greeted", "MAIL", "sender"),
    ("sender", "RCPT", "recipients"),
    ("recipients", "DATA", "data"),
    ("data", DOT, "greeted"),
    ("greeted", "QUIT", "closed"),
)

# RFC 5321 section 4.1.4: what is out of order, and why.
OUT_OF_ORDER = {
    ("connected", "MAIL"): "mail-before-helo",
    ("connected", "RCPT"): "rcpt-before-helo",
    ("connected", "DATA"): "data-before-helo",
    ("greeted", "RCPT"): "rcpt-before-mail",
    ("greeted", "DATA"): "data-before-mail",
    ("sender", "MAIL"): "nested-mail",
    ("sender", "DATA"): "data-before-rcpt",
    ("recipients", "MAIL"): "nested-mail",
}

_PARAMETERS = ("parameters-without-ehlo", "unknown-parameter")
_ONLY_MAIL = ("missing-from", "mail-to", "bad-size", "size-too-large", "bad-body", *_PARAMETERS)
_ONLY_RCPT = ("missing-to", "rcpt-from", "unknown-mailbox", "relay-denied", *_PARAMETERS)
_PATHS = tuple(cause.why for cause in paths.CAUSES)
_UNREADABLE = ("not-ascii", "control-octets", "line-too-long")  # whatever the verb


def _row(state: str, verb: str, why: str, then: str | None = None) -> Row:
    return Row(state, verb, CAUSES[why].code, why, then)


def _rows() -> Iterator[Row]:
    yield _row("connected", UNASKED, "ready")
    yield _row("connected", UNASKED, "too-many-connections", "closed")
    for state in ("connected", "greeted", "sender", "recipients"):
        for verb in (*KNOWN, DOT, OTHER):
            yield from _verb_rows(state, verb)
            yield _row(state, verb, "too-many-commands", "closed")
            yield _row(state, verb, "local-error")
    yield _row("data", DOT, "accepted", "greeted")
    yield _row("data", DOT, "message-too-large", "greeted")
    yield _row("data", DOT, "text-line-too-long", "greeted")
    yield _row("data", UNASKED, "server-failed", "closed")
    for state in ("connected", "greeted", "sender", "recipients", "data"):
        yield _row(state, UNASKED, "idle", "closed")
        yield _row(state, UNASKED, "lab-ends", "closed")


def _verb_rows(state: str, verb: str) -> Iterator[Row]:
    if verb == OTHER:
        yield from (_row(state, verb, cause.why) for cause in unknown.CAUSES if cause.why != "dot-outside-data")
        return
    if verb == DOT:
        yield _row(state, verb, "dot-outside-data")
        return
    if (state, verb) in OUT_OF_ORDER:
        yield _row(state, verb, OUT_OF_ORDER[state, verb])
    else:
        yield from _in_order(state, verb)
    yield from (_row(state, verb, why) for why in _UNREADABLE)


def _in_order(state: str, verb: str) -> Iterator[Row]:
    """What can be answered where the order allows the verb: success first."""
    empty = "connected" if state == "connected" else "greeted"  # where a session is without an envelope
    if verb in ("HELO", "EHLO"):
        yield _row(state, verb, "hello" if verb == "HELO" else "hello-extended", "greeted")
        yield _row(state, verb, "hello-without-name")
        yield _row(state, verb, "hello-with-bad-name")
    elif verb == "MAIL":
        yield _row(state, verb, "sender-ok", "sender")
        yield from (_row(state, verb, why) for why in (*_PATHS, *_ONLY_MAIL) if why not in ("missing-to", "rcpt-from"))
    elif verb == "RCPT":
        yield _row(state, verb, "recipient-ok", "recipients")
        yield from (_row(state, verb, why) for why in (*_PATHS, *_ONLY_RCPT) if why not in ("missing-from", "mail-to"))
        if state == "recipients":
            yield _row(state, verb, "too-many-recipients")
    elif verb == "DATA":
        yield _row(state, verb, "enter-mail", "data")
        yield _row(state, verb, "argument-unwanted")
    elif verb == "RSET":
        yield _row(state, verb, "reset", empty)
        yield _row(state, verb, "argument-unwanted")
    elif verb == "NOOP":
        yield _row(state, verb, "nothing-done")
    elif verb == "VRFY":
        yield _row(state, verb, "not-verified")
        yield _row(state, verb, "verify-whom")
    elif verb == "HELP":
        yield _row(state, verb, "help")
        yield _row(state, verb, "help-on-verb")
        yield _row(state, verb, "no-help-on-that")
    elif verb == "QUIT":
        yield _row(state, verb, "bye", "closed")
        yield _row(state, verb, "argument-unwanted")


MACHINE = Machine("smtp", "connected", STATES, tuple(dict.fromkeys(_rows())))
