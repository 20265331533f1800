"""The shape of a cause."""

from __future__ import annotations

from dataclasses import dataclass

HOST = frozenset({"host"})
USER = HOST | {"user"}
PATH = USER | {"path"}
PORT = USER | {"address", "port", "host_port"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why the server answers so.

    `why` is the key, `code` the reply's code (RFC 959 section 4.2). `words` are the server's own, unless its world
    gives others, with an LF between lines; what else the server has to tell stands between the first of them and the
    last. `knows` are the placeholders that they may have: {host} the server's name, {user} who was named with USER,
    {path} the absolute name that the command is about, {address}, {port} and {host_port} ("212,227,90,117,5,99") of the
    data connection, {octets} a number of them, {time} as RFC 3659 section 2.3 writes it, {type} what TYPE set, {facts}
    what OPTS MLST set. Of these `needs` are what the words must have, since clients read it there.

    `says` tells why it is answered so, `help` what to do where something went wrong. In both, {verb} is the word that
    the client said and {state} the session's state. `references` are (RFC, section), "" where an RFC numbers none.
    """

    why: str
    code: str
    words: str
    says: str
    references: tuple[tuple[int, str], ...]
    help: str = ""
    knows: frozenset[str] = HOST
    needs: frozenset[str] = frozenset()
