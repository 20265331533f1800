"""The states of a resolution, and everything that can come of each: the algorithm of RFC 1034 section 5.3.3, whose
steps the states' meanings name.

A row's verb is what came, its code the rcode that it came with (`NOTHING` where no message came), and `why` what it
means to the resolver; where that ends the resolution, it is the cause of the response to who asked. The resolver goes
no way that is not a row here, and the lesson's diagram is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.machine import Machine, Row, State

NOTHING = "-"
LOOKING, CHOOSING, ADDRESSING, ASKING, RETRYING = "looking", "choosing", "addressing", "asking", "retrying"
ANSWERED, FAILED = "answered", "failed"


def _step(number: int) -> str:
    return f"Step {number} of RFC 1034 section 5.3.3"


STATES = (
    State(LOOKING, "own", (0, 0), f"{_step(1)}: the resolver looks in its cache for the name that it is after."),
    State(
        CHOOSING,
        "asking",
        (1, 0),
        f"{_step(2)}: it takes the closest zone that it knows servers of, and one of the servers.",
    ),
    State(ADDRESSING, "asking", (1, 1), "It knows that server by name only: first it resolves the server's address."),
    State(ASKING, "asking", (2, 0), f"{_step(3)}: it has sent its question to the server, and waits for the response."),
    State(RETRYING, "asking", (2, 1), "The response was cut to fit a datagram: it asks the same again by TCP."),
    State(ANSWERED, "end", (3, 0), f"{_step(4)}: the response answers the question, and goes to who asked."),
    State(FAILED, "end", (0, 1), "It found no answer and no way to go on: it answers SERVFAIL."),
)

# The usual course of a resolution, with the ways to every state: the arrows that a diagram shows.
COURSE = (
    (LOOKING, "unknown", CHOOSING),
    (CHOOSING, "address", ASKING),
    (ASKING, "referral", CHOOSING),
    (ASKING, "alias", LOOKING),
    (ASKING, "answer", ANSWERED),
    (CHOOSING, "name", ADDRESSING),
    (ADDRESSING, "address", CHOOSING),
    (ASKING, "truncated", RETRYING),
    (RETRYING, "answer", ANSWERED),
    (CHOOSING, "nothing", FAILED),
)

# What comes instead of a response.
SILENCES = ("timed-out", "refused", "lost", "unsent")
# Rcodes of a server that does not do as it was asked: RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 6891 section 9.
ERRORS = ("FORMERR", "SERVFAIL", "NOTIMP", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTZONE", "BADVERS", "OTHER")
LAME_ERRORS = ("REFUSED", "NOTAUTH")  # these of a server that has not the zone


def _rows() -> Iterator[Row]:
    yield from _looking()
    yield from _choosing()
    yield from _waiting(ASKING)
    yield Row(ASKING, "truncated", "NOERROR", "truncated", RETRYING)
    yield Row(ASKING, "truncated", "NXDOMAIN", "truncated", RETRYING)
    yield from _waiting(RETRYING)


def _looking() -> Iterator[Row]:
    yield Row(LOOKING, "unknown", NOTHING, "not-cached", CHOOSING)
    for how in ("cached", "recursed"):  # without a query, or with those for what led here
        yield Row(LOOKING, "answer", "NOERROR", how, ANSWERED)
        yield Row(LOOKING, "answer", "NOERROR", f"{how}-no-data", ANSWERED)
        yield Row(LOOKING, "answer", "NXDOMAIN", f"{how}-no-name", ANSWERED)
    yield from _alias(LOOKING)
    yield Row(LOOKING, "referral", "NOERROR", "cached-referral", ANSWERED)  # where recursion is not desired


def _choosing() -> Iterator[Row]:
    yield Row(CHOOSING, "address", NOTHING, "server-chosen", ASKING)
    yield Row(CHOOSING, "name", NOTHING, "address-needed", ADDRESSING)
    for why in ("unreachable", "lame", "server-failed", "no-address", "delegation-loop", "too-much-work", "too-slow"):
        yield Row(CHOOSING, "nothing", NOTHING, why, FAILED)
    yield Row(ADDRESSING, "address", NOTHING, "address-found", CHOOSING)
    yield Row(ADDRESSING, "no address", NOTHING, "address-not-found", CHOOSING)


def _waiting(state: str) -> Iterator[Row]:
    """What comes of a question that was sent: RFC 1034 section 5.3.3 step 4, a to d."""
    yield Row(state, "answer", "NOERROR", "recursed", ANSWERED)
    yield Row(state, "answer", "NOERROR", "recursed-no-data", ANSWERED)
    yield Row(state, "answer", "NXDOMAIN", "recursed-no-name", ANSWERED)
    yield Row(state, "referral", "NOERROR", "referral", CHOOSING)
    yield from _alias(state)
    for rcode in ("NOERROR", "NXDOMAIN", *LAME_ERRORS):
        yield Row(state, "useless", rcode, "lame", CHOOSING)
    for rcode in ERRORS:
        yield Row(state, "useless", rcode, "server-failed", CHOOSING)
    yield Row(state, "useless", NOTHING, "unreadable", CHOOSING)
    for why in SILENCES:
        yield Row(state, "silence", NOTHING, why, CHOOSING)


def _alias(state: str) -> Iterator[Row]:
    for rcode in ("NOERROR", "NXDOMAIN"):  # the rcode is about the last name of the chain: RFC 6604 section 2.1
        yield Row(state, "alias", rcode, "alias", LOOKING)
        yield Row(state, "loop", rcode, "alias-loop", FAILED)
        yield Row(state, "long chain", rcode, "too-much-work", FAILED)


MACHINE = Machine("dns", LOOKING, STATES, tuple(_rows()), ("NOERROR", "NXDOMAIN", NOTHING))
