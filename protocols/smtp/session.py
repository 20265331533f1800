"""An SMTP session as its server sees it: octets in, answers out. Pure; no octets make it raise.

What may be said when is looked up in `states.MACHINE`, what is said comes from `tables.CAUSES` and the world's words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocols import limits
from protocols.smtp import tables, wire
from protocols.smtp.content import Content
from protocols.smtp.paths import (
    Path,
    PathError,
    find_parameter_fault,
    is_host_name,
    parse_forward_path,
    parse_reverse_path,
)
from protocols.smtp.states import MACHINE
from protocols.world import Host, Mail


@dataclass(frozen=True, slots=True)
class Message:
    """An accepted message: its envelope, its content as its author wrote it, how it came ("SMTP" or "ESMTP") and the
    name that the client gave."""

    sender: str
    mailboxes: tuple[str, ...]
    content: bytes
    protocol: str
    client: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: its `lines` with their CRLF, and the row of the state table that it is. `end` is the octet of the
    client's stream at which what it answers ended; None where the server spoke unasked. `message` is to be delivered
    before the lines go out. With `closes` the connection ends after them, for that reason."""

    lines: tuple[bytes, ...]
    state: str
    verb: str
    why: str
    then: str
    end: int | None = None
    message: Message | None = None
    closes: str | None = None


_LONGEST_COMMAND = limits.COMMAND_LINE + limits.MAIL_PARAMETERS + 1  # octets of a line that are looked at

# The causes that end a session, with the reason of the connection's end as `events.Closed` names it.
_CLOSES = {
    "bye": "quit",
    "too-many-connections": "limit",
    "too-many-commands": "limit",
    "idle": "idle",
    "lab-ends": "ended",
    "server-failed": "fault",
}


