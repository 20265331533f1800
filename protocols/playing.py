"""A solution played in a lab: its lines are typed one after the other, each when the one before is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from protocols import limits
from protocols.events import Closed, Console, Event, Line, Opened
from protocols.explain import LAB_WHY
from protocols.goals.context import TEXT, Context
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import LabEnded, RunningLab, Supervisor
from protocols.world import World

CLOSED = "closed"  # why a lab ends whose solution was played to its end
_GREETING = ("smtp", "ftp")  # protocols whose server speaks first
_LEAVING = (b"221", b"421")  # replies after which the server closes the connection


class NotPlayed(Exception):
    """The solution could not be played to its end. The text is one sentence for its author."""


async def play(
    supervisor: Supervisor, world: World, lines: Sequence[str], contents: Iterable[tuple[str, bytes]] = ()
) -> list[Event]:
    """The events of a lab of `world`, in which `lines` were typed at the console; `contents` are those of its files
    that are no text in it, with their SHA-256. A line is typed when the one before is carried out and answered. All of
    it takes at most limits.PLAY_SECONDS. Raises NotPlayed, LabRefused."""
    log = _Log()
    lab = await supervisor.open(world, log, contents=contents)
    try:
        async with asyncio.timeout(limits.PLAY_SECONDS):
            for number, line in enumerate(lines, start=1):
                await _type(lab, log, number, line)
    except TimeoutError:
        raise NotPlayed(f"The solution takes longer than {limits.PLAY_SECONDS} seconds; make it shorter.") from None
    except LabEnded:
        pass  # why is said below
    finally:
        await lab.close(CLOSED)
    why = await lab.wait()
    if why != CLOSED:
        raise NotPlayed(f"The lab ended before the solution did: {LAB_WHY.get(why, why)}.")
    return log.events


async def _type(lab: RunningLab, log: _Log, number: int, line: str) -> None:
    """Type a line, and wait until it is answered. Raises LabEnded, NotPlayed."""
    text = line.encode("utf-8", "replace").decode("latin-1")  # one character an octet
    client_id = f"line-{number}"
    await lab.carry_out(Input(1, client_id, text))
    await log.wait_until_answered(client_id)
    if len(log.events) > limits.PLAY_EVENTS:
        raise NotPlayed(
            f"By line {number} the solution has made more than {limits.PLAY_EVENTS:,} events; make it shorter."
        )


class _Log:
    """A log that is kept in memory, and knows what in it is still to be answered."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._loop = asyncio.get_running_loop()
        self._grown = asyncio.Event()
        self._owed = _Owed()

    def commit(self, events: Sequence[Event]) -> None:
        """Take the next events; called in a thread."""
        self._loop.call_soon_threadsafe(self._take, events)

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        """Contents of files stay in the lab, and go with it."""

    async def wait_until_answered(self, client_id: str) -> None:
        """Wait until the line of this id is in the log, and all that it asked for is answered. What is not answered in
        limits.PLAY_PATIENCE_SECONDS is not answered at all."""
        while True:
            seconds = limits.PLAY_REST_SECONDS if self._owed.is_paid(client_id) else limits.PLAY_PATIENCE_SECONDS
            self._grown.clear()
            try:
                await asyncio.wait_for(self._grown.wait(), seconds)
            except TimeoutError:
                return

    def _take(self, events: Sequence[Event]) -> None:
        self.events += events
        for event in events:
            self._owed.note(event)
        self._grown.set()


class _Owed:
    """What the student's side waits for: a word to each line, and the server's last reply to each command."""

    def __init__(self) -> None:
        self._context = Context()
        self._typed: set[str | None] = set()
        self._lines: set[int] = set()  # typed, and cited by nothing
        self._commands: dict[int, str] = {}  # sent, and not replied to: the connection, by the command's seq
        self._greetings: set[str] = set()  # connections whose server has said nothing
        self._ends: set[str] = set()  # connections that the server is about to close

    def is_paid(self, client_id: str) -> bool:
        """Whether the line of this id was typed, and nothing is waited for."""
        return client_id in self._typed and not (self._lines or self._commands or self._greetings or self._ends)

    def note(self, event: Event) -> None:
        """The next event of the log."""
        is_text = self._context.note(event) == TEXT
        self._lines.discard(event.because or 0)
        if isinstance(event, Console) and event.action == "typed":
            self._typed.add(event.client_id)
            self._lines.add(event.seq)
        elif isinstance(event, Opened) and event.purpose == "control" and event.protocol in _GREETING:
            self._greetings.add(event.conn)
        elif isinstance(event, Line) and event.side == "C" and not is_text:
            self._commands[event.seq] = event.conn
        elif isinstance(event, Line) and event.side == "S":
            self._note_reply(event)
        elif isinstance(event, Closed):
            self._greetings.discard(event.conn)
            self._ends.discard(event.conn)
            self._commands = {seq: conn for seq, conn in self._commands.items() if conn != event.conn}

    def _note_reply(self, line: Line) -> None:
        # Lines before the last have a hyphen, and 1yz is followed by another reply: RFC 959 section 4.2.
        if line.raw[3:4] == b"-" or line.raw[:1] == b"1" or not line.raw[:3].isdigit():
            return
        self._greetings.discard(line.conn)
        self._commands.pop(line.because or 0, None)
        if line.raw.startswith(_LEAVING):
            self._ends.add(line.conn)
