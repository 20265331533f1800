"""What the events so far give the next one of its meaning. Pure."""

from __future__ import annotations

from protocols.events import Endpoint, Event, Line, Message, Opened
from protocols.ftp import wire as ftp
from protocols.goals.model import Mode
from protocols.smtp import wire as smtp

COMMANDS_KEPT = 2_000  # of the newest ones: a reply and a transfer cite one that was said a moment ago

REPLY = "reply"  # the key of a server's line
TEXT = "text"  # and of a client's that is a line of a message, whatever it says
_TYPE_CHANGED = (b"200", b"220")  # what answers TYPE and REIN: RFC 959 section 5.4


def said(verb: str) -> str:
    """The key of a command with this verb."""
    return f"said {verb}"


def mode_of(event: Opened) -> Mode:
    """How this data connection is opened."""
    return "active" if event.opener == "S" else "passive"


class Context:
    """Follows a transcript: which command an event cites, which session a data connection belongs to, and which
    representation type and which data connection that session has."""

    def __init__(self) -> None:
        self._commands: dict[int, tuple[str, str, str]] = {}  # (verb, argument, conn) of a client's line, by its seq
        self._sessions: dict[str, str] = {}  # the control connection of a data connection
        self._types: dict[str, str] = {}  # by control connection
        self._modes: dict[str, Mode] = {}  # by control connection, of its newest data connection
        self._secured: set[str] = set()

    def note(self, event: Event) -> str:
        """The next event. Returns the key by which wishes look for it: `said(verb)` for a client's command, `REPLY`
        for a line of a server's, else its kind."""
        if isinstance(event, Line):
            if event.side == "C":
                return self._note_command(event)
            if event.protocol == "ftp" and event.because is not None and event.raw.startswith(_TYPE_CHANGED):
                self._note_type(event.because)
            return REPLY
        if isinstance(event, Opened):
            if event.secured:
                self._secured.add(event.conn)
            if event.purpose == "data" and event.because in self._commands:
                session = self._commands[event.because][2]
                self._sessions[event.conn] = session
                self._modes[session] = mode_of(event)
        return event.kind

    def verb_cited(self, event: Event) -> str:
        """The verb of the command that `event` cites; "" where it cites none."""
        return self._commands.get(event.because or 0, ("", "", ""))[0]

    def verb_of(self, line: Line) -> str:
        """The verb of the command that was noted last, which is in `line`."""
        return self._commands[line.seq][0]

    def argument(self, line: Line) -> str:
        """The argument of the command that was noted last, which is in `line`."""
        return self._commands[line.seq][1]

    def session_of(self, event: Event) -> str | None:
        """What all events of one connection share, its data connections included; None for an event of none."""
        conn: str | None = getattr(event, "conn", None)
        if conn is not None:
            return self._sessions.get(conn, conn)
        return _name_asker(event.client) if isinstance(event, Message) else None

    def type_of(self, event: Event) -> str:
        """The representation type in force in the session of `event`: RFC 959 section 3.1.1, where A is the first."""
        return self._types.get(self.session_of(event) or "", "A")

    def mode_of(self, event: Event) -> Mode | None:
        """How the newest data connection in the session of `event` was opened."""
        return self._modes.get(self.session_of(event) or "")

    def is_secured(self, conn: str) -> bool:
        """Whether what goes over this connection can be read by its two ends alone."""
        return conn in self._secured

    def _note_command(self, line: Line) -> str:
        if line.protocol == "smtp" and line.state == "data" and line.raw != smtp.DOT_LINE:
            return TEXT
        content = smtp.strip_ending(line.raw)
        if line.protocol == "ftp":
            content = ftp.strip_telnet(content)
        word, _, argument = content.decode("latin-1").partition(" ")
        verb = word.upper()
        if verb not in ftp.WITH_NAME:  # where a space can be part of the name
            argument = argument.strip(" ")
        self._commands[line.seq] = (verb, argument, line.conn)
        if len(self._commands) > COMMANDS_KEPT:
            del self._commands[next(iter(self._commands))]
        return said(verb)

    def _note_type(self, seq: int) -> None:
        verb, argument, conn = self._commands.get(seq, ("", "", ""))
        if verb == "TYPE":
            self._types[conn] = argument[:1].upper().replace("L", "I")  # L 8 is I where an octet is a byte
        elif verb == "REIN":
            self._types.pop(conn, None)


def _name_asker(client: Endpoint) -> str:
    return f"{client.address}:{client.port}"
