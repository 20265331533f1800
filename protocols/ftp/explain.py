"""A line of an FTP session for a reader: its parts, what it means, why it was said here, what comes next. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from protocols.description import Description, Explanation, PartStyle, Reference, Tone, secret, visible
from protocols.events import Block, Console, Event, Line
from protocols.ftp import arithmetic, commands, meanings, replies, tables, wire
from protocols.ftp.sources import Source, refer
from protocols.ftp.states import COURSE, MACHINE
from protocols.lesson import draw_lesson, suggest_verb

Parts = tuple[tuple[PartStyle, str], ...]

_TYPED_SHOWN = 60  # characters of what a line came of
_TONES: dict[str, Tone] = {"1": "go-on", "2": "done", "3": "go-on", "4": "passing", "5": "trouble"}
_NEARLY_A_SECRET = re.compile(rb"(\s*(?:PASS|ACCT))([^A-Za-z].*)", re.IGNORECASE | re.DOTALL)  # but for a slip
_BARE_LF = (
    "Your line ended in LF alone. The standard wants CR LF; this server takes commands without the CR too.",
    (959, "5.3"),
)


def describe_line(shown: Description, line: Line, cause: Event | None) -> Description:
    """`shown` with all that there is to say about `line`; `cause` is the event that the line cites."""
    if line.side == "C":
        return _from_client(shown, line, cause)
    asked = cause if isinstance(cause, Line | Block) else None
    reply = wire.parse_reply(line.raw)
    return _within_reply(shown, line, asked) if reply is None else _from_server(shown, line, reply, asked)


def lesson() -> dict[str, Any]:
    """What the page draws and suggests of an FTP session."""
    return draw_lesson(MACHINE, COURSE, _SUGGESTED, "session", "No session is open.")


# What a learner may say in a state: as it is shown, and what a click puts into the command box.
_TRANSFERS = (("NLST", "NLST"), ("LIST", "LIST"), ("RETR <file>", "RETR "), ("STOR <file>", "STOR "))
_SUGGESTED = {
    "connected": (("USER <name>", "USER "), ("HELP", "HELP"), ("QUIT", "QUIT")),
    "named": (("PASS <password>", "PASS "), ("QUIT", "QUIT")),
    "account": (("ACCT <account>", "ACCT "), ("QUIT", "QUIT")),
    "ready": (
        ("PASV", "PASV"),
        ("PORT <address and port>", "PORT "),
        *commands.SUGGESTED,
        ("CWD <directory>", "CWD "),
        ("QUIT", "QUIT"),
    ),
    "passive": _TRANSFERS,
    "active": _TRANSFERS,
    "transfer": (("STAT", "STAT"), ("ABOR", "ABOR")),
    "renaming": (("RNTO <new name>", "RNTO "),),
}


# The client's lines


def _from_client(shown: Description, line: Line, cause: Event | None) -> Description:
    verb = wire.verb_of(line.raw, line.state)
    command = wire.parse_command(line.raw)
    content = wire.strip_ending(line.raw)
    typed = _became_of(content, cause)
    says, sources = meanings.on_command(command, content)
    if typed is not None:
        says = [f"You typed {typed}, and your client made this of it.", *says]
    if line.raw.endswith(b"\n") and not line.raw.endswith(b"\r\n"):
        says, sources = [*says, _BARE_LF[0]], [*sources, _BARE_LF[1]]
    place = arithmetic.of_command(verb, command.argument)
    return replace(
        shown,
        phase=_phase(line.state, verb),
        parts=_command_parts(content, command),
        aside=f"for {typed}" if typed is not None else None,
        explanation=Explanation(
            title=f"{verb if verb in tables.VERBS else 'A line'}, from the client",
            says=(*says, _when_said(line)),
            sections=(place.section,) if place else (),
            references=_references(sources),
            before=line.state,
        ),
    )


def _became_of(content: bytes, cause: Event | None) -> str | None:
    """The user's command of which the client made the line `content`; None where it was typed itself."""
    if not isinstance(cause, Console) or cause.action != "typed":
        return None
    typed = wire.strip_ending(cause.raw).strip(b" ")
    if not typed or typed == content.strip(b" "):
        return None
    text = "".join(text for _, text in visible(typed, "text"))
    return text if len(text) <= _TYPED_SHOWN else f"{text[:_TYPED_SHOWN]}…"


def _when_said(line: Line) -> str:
    if not line.raw.endswith(b"\n"):
        return "The connection ended before the line did, so the server never acted on it."
    if line.state == "closed":
        return "It came after the end of the session, so the server did not read it."
    return f"You say it while the session is in {line.state}. {MACHINE.state(line.state).meaning}"