class Session:
    """One session of the SMTP server on `host`."""

    def __init__(self, host: Host) -> None:
        if host.smtp is None:
            raise ValueError(f"{host.name} has no SMTP server.")
        self.state = MACHINE.initial
        self._host = host
        self._mail: Mail = host.smtp
        self._buffer = bytearray()
        self._end = 0  # octets of the client's stream that were answered or taken into a message
        self._commands = 0
        self._verb = wire.UNASKED  # of the command that is being answered
        self._client = ""
        self._extended = False
        self._content: Content | None = None
        self._clear_envelope()

    def open(self) -> Answer:
        """The greeting: RFC 5321 section 3.1."""
        return self._unasked("ready")

    def refuse(self, why: str) -> Answer:
        """The 421 with which the server ends the session unasked, for the cause `why`."""
        return self._unasked(why)

    def receive(self, data: bytes) -> None:
        """Octets from the client."""
        self._buffer += data

    def next(self) -> Answer | None:
        """The answer to the next command or message; None until more octets come."""
        if self.state == "closed":
            return None
        return self._next_command() if self._content is None else self._next_message(self._content)

    def fail(self) -> Answer:
        """The answer where the server failed at the last command. In mid-message it cannot know what of the octets to
        come is text, so it ends the session there."""
        return self._unasked("server-failed") if self.state == "data" else self._answer(self._verb, "local-error")

    # Octets to commands and messages

    def _next_command(self) -> Answer | None:
        newline = self._buffer.find(b"\n")
        if newline < 0:
            # What is too long for a command already is not kept: only its beginning is looked at.
            self._end += len(self._buffer[_LONGEST_COMMAND:])
            del self._buffer[_LONGEST_COMMAND:]
            return None
        command = wire.parse_command(self._take(newline + 1))
        self._verb = command.verb
        self._commands += 1
        if self._commands > limits.COMMANDS:
            return self._answer(command.verb, "too-many-commands")
        return self._obey(command)

    def _next_message(self, content: Content) -> Answer | None:
        data = bytes(self._buffer)
        taken = content.take(data)
        self._take(len(data) if taken is None else taken)
        if taken is None:
            return None
        self._verb = wire.DOT
        why = content.fault()
        message = None if why else self._message(content)
        answer = self._answer(wire.DOT, why or "accepted", message=message)
        self._clear_envelope()
        return answer

    def _take(self, length: int) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._end += length
        return taken

    # Commands

    def _obey(self, command: wire.Command) -> Answer:
        if command.verb == wire.DOT:
            return self._answer(wire.DOT, "dot-outside-data")
        if command.why is not None:
            return self._answer(command.verb, command.why)
        out_of_order = MACHINE.forbids(self.state, command.verb)
        if out_of_order is not None:
            return self._answer(command.verb, out_of_order)
        obey: dict[str, Callable[[wire.Command], Answer]] = {
            "HELO": self._hello,
            "EHLO": self._hello,
            "MAIL": self._mail_from,
            "RCPT": self._rcpt_to,
            "VRFY": self._verify,
            "HELP": self._help,
            "NOOP": self._noop,
            "DATA": self._alone,
            "RSET": self._alone,
            "QUIT": self._alone,
        }
        return obey[command.verb](command)

    def _hello(self, command: wire.Command) -> Answer:
        name = command.argument
        if not name:
            return self._answer(command.verb, "hello-without-name")
        if not is_host_name(name):
            return self._answer(command.verb, "hello-with-bad-name")
        # RFC 5321 section 4.1.4: a greeting in mid-session also resets it.
        self._clear_envelope()
        self._client = name
        self._extended = command.verb == "EHLO"
        if not self._extended:
            return self._answer("HELO", "hello")
        return self._answer("EHLO", "hello-extended", more=tuple(tables.EXTENSIONS))

    def _mail_from(self, command: wire.Command) -> Answer:
        try:
            path = parse_reverse_path(command.argument)
        except PathError as error:
            return self._answer("MAIL", error.why)
        why = find_parameter_fault(path, self._extended, known=("SIZE", "BODY"))
        if why is not None:
            return self._answer("MAIL", why)
        self._sender = path.text
        return self._answer("MAIL", "sender-ok")

    def _rcpt_to(self, command: wire.Command) -> Answer:
        try:
            path = parse_forward_path(command.argument)
        except PathError as error:
            return self._answer("RCPT", error.why)
        why = find_parameter_fault(path, self._extended, known=())
        if why is not None:
            return self._answer("RCPT", why)
        mailbox = self._mailbox(path)
        if mailbox is None:
            return self._answer("RCPT", "relay-denied", recipient=path.text)
        if mailbox not in self._mail.mailboxes:
            return self._answer("RCPT", "unknown-mailbox", recipient=path.text)
        if len(self._recipients) >= limits.RECIPIENTS:
            return self._answer("RCPT", "too-many-recipients")
        self._recipients.append(mailbox)
        return self._answer("RCPT", "recipient-ok", recipient=path.text)

    def _verify(self, command: wire.Command) -> Answer:
        return self._answer("VRFY", "not-verified" if command.argument else "verify-whom")

    def _help(self, command: wire.Command) -> Answer:
        topic = command.argument.upper()
        if not topic:
            return self._answer("HELP", "help", more=(" ".join(wire.KNOWN),))
        if topic not in wire.KNOWN:
            return self._answer("HELP", "no-help-on-that")
        return self._answer("HELP", "help-on-verb", more=(tables.VERBS[topic].syntax,))

    def _noop(self, command: wire.Command) -> Answer:
        return self._answer("NOOP", "nothing-done")

    def _alone(self, command: wire.Command) -> Answer:
        """DATA, RSET and QUIT, which take no argument."""
        if command.argument:
            return self._answer(command.verb, "argument-unwanted")
        if command.verb == "DATA":
            self._content = Content()
            return self._answer("DATA", "enter-mail")
        if command.verb == "RSET":
            self._clear_envelope()
            return self._answer("RSET", "reset")
        return self._answer("QUIT", "bye")

    # Envelopes

    def _clear_envelope(self) -> None:
        self._sender = ""
        self._recipients: list[str] = []
        self._content = None

    def _mailbox(self, path: Path) -> str | None:
        """The mailbox that the path names, by the spelling of the world's; None for another server's. This server
        compares local parts without regard to case, as RFC 5321 section 2.3.11 leaves to it."""
        local, domain = path.local.lower(), path.domain.lower()
        if domain in ("", f"[{self._host.address}]"):  # <postmaster>, or this very host
            domain = self._mail.domains[0]
        return f"{local}@{domain}" if domain in self._mail.domains else None

    def _message(self, content: Content) -> Message:
        return Message(
            sender=self._sender,
            mailboxes=tuple(dict.fromkeys(self._recipients)),
            content=content.message(),
            protocol="ESMTP" if self._extended else "SMTP",  # RFC 3848 section 1
            client=self._client,
        )

    # Answers

    def _unasked(self, why: str) -> Answer:
        return self._answer(wire.UNASKED, why)

    def _answer(
        self, verb: str, why: str, *, recipient: str = "", more: tuple[str, ...] = (), message: Message | None = None
    ) -> Answer:
        cause = tables.CAUSES[why]
        state = self.state
        then = MACHINE.step(state, verb, cause.code, why)
        if then is None:
            raise LookupError(f"The state table of SMTP has no row for {state}, {verb!r}, {cause.code}, {why}.")
        words = self._mail.words.get(why, cause.words).format(
            host=self._host.name, client=self._client, sender=self._sender or "<>", recipient=recipient
        )
        self.state = then
        if then != "data":
            self._content = None
        return Answer(
            lines=tuple(wire.format_reply(cause.code, tables.enhanced_code(why, verb), (words, *more))),
            state=state,
            verb=verb,
            why=why,
            then=then,
            end=None if verb == wire.UNASKED else self._end,
            message=message,
            closes=_CLOSES.get(why),
        )
