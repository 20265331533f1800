"""What the student's client and its programs told them, as a reader is shown it. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from protocols.description import Description, PartStyle, visible
from protocols.events import Console

# The sentence of a printed event, by its code; {text} is what the event is about.
PRINTED = {
    "help": "To open a connection say connect, a host and a port: connect mx.lentil.edu 25. Once you are connected, "
    "what you type goes to the server as it is. To look up a name say nslookup or dig and the name: dig www.vuw.ac.nz.",
    "not-connected": "You are not connected, so {text} went nowhere. Open a connection first: connect, a host and a "
    "port. Or look up a name: nslookup or dig, and the name.",
    "not-in-nslookup": "nslookup does not run, and {text} is for its prompt. Say nslookup first, alone on its line.",
    "nothing-to-leave": "There is nothing to leave: nslookup does not run, and no connection is open.",
    "nslookup-begins": "nslookup waits for a name to look up. It also knows server and a host, set type=MX, and exit.",
    "nslookup-ends": "nslookup has ended.",
    "no-host": "Name the host to connect to, as in connect mx.lentil.edu 25.",
    "unknown-host": "No host of this lab is called {text}. Compare the name with those in the list of hosts.",
    "no-server": "{text} is there, but it runs no server to connect to. Choose a host with a port beside its name.",
    "bad-port": "{text} is no port. A port is a number from 1 to 65535; mail servers listen on 25.",
    "refused": "{text} refused the connection: no server listens on that port. Check the number; mail servers listen "
    "on 25.",
    "unanswered": "{text} did not answer. Try once more.",
    "nothing-open": "There is no connection to close.",
}

# Codes with which a program begins to read what is typed, or ends to, and what reads it then.
_READER: dict[str, str | None] = {"nslookup-begins": "nslookup", "nslookup-ends": None}


def describe_console(shown: Description, event: Console) -> Description:
    """`shown` of what was typed or printed. What was typed is in the facts: what became of it is an event of its own. A
    program's output is parts with line breaks."""
    if event.action == "typed":
        return replace(shown, facts={"typed": _text(event.raw)} if event.why is None else None)
    if event.why == "output":
        return replace(shown, parts=_lines(event.raw))
    note = PRINTED.get(event.why or "", "{text}").format(text=_text(event.raw) or "an empty line")
    if event.why in _READER:
        return replace(shown, note=note, facts={"program": _READER[event.why]})
    return replace(shown, note=note, facts={"became": True} if event.why == "became" else None)


def _text(octets: bytes) -> str:
    return "".join(text for _, text in visible(octets, "text"))


def _lines(octets: bytes) -> tuple[tuple[PartStyle, str], ...]:
    """The octets as parts, with a line break for each LF; tabs stay what they are."""
    parts: list[tuple[PartStyle, str]] = []
    for piece in re.findall(rb"[\n\t]|[^\n\t]+", octets.removesuffix(b"\n")):
        parts += [("text", piece.decode("ascii"))] if piece in (b"\n", b"\t") else visible(piece, "text")
    return tuple(parts) or (("text", ""),)