def _command_parts(content: bytes, command: wire.Command) -> Parts:
    """The line's parts. What is Telnet's in it stands as the numbers of its octets."""
    word = command.word.encode("latin-1")
    nearly = _NEARLY_A_SECRET.fullmatch(content) if command.verb == wire.OTHER else None
    if nearly:
        return (*visible(nearly[1], "text"), *secret(nearly[2]))
    if command.verb == wire.OTHER and command.word.upper() not in wire.NOT_OFFERED:
        return visible(content, "text")
    before, _, rest = content.partition(word)
    argument = rest.lstrip(b" ")
    spaces = rest[: len(rest) - len(argument)]
    said = secret(argument) if command.verb in meanings.SECRETS else visible(argument, "argument")
    return (*visible(before, "text"), *visible(word, "verb"), *visible(spaces, "text"), *said)


# The server's lines


def _from_server(shown: Description, line: Line, reply: wire.ReplyLine, asked: Line | Block | None) -> Description:
    verb = wire.verb_of(asked.raw, line.state) if asked else wire.UNASKED
    then = MACHINE.step(line.state, verb, reply.code, line.why or "")
    if reply.separator == "-":
        then = line.state  # the reply goes on, and takes effect with its last line
    command = wire.parse_command(asked.raw) if asked else None
    word = _word(command, line.why)
    place = arithmetic.of_reply(reply.code, reply.text)
    if place is None and command is not None:
        place = arithmetic.of_command(command.verb, command.argument)  # as the server read it
    if place is not None and line.why == "third-party":
        place = replace(place, section=replace(place.section, title="The place that you named"))
    says, sources = _why_so(line, word)
    if reply.code[0] in "45" and asked is not None:
        said = "a line that is no command of this server" if verb == wire.OTHER else word
        says = [f"You sent {said} while the session was in {line.state}.", *says]
    if place is not None:
        says, sources = [*says, place.says], [*sources, place.source]
    return replace(
        shown,
        phase=_phase(line.state, verb),
        parts=(("code", reply.code), *visible(wire.strip_ending(line.raw)[3:], "text")),
        tone=_TONES[reply.code[0]],
        help=_help(line.why or "", word) if reply.code[0] in "45" else None,
        explanation=Explanation(
            title=f"{reply.code}, from the server",
            says=(*says, *_what_next(line.state, then, reply)),
            digits=tables.digits(reply.code),
            sections=(place.section,) if place else (),
            references=_references([*sources, (959, "4.2")]),
            before=line.state,
            after=then,
        ),
    )


def _why_so(line: Line, word: str) -> tuple[list[str], list[Source]]:
    cause = tables.CAUSES.get(line.why or "")
    if cause is None:
        return [], []
    return [cause.says.format(verb=word, state=line.state)], list(cause.references)


def _within_reply(shown: Description, line: Line, asked: Line | Block | None) -> Description:
    """A line between the first and the last of a reply, which has no code (RFC 959 section 4.2)."""
    content = wire.strip_ending(line.raw)
    says, sources, section = replies.on_line(line.why or "", content.decode("utf-8", "replace"))
    return replace(
        shown,
        phase=_phase(line.state, wire.verb_of(asked.raw, line.state) if asked else wire.UNASKED),
        parts=visible(content, "text"),
        explanation=Explanation(
            title="A line within a reply, from the server",
            says=(*says, "It has no code: only the first and the last line of a reply have one."),
            sections=(section,) if section else (),
            references=_references([*sources, (959, "4.2")]),
            before=line.state,
            after=line.state,
        ),
    )


def _word(command: wire.Command | None, why: str | None) -> str:
    """The word by which the sentences call what the client sent."""
    if command is None or not command.word or not command.word.isprintable():
        return "that"
    return command.word if why == "client-command" else command.word.upper()


def _what_next(state: str, then: str | None, reply: wire.ReplyLine) -> list[str]:
    if reply.separator == "-":
        return [f"The hyphen says that more lines of this reply follow. Its last one has {reply.code} and a space."]
    if then is None:
        return []
    if then != state:
        return [f"The session goes from {state} to {then}. {MACHINE.state(then).meaning}"]
    if reply.code[0] in "45":
        return [f"The session stays in {state}. {MACHINE.state(state).meaning}"]
    return [f"The session is in {then}. {MACHINE.state(then).meaning}"]


def _help(why: str, word: str) -> str | None:
    cause = tables.CAUSES.get(why)
    if cause is None:
        return None
    advice = cause.help.format(verb=word)
    return suggest_verb(word, wire.KNOWN) + advice if why == "unknown-command" else advice


# Both


def _phase(state: str, verb: str) -> str:
    """The phase that a line belongs to: that of its verb where the verb makes one, else that of the state."""
    if verb == "QUIT":
        return "closure"
    if verb in wire.TRANSFERS and state in ("passive", "active"):
        return "transfer"
    return MACHINE.state(state).phase


def _references(sources: list[Source]) -> tuple[Reference, ...]:
    return tuple(refer(source) for source in dict.fromkeys(sources))
