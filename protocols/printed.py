"""What the student's client and its programs told them, as a reader is shown it. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from protocols.description import Description, PartStyle, visible
from protocols.events import Console

# The sentence of a printed event, by its code; {text} is what the event is about.
PRINTED = {
    "help": "To open a connection say connect, a host and a port: connect mx.lentil.edu 25. Once you are connected, "
    "what you type goes to the server as it is; for FTP your client also has words of its own, which help names then. "
    "To look up a name say nslookup or dig and the name: dig www.vuw.ac.nz.",
    "not-connected": "You are not connected, so {text} went nowhere. Open a connection first: connect, a host and a "
    "port. Or look up a name: nslookup or dig, and the name.",
    "not-in-nslookup": "nslookup does not run, and {text} is for its prompt. Say nslookup first, alone on its line.",
    "nothing-to-leave": "There is nothing to leave: nslookup does not run, and no connection is open.",
    "nslookup-begins": "nslookup waits for a name to look up. It also knows server and a host, set type=MX, and exit.",
    "nslookup-ends": "nslookup has ended.",
    "no-host": "Name the host to connect to, as in connect mx.lentil.edu 25.",
    "unknown-host": "No host of this lab is called {text}. Compare the name with those in the list of hosts.",
    "no-server": "{text} is there, but it runs no server to connect to. Choose a host with a port beside its name.",
    "bad-port": "{text} is no port. A port is a number from 1 to 65535; mail servers listen on 25, FTP servers on 21.",
    "refused": "{text} refused the connection: no server listens on that port. Check the number; mail servers listen "
    "on 25, FTP servers on 21.",
    "unanswered": "{text} did not answer. Try once more.",
    "nothing-open": "There is no connection to close.",
    "became": "{text} becomes:",
    "passive-on": "Passive mode is on: the server listens, and you open the data connection (PASV).",
    "passive-off": "Passive mode is off: you listen, and the server opens the data connection (PORT).",
    "ftp-help": "These are your client's words, in lower case: ls, dir, get, put, cd, pwd, ascii, binary and passive. "
    "Each becomes commands of the protocol. All else you type is such a command and goes to the server as it is; "
    "HELP in capitals asks it for its own list.",
    "not-in-ftp": "{text} is no word of this client. It has ls, dir, get, put, cd, pwd, ascii, binary and passive; for "
    "all else say the protocol's own command, such as DELE, MKD or QUIT.",
    "name-missing": "{text} needs a name after it, as in get README or cd /pub.",
    "too-many-names": '{text} takes one name, or two. Put a name with spaces into quotes, as in {text} "to do.txt".',
    "open-quote": "A quote of {text} has no end, or no space after it. Quotes hold a name with spaces together, as in "
    '{text} "to do.txt".',
    "nothing-after": "{text} takes nothing after it. Say it alone on its line.",
    "no-local-file": "Your machine has no file {text}, so nothing was sent. Its files stand beside the transcript, "
    "and get brings more.",
    "no-local-room": "The server sent all of {text}, but your machine has no room left to keep it.",
    "not-kept": "The server sent all of {text}, but your machine has no place for a file of that name. Use get with "
    "another name after it.",
    "only-the-rest": "{text} holds only what came now: your machine did not have the octets that REST left out.",
    "port-taken": "Your machine cannot listen on port {text}, so the line was not sent. Name another port.",
    "no-address": "The reply names no address and port, so there is no data connection.",
    "data-refused": "{text} refused the data connection. Ask for another with PASV.",
    "data-unanswered": "{text} did not answer, so there is no data connection. Ask for another with PASV.",
    "took-too-long": "{text} took too long and is not waited for. Say ABOR, or hang up.",
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
