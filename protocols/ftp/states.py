"""The states of an FTP session, and everything that the server can answer in each: RFC 959 sections 5.4 and 6.

The server says nothing that is not a row here. Its taps follow a session with this table, the explanations read it,
the lesson's diagram is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.ftp.causes import CAUSES
from protocols.ftp.wire import KNOWN, OTHER, UNASKED
from protocols.machine import Machine, Row, State

STATES = (
    State("connected", "login", (0, 0), "The server waits for a user's name: USER."),
    State("named", "login", (1, 0), "The server knows the user's name and waits for the password: PASS."),
    State("account", "login", (2, 0), "The password was right, and this user needs an account too: ACCT."),
    State("ready", "commands", (1, 1), "You are logged in. A transfer needs a data connection first: PASV or PORT."),
    State("renaming", "commands", (0, 1), "The server knows the old name and waits for the new one: RNTO."),
    State(
        "passive", "commands", (0, 2), "The server listens for your data connection. Connect, and ask for a transfer."
    ),
    State("active", "commands", (2, 2), "The server knows where you listen, and connects when you ask for a transfer."),
    State("transfer", "transfer", (1, 2), "A transfer runs. Only ABOR and STAT are answered until it has ended."),
    State("closed", "closure", (2, 1), "The session is over. Connect again to go on."),
)

# The course of a session in which nothing goes wrong: the arrows that a diagram shows first.
COURSE = (
    ("connected", "USER", "named"),
    ("named", "PASS", "ready"),
    ("ready", "PASV", "passive"),
    ("passive", "RETR", "transfer"),
    ("ready", "PORT", "active"),
    ("active", "STOR", "transfer"),
    ("transfer", "RETR", "ready"),
    ("ready", "QUIT", "closed"),
)


def _row(state: str, verb: str, why: str, then: str | None = None) -> Row:
    return Row(state, verb, CAUSES[why].code, why, then)


def _rows() -> Iterator[Row]:
    yield _row("connected", UNASKED, "ready")
    for verb in (*KNOWN, OTHER):
        yield _row("connected", verb, "local-error")


MACHINE = Machine("ftp", "connected", STATES, tuple(dict.fromkeys(_rows())), successes=("1", "2", "3"))
