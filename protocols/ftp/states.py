"""The states of an FTP session, and everything that the server can answer in each: RFC 959 sections 5.4 and 6.

The server says nothing that is not a row here. Its taps follow a session with this table, the explanations read it,
the lesson's diagram is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocols.ftp import wire
from protocols.ftp.causes import CAUSES, unknown
from protocols.ftp.wire import KNOWN, OTHER, TRANSFERS, UNASKED
from protocols.machine import Machine, Row, State

STATES = (
    State("connected", "login", (0, 0), "The server waits for a user's name: USER."),
    State("named", "login", (1, 0), "The server has a user's name and waits for the password: PASS."),
    State("account", "login", (2, 0), "The password was right, and this user gives an account too: ACCT."),
    State("ready", "commands", (1, 1), "You are logged in. For a transfer arrange a data connection: PASV or PORT."),
    State("renaming", "commands", (0, 1), "The server knows the old name and waits for the new one: RNTO."),
    State(
        "passive", "commands", (0, 2), "The server listens for your data connection: open it, and ask for a transfer."
    ),
    State("active", "commands", (2, 2), "The server knows where you listen: it connects when you ask for a transfer."),
    State("transfer", "transfer", (1, 2), "A transfer runs. Until it ends only ABOR and STAT are answered."),
    State("closed", "closure", (2, 1), "The session is over. Connect again to go on."),
)
LOGIN = ("connected", "named", "account")
ARRANGED = ("passive", "active")  # where a data connection is

# The course of a session in which nothing goes wrong: the arrows that a diagram shows first.
COURSE = (
    ("connected", "USER", "named"),
    ("named", "PASS", "ready"),
    ("named", "PASS", "account"),
    ("account", "ACCT", "ready"),
    ("ready", "PASV", "passive"),
    ("passive", "RETR", "transfer"),
    ("transfer", "RETR", "ready"),
    ("ready", "PORT", "active"),
    ("active", "STOR", "transfer"),
    ("transfer", "STOR", "ready"),
    ("ready", "RNFR", "renaming"),
    ("renaming", "RNTO", "ready"),
    ("ready", "QUIT", "closed"),
)

_ANYWHERE = ("USER", "REIN", "QUIT", "SYST", "HELP", "FEAT", "OPTS", "NOOP")  # before the login too

# What is out of order, and why: RFC 959 section 5.4.
OUT_OF_ORDER = {
    **{(state, verb): "not-logged-in" for state in LOGIN for verb in KNOWN if verb not in _ANYWHERE},
    ("connected", "PASS"): "pass-before-user",
    ("account", "PASS"): "pass-before-user",
    **{(state, "PASS"): "pass-before-user" for state in ("ready", "renaming", *ARRANGED)},
    ("connected", "ACCT"): "acct-before-pass",
    ("named", "ACCT"): "acct-before-pass",
    ("ready", "RNTO"): "rnto-before-rnfr",
    **{(state, verb): "no-data-connection" for state in ("ready", "renaming") for verb in TRANSFERS},
}
del OUT_OF_ORDER["named", "PASS"], OUT_OF_ORDER["account", "ACCT"]

_NAME = ("bad-name", "name-too-long", "path-too-long")
_WAY = ("no-such-directory", "not-a-directory", "permission-denied")
_PATH = (*_NAME, *_WAY)
_WRITE = (*_PATH, "account-reads-only", "is-a-directory", "too-many-files")

# What goes wrong with names in the file system, by verb.
_FILE_CAUSES: dict[str, tuple[str, ...]] = {
    "CWD": _PATH,
    "CDUP": _WAY,
    "MKD": (*_PATH, "account-reads-only", "exists", "too-many-files"),
    "RMD": (*_PATH, "account-reads-only", "root-stays", "not-empty"),
    "DELE": (*_PATH, "account-reads-only", "no-such-file", "is-a-directory"),
    "RNFR": (*_PATH, "no-such-file"),
    "RNTO": (*_PATH, "account-reads-only", "root-stays", "no-such-file", "into-itself", "exists"),
    "SIZE": (*_PATH, "no-such-file", "is-a-directory"),
    "MDTM": (*_PATH, "no-such-file", "is-a-directory"),
    "MLST": (*_PATH, "no-such-file"),
    "STAT": (*_PATH, "no-such-file"),
    "RETR": (*_PATH, "no-such-file", "is-a-directory", "restart-beyond"),
    "LIST": (*_PATH, "no-such-file"),
    "NLST": (*_PATH, "no-such-file"),
    "MLSD": (*_PATH, "no-such-file", "lists-directories"),
    "STOR": (*_WRITE, "restart-beyond"),
    "APPE": _WRITE,
    "STOU": (*_WAY, "path-too-long", "account-reads-only", "too-many-files"),
}

# What else is answered where the order allows the verb, by verb: success first.
_OTHER_CAUSES: dict[str, tuple[str, ...]] = {
    "CWD": ("entered",),
    "CDUP": ("entered-parent",),
    "PWD": ("directory",),
    "MKD": ("made",),
    "RMD": ("directory-removed",),
    "DELE": ("removed",),
    "RNFR": ("rename-from",),
    "RNTO": ("renamed", "rnto-before-rnfr"),
    "SIZE": ("size",),
    "MDTM": ("modified",),
    "MLST": ("facts",),
    "PORT": ("port-ok", "port-bad", "third-party", "low-port", "after-epsv-all"),
    "EPRT": ("eprt-ok", "eprt-bad", "network-protocol", "third-party", "low-port", "after-epsv-all"),
    "PASV": ("passive", "no-passive-port", "after-epsv-all"),
    "EPSV": ("extended-passive", "epsv-all", "network-protocol", "epsv-bad", "no-passive-port"),
    "TYPE": ("type-ok", "type-ebcdic", "type-format", "type-byte-size", "type-bad"),
    "STRU": ("structure-ok", "structure-record", "structure-page", "structure-bad"),
    "MODE": ("mode-ok", "mode-block", "mode-compressed", "mode-bad"),
    "REST": ("restart-at", "restart-bad"),
    "ALLO": ("allocated", "allocate-bad"),
    "OPTS": ("opts-ok", "facts-chosen", "opts-unknown"),
    "ABOR": ("nothing-to-abort",),
    "STAT": ("status", "status-of"),
    "SYST": ("system",),
    "HELP": ("help", "help-on-verb", "no-help-on-that"),
    "FEAT": ("features",),
    "SITE": ("site-help", "no-site-command"),
    "NOOP": ("nothing-done",),
    "USER": ("user-ok", "user-guest"),
    "PASS": ("logged-in", "account-needed", "login-wrong"),
    "ACCT": ("account-superfluous",),
    "REIN": ("reinitialized",),
    "QUIT": ("bye",),
    **dict.fromkeys(TRANSFERS, ("opening", "already-open")),
    "STOU": ("stored-as",),
}

# Where an answer can be had, if not wherever its verb is in order.
_ONLY_IN = {"already-open": ("passive",), "rnto-before-rnfr": ARRANGED}

# Where an answer leads, if not back to where the session was.
_LEADS = {
    "user-ok": "named",
    "user-guest": "named",
    "logged-in": "ready",
    "account-needed": "account",
    "account-ok": "ready",
    "login-wrong": "connected",
    "reinitialized": "connected",
    "rename-from": "renaming",
    "port-ok": "active",
    "eprt-ok": "active",
    "passive": "passive",
    "extended-passive": "passive",
    "no-passive-port": "ready",
    "nothing-to-abort": "ready",
    **dict.fromkeys(("opening", "already-open", "stored-as"), "transfer"),
    **dict.fromkeys(("bye", "too-many-commands"), "closed"),
}


def _row(state: str, verb: str, why: str, then: str | None = None) -> Row:
    return Row(state, verb, CAUSES[why].code, why, then)


def _rows() -> Iterator[Row]:
    yield _row("connected", UNASKED, "ready")
    yield _row("connected", UNASKED, "too-many-connections", "closed")
    for state in (*LOGIN, "ready", *ARRANGED):
        yield from _state_rows(state)
    for row in _state_rows("renaming"):
        yield replace(row, then=row.then or "ready")  # RNTO or not: RFC 959 section 4.1.3
    yield from _transfer_rows()
    for each in STATES[:-1]:
        for why in ("idle", "lab-ends", "server-failed"):
            yield _row(each.name, UNASKED, why, "closed")


def _state_rows(state: str) -> Iterator[Row]:
    for verb in (*KNOWN, OTHER):
        for why in (*_causes(state, verb), "too-many-commands", "local-error"):
            yield _row(state, verb, why, _then(state, verb, why))


def _causes(state: str, verb: str) -> Iterator[str]:
    """What can be answered to the verb in that state: success first."""
    if verb == OTHER:
        yield from (cause.why for cause in unknown.CAUSES if not cause.why.startswith("argument-"))
        return
    out_of_order = OUT_OF_ORDER.get((state, verb))
    if out_of_order:
        yield out_of_order
    elif (state, verb) == ("account", "ACCT"):
        yield from ("account-ok", "login-wrong")
    else:
        yield from (why for why in _OTHER_CAUSES[verb] if state in _ONLY_IN.get(why, (state,)))
        yield from _FILE_CAUSES.get(verb, ())
    yield from _faults(verb)


def _faults(verb: str) -> Iterator[str]:
    """What is wrong with a line whatever the state."""
    yield "line-too-long"
    if verb not in wire.WITH_NAME:
        yield "control-octets"
    if verb in wire.NEEDED:
        yield "user-missing" if verb == "USER" else "argument-missing"
    if verb in wire.UNWANTED:
        yield "argument-unwanted"


def _then(state: str, verb: str, why: str) -> str | None:
    if why == "rename-from" and state in ARRANGED:
        return None  # the session remembers the name
    if why in ("no-passive-port", "nothing-to-abort") and state not in ARRANGED:
        return None
    if why == "local-error" and state in ARRANGED and verb in ("PASV", "EPSV"):
        return "ready"  # what was arranged before is given up by then
    return _LEADS.get(why)


def _transfer_rows() -> Iterator[Row]:
    for verb in TRANSFERS:
        yield _row("transfer", verb, "transfer-complete", "ready")
        for why in ("cannot-connect", "connection-lost", "transfer-idle", "local-error"):
            yield _row("transfer", verb, why, "ready")
        yield _row("transfer", verb, "transfer-aborted")
    for verb in wire.RECEIVING:
        for why in ("over-quota", "lab-full", "too-many-files", "is-a-directory", *_WAY):
            yield _row("transfer", verb, why, "ready")
    yield _row("transfer", "ABOR", "aborted", "ready")
    yield _row("transfer", "STAT", "status-of-transfer")
    for verb in ("ABOR", "STAT"):
        for why in (*_faults(verb), "local-error"):
            yield _row("transfer", verb, why)
        yield _row("transfer", verb, "too-many-commands", "closed")


MACHINE = Machine("ftp", "connected", STATES, tuple(dict.fromkeys(_rows())), successes=("1", "2", "3"))
