"""What tests of the sandbox share: a world, a log in memory, and looks at processes from outside."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from protocols.events import Event
from protocols.world import Host, Mail, World

HOSTILE = "tests.protocols.sandbox.hostile"
HOARDERS = "tests.protocols.sandbox.hoarders"


def make_world(title: str = "The lecture's Internet") -> World:
    mail = Mail(domains=("lentil.edu",), mailboxes=("bob@lentil.edu",))
    return World(title, "mx.halva.fr", (Host("mx.halva.fr", "10.0.0.1"), Host("mx.lentil.edu", "10.2.0.25", mail)))


class KeptLog:
    """A log in memory. While `trouble` is set, it takes nothing and raises that."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.batches: list[int] = []
        self.contents: dict[str, bytes] = {}  # as far as they are kept
        self.chunks: list[tuple[str, int, int]] = []  # the SHA-256, the offset and the length of each
        self.trouble: Exception | None = None
        self.refusals = 0

    def commit(self, events: Sequence[Event]) -> None:
        if self.trouble:
            self.refusals += 1
            raise self.trouble
        self.events.extend(events)
        self.batches.append(len(events))

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        if self.trouble:
            self.refusals += 1
            raise self.trouble
        self.contents[sha256] = self.contents.get(sha256, b"")[:offset] + octets
        self.chunks.append((sha256, offset, len(octets)))

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.kind == kind]

    def whys(self) -> list[str]:
        """The texts of the faults, by which hostile labs say what they met."""
        return [event.why for event in self.of("fault")]


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so; fail where it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        await asyncio.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def read_proc(process: int, name: str) -> list[str]:
    """The lines of a file that /proc has of a process."""
    return Path(f"/proc/{process}/{name}").read_text().splitlines()


def status_of(process: int) -> dict[str, str]:
    """What /proc says of a process, from outside."""
    lines = read_proc(process, "status")
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
