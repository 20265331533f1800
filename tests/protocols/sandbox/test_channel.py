"""The lab's end of its control channel: when what it says goes out."""

import asyncio

from protocols import limits
from protocols.sandbox.channel import Channel
from protocols.sandbox.control import Frames, encode
from protocols.sandbox.messages import FROM_LAB, TO_LAB, Chunk, Content, Kept, Packets, PlaceFile, Start


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


async def test_what_was_read_with_the_start_is_not_left_behind():
    frames = Frames(TO_LAB)
    assert next(frames.feed(encode(Start({}, 1)) + encode(Content("a", b"hello")))) == Start({}, 1)
    channel = Channel(frames)
    channel.connection_made(Wire(channel))
    assert channel.contents.take("a") == b"hello"


async def test_a_file_that_is_put_there_has_the_content_that_came_before_it():
    channel = Channel(Frames(TO_LAB))
    channel.connection_made(Wire(channel))
    asked = [PlaceFile(f"page-{number}", "host", "/a", "", "a", 10) for number in range(2)]
    halves = encode(Content("a", b"hello")) + encode(Content("a", b"world"))
    channel.data_received(b"".join(halves + encode(each) for each in asked))
    assert [channel.placed.get_nowait() for _ in asked] == [(each, b"helloworld") for each in asked]


async def test_a_chunk_waits_for_nothing_but_its_answer(monkeypatch):
    monkeypatch.setattr(limits, "GATHER_SECONDS", 3_600)
    channel = Channel(Frames(TO_LAB))
    wire = Wire(channel)
    channel.connection_made(wire)
    channel.send(Packets(b"0"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    channel.send(Packets(b"1"))
    keeping = asyncio.create_task(channel.contents.keep("a", b"hello"))
    await asyncio.sleep(0)
    assert wire.writes == [[Packets(b"0")], [Packets(b"1"), Chunk("a", 5, 0, b"hello")]]
    channel.data_received(encode(Kept("a", 5)))
    await keeping
