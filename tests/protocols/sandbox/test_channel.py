"""The lab's end of its control channel: when what it says goes out."""

import asyncio

from protocols import limits
from protocols.sandbox.channel import Channel
from protocols.sandbox.control import Frames
from protocols.sandbox.messages import FROM_LAB, TO_LAB, Packets


class Wire(asyncio.Transport):
    """Keeps the messages of each write."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.writes: list[list[object]] = []
        self._channel = channel

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def write(self, data) -> None:
        self.writes.append(list(Frames(FROM_LAB).feed(bytes(data))))

    def close(self) -> None:
        self._channel.connection_lost(None)


async def speak(pauses: float, monkeypatch, octets: int = 1) -> list[list[object]]:
    """What goes out of four messages, each said in a turn of the loop of its own."""
    monkeypatch.setattr(limits, "GATHER_SECONDS", pauses)
    channel = Channel(Frames(TO_LAB))
    wire = Wire(channel)
    channel.connection_made(wire)
    channel.stopping.set()
    for number in range(4):
        channel.send(Packets(b"%d" % number * octets))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await channel.close()
    return wire.writes


async def test_what_is_said_shortly_after_another_waits_for_more(monkeypatch):
    assert await speak(3_600, monkeypatch) == [[Packets(b"0")], [Packets(b"1"), Packets(b"2"), Packets(b"3")]]


async def test_what_is_said_alone_waits_for_nothing(monkeypatch):
    assert await speak(0, monkeypatch) == [[Packets(b"%d" % number)] for number in range(4)]


async def test_much_does_not_wait(monkeypatch):
    assert [len(write) for write in await speak(3_600, monkeypatch, octets=limits.CHUNK)] == [1, 1, 1, 1]
