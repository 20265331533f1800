"""A line of an SMTP session for a reader: its parts, what it means, why it was said here, what comes next. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from protocols.description import Description, Explanation, Reference, Tone, reference, secret, visible
from protocols.events import Block, Event, Line
from protocols.lesson import draw_lesson, suggest_verb
from protocols.smtp import tables, wire
from protocols.smtp.paths import has_space_after_colon
from protocols.smtp.states import COURSE, MACHINE

Parts = tuple[tuple[Any, str], ...]
Source = tuple[int, str]

_TONES: dict[str, Tone] = {"2": "done", "3": "go-on", "4": "passing", "5": "trouble"}
_PATH_VERB = re.compile(rb"(?:MAIL +FROM:|RCPT +TO:)", re.IGNORECASE)
_FIELD = re.compile(r"([!-9;-~]+):")
_SPACE_AFTER_COLON = (
    "The space after the colon is what textbooks print. The standard has none there; this server, like most, lets it "
    "pass.",
    (5321, "3.3"),
)
_BARE_LF = (
    "Your line ended in LF alone. The standard wants CR LF; this server takes commands without the CR too.",
    (5321, "2.3.8"),
)
_ABOVE_127 = (
    "It has octets above 127, which stand here as their numbers: ü in UTF-8 is two of them, \\xc3\\xbc. This server "
    "takes them in a message, and tells clients so with 8BITMIME in its answer to EHLO.",
    (6152, "2"),
)


def describe_line(shown: Description, line: Line, cause: Event | None) -> Description:
    """`shown` with all that there is to say about `line`; `cause` is the event that the line cites."""
    if line.side == "C":
        return _from_client(shown, line)
    reply = wire.parse_reply(line.raw)
    if reply is None:
        return replace(shown, parts=visible(wire.strip_ending(line.raw), "text"))
    return _from_server(shown, line, reply, cause if isinstance(cause, Line | Block) else None)


def lesson() -> dict[str, Any]:
    """What the page draws and suggests of an SMTP session."""
    return draw_lesson(MACHINE, COURSE, _SUGGESTED, "session", "No session is open.")


# What a learner may say in a state: as it is shown, and what a click puts into the command box.
_SUGGESTED = {
    "connected": (("HELO <your host's name>", "HELO "), ("EHLO <your host's name>", "EHLO "), ("QUIT", "QUIT")),
    "greeted": (("MAIL FROM:<sender>", "MAIL FROM:<"), ("HELP", "HELP"), ("QUIT", "QUIT")),
    "sender": (("RCPT TO:<recipient>", "RCPT TO:<"), ("RSET", "RSET"), ("QUIT", "QUIT")),
    "recipients": (("DATA", "DATA"), ("RCPT TO:<recipient>", "RCPT TO:<"), ("RSET", "RSET")),
    "data": (("more text", ""), (".", ".")),
}


# The client's lines


def _from_client(shown: Description, line: Line) -> Description:
    verb = wire.verb_of(line.raw, line.state)
    if line.state == "data":
        return _text_line(shown, line, verb)
    command = wire.parse_command(line.raw)
    says, sources = _on_command(command, verb)
    if line.raw.endswith(b"\n") and not line.raw.endswith(b"\r\n"):
        says, sources = [*says, _BARE_LF[0]], [*sources, _BARE_LF[1]]
    if not line.raw.endswith(b"\n"):
        says.append("The connection ended before the line did, so the server never acted on it.")
    elif line.state == "closed":
        says.append("It came after the end of the session, so the server did not read it.")
    else:
        says.append(f"You say it while the session is in {line.state}. {MACHINE.state(line.state).meaning}")
    return replace(
        shown,
        phase=_phase(line.state, verb),
        parts=_command_parts(wire.strip_ending(line.raw), command),
        explanation=Explanation(
            title=f"{command.word.upper() if verb in tables.VERBS else 'A line'}, from the client",
            says=tuple(says),
            references=_references(sources),
            before=line.state,
        ),
    )


def _on_command(command: wire.Command, verb: str) -> tuple[list[str], list[Source]]:
    """What the command means, and the sources of that."""
    if verb == wire.DOT:
        return ["A dot alone on its line ends a message. None is being sent here."], [(5321, "4.1.1.4")]
    if verb == wire.OTHER:
        return ["This line starts with no verb of this server. Its answer says what it makes of it."], [(5321, "4.1.1")]
    known = tables.VERBS[verb]
    says, sources = [known.meaning], list(known.references)
    if verb in ("MAIL", "RCPT") and has_space_after_colon(command.argument):
        says.append(_SPACE_AFTER_COLON[0])
        sources.append(_SPACE_AFTER_COLON[1])
    if verb == "MAIL" and "<>" in command.argument:
        says.append(
            "<> is the null reverse-path: nothing is reported back, as for a message that is itself such a report."
        )
        sources.append((5321, "4.5.5"))
    return says, sources


def _command_parts(content: bytes, command: wire.Command) -> Parts:
    if command.verb == wire.DOT:
        return (("verb", "."),)
    path_verb = _PATH_VERB.match(content)
    if path_verb:
        return (("verb", path_verb[0].decode("ascii")), *visible(content[path_verb.end() :], "argument"))
    if command.verb == wire.OTHER and command.word.upper() not in wire.NOT_OFFERED:
        return visible(content, "text")
    word = command.word.encode("latin-1")
    rest = content[len(word) :]
    spaces = rest[: len(rest) - len(rest.lstrip(b" "))]
    return (*visible(word, "verb"), *visible(spaces, "text"), *_argument_parts(command, rest[len(spaces) :]))


def _argument_parts(command: wire.Command, argument: bytes) -> Parts:
    """AUTH names a mechanism, and what may follow that is as good as a password: RFC 4954 section 4."""
    mechanism, space, response = argument.partition(b" ")
    if command.word.upper() == "AUTH" and response:
        return (*visible(mechanism, "argument"), *visible(space, "text"), *secret(response))
    return visible(argument, "argument")


def _text_line(shown: Description, line: Line, verb: str) -> Description:
    """A line of a message, or its end."""
    content = wire.strip_ending(line.raw)
    ends = verb == wire.DOT and line.why is None
    if ends:
        says, sources = tables.VERBS[wire.DOT].meaning, list(tables.VERBS[wire.DOT].references)
    else:
        says, sources = _on_text(content)
    more = []
    if not content.isascii():
        more.append(_ABOVE_127[0])
        sources.append(_ABOVE_127[1])
    if not line.raw.endswith(b"\r\n"):
        more.append("It does not end in CR LF, so for the standard the line goes on: CR or LF alone ends none.")
        sources.append((5321, "2.3.8"))
    return replace(
        shown,
        phase=_phase("data", verb),
        parts=(("verb", "."),) if ends else visible(content, "text"),
        help=_NOT_THE_END if line.why == "not-the-end" else None,
        explanation=Explanation(
            title="The end of the message, from the client" if ends else "A line of the message, from the client",
            says=(says, *more, _AFTER_DOT if ends else _AFTER_TEXT),
            references=_references(sources),
            before="data",
        ),
    )


_NOT_THE_END = (
    "This dot does not end the message: only CR LF . CR LF does, and an LF without its CR stands beside it. Send the "
    "dot once more on a line of its own that ends in CR LF."
)
_AFTER_DOT = "Now the server answers: it takes the message as a whole, or refuses it as a whole."
_AFTER_TEXT = "The server reads it and says nothing until the message ends."


def _on_text(content: bytes) -> tuple[str, list[Source]]:
    text = content.decode("latin-1")
    field = _FIELD.match(text)
    if not content:
        return "An empty line. The first one in a message ends its header; the body follows.", [(5322, "2.1")]
    if text == ".":
        return "A dot that ends nothing, because the line breaks around it are not both CR LF.", [(5321, "4.1.1.4")]
    if text.startswith("."):
        return (
            "The line starts with a dot, and the server takes one dot away: that is how text may begin with one. "
            "Clients put it there; by hand you type two.",
            [(5321, "4.5.2")],
        )
    if field:
        return (
            f"It reads as the header field {field[1]}. Header fields stand at the beginning of a message, before its "
            "first empty line; the envelope is not changed by them.",
            [(5322, "2.2"), (5321, "7.2")],
        )
    return "Text of the message. For the envelope it means nothing.", [(5321, "4.1.1.4"), (5322, "2.3")]


# The server's lines


def _from_server(shown: Description, line: Line, reply: wire.ReplyLine, asked: Line | Block | None) -> Description:
    verb = wire.verb_of(asked.raw, line.state) if asked else wire.UNASKED
    then = MACHINE.step(line.state, verb, reply.code, line.why or "")
    if reply.separator == "-":
        then = line.state  # the reply goes on, and takes effect with its last line
    cause = tables.CAUSES.get(line.why or "")
    command = wire.parse_command(asked.raw) if asked else None
    word = _word(command, verb)
    says: list[str] = []
    sources: list[Source] = []
    if reply.code[0] in "45" and asked is not None:
        says.append(f"You sent {_sent(word, verb)} while the session was in {line.state}.")
    extension = tables.EXTENSIONS.get(reply.text) if verb == "EHLO" else None
    if extension is not None:
        says.append(f"The server offers {reply.text.split()[0]}. {extension[0]}")
        sources.append(extension[1])
    elif cause is not None:
        says.append(cause.says.format(verb=word, state=line.state))
        sources += cause.references
    says += _what_next(line.state, then, reply)
    sources.append((5321, "4.2.1"))
    if reply.enhanced:
        sources.append((3463, f"3.{int(reply.enhanced.split('.')[1]) + 1}"))
    return replace(
        shown,
        phase=_phase(line.state, verb),
        parts=_reply_parts(line.raw, reply),
        tone=_TONES[reply.code[0]],
        help=_help(line.why or "", word) if reply.code[0] in "45" else None,
        explanation=Explanation(
            title=f"{reply.code}, from the server",
            says=tuple(says),
            digits=tables.digits(reply.code, reply.enhanced),
            references=_references(sources),
            before=line.state,
            after=then,
        ),
    )


def _word(command: wire.Command | None, verb: str) -> str:
    """The word by which the sentences call what the client sent."""
    if command is None or not command.word.isprintable():
        return "that"
    return command.word.upper() if verb != wire.DOT else "a dot"


def _sent(word: str, verb: str) -> str:
    return "a line that is no command of this server" if verb == wire.OTHER else word


def _what_next(state: str, then: str | None, reply: wire.ReplyLine) -> list[str]:
    if reply.separator == "-":
        return ["The hyphen says that another line of this reply follows."]
    if then is None:
        return []
    if then != state:
        return [f"The session goes from {state} to {then}. {MACHINE.state(then).meaning}"]
    if reply.code[0] in "45":
        return [f"The session stays in {state}. There you can say {_listed(MACHINE.allowed(state))}."]
    return [f"The session is in {then}. {MACHINE.state(then).meaning}"]


def _help(why: str, word: str) -> str | None:
    cause = tables.CAUSES.get(why)
    if cause is None:
        return None
    advice = cause.help.format(verb=word)
    return suggest_verb(word, wire.KNOWN) + advice if why == "unknown-command" else advice


def _reply_parts(raw: bytes, reply: wire.ReplyLine) -> Parts:
    rest = wire.strip_ending(raw)[3:]
    if not reply.enhanced:
        return (("code", reply.code), *visible(rest, "text"))
    length = 1 + len(reply.enhanced)
    return (
        ("code", reply.code),
        ("text", reply.separator),
        ("enhanced", reply.enhanced),
        *visible(rest[length:], "text"),
    )


# Both


def _phase(state: str, verb: str) -> str:
    """The phase that a line belongs to: that of its verb where the verb makes one, else that of the state."""
    if verb in ("HELO", "EHLO"):
        return "handshake"
    return "closure" if verb == "QUIT" else MACHINE.state(state).phase


def _references(sources: list[Source]) -> tuple[Reference, ...]:
    return tuple(reference(rfc, section) for rfc, section in dict.fromkeys(sources))


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
