"""A zygote whose labs handle the contents of files, in the way that their world's title says: most of them as no lab of
ours does. Only tests start it; with another title a lab does what `hostile.py` has for that."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable
from ftplib import FTP
from io import BytesIO

from protocols import limits
from protocols.events import Fault, Stored
from protocols.sandbox import lab as product
from protocols.sandbox import zygote
from protocols.sandbox.birth import Cell
from protocols.sandbox.control import encode
from protocols.sandbox.lab import open_channel
from protocols.sandbox.messages import Chunk, Happened, Kept, Ready, Stopped
from tests.protocols.sandbox import hostile


def digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def store(seq: int, octets: bytes, size: int | None = None) -> Happened:
    size = len(octets) if size is None else size
    names = {"host": "mx.halva.fr", "path": "/a", "owner": "", "mode": 0o644, "modified": 1}
    return Happened(Stored(seq=seq, at=1, size=size, sha256=digest(octets), **names))  # type: ignore[arg-type]


def hand_over(octets: bytes, **lies: object) -> Chunk:
    """A content in one chunk, but for what is a lie."""
    truth = {"sha256": digest(octets), "size": len(octets), "offset": 0, "octets": octets}
    return Chunk(**(truth | lies))  # type: ignore[arg-type]


def say_all(*messages: object) -> Callable[[hostile.Speaker], None]:
    return hostile.speak_raw(b"".join(encode(message) for message in messages))  # type: ignore[arg-type]


WHOLE = bytes(limits.FILE_CHUNK)
# Each breaks it with the content of a file.
BREAKS: dict[str, Callable[[hostile.Speaker], None]] = {
    "begins a content in the middle": hostile.say(hand_over(b"abc", size=6, offset=3)),
    "sends a chunk that is no whole one": hostile.say(hand_over(b"abc", size=6)),
    "sends a chunk that is none": hostile.say(hand_over(b"", size=3)),
    "sends a chunk that is longer than its content": hostile.say(hand_over(b"abc", size=2)),
    "names a content by no SHA-256": hostile.say(hand_over(b"abc", sha256="../" * 20 + "abcd")),
    "names a content by another's SHA-256": hostile.say(hand_over(b"abc", sha256=digest(b"abd"))),
    "hands over more than a lab holds": hostile.say(hand_over(WHOLE, size=limits.FILES + 1)),
    "hands over less than nothing": hostile.say(hand_over(b"", size=-1)),
    "sends a chunk twice": say_all(*[hand_over(WHOLE, size=2 * len(WHOLE) + 1)] * 2),
    "leaves a chunk out": say_all(*[hand_over(WHOLE, size=3 * len(WHOLE), offset=at * len(WHOLE)) for at in (0, 2)]),
    "changes its mind about a size": say_all(
        hand_over(WHOLE, size=2 * len(WHOLE) + 1), hand_over(WHOLE, size=2 * len(WHOLE) + 2, offset=len(WHOLE))
    ),
    "begins content after content": say_all(
        *(hand_over(WHOLE, size=2 * len(WHOLE), sha256=f"{number:064}") for number in range(100))
    ),
    "hands over contents that no event names": say_all(hand_over(b"abc"), hand_over(b"abd")),
    "hands a content over twice": say_all(hand_over(b"abc"), store(2, b"abc"), hand_over(b"abc")),
    "has a file whose content was not handed over": hostile.say(store(2, b"abc")),
    "has a file whose content is not whole": say_all(hand_over(WHOLE, size=2 * len(WHOLE)), store(2, WHOLE, 0)),
    "lies about a file's size": say_all(hand_over(b"abc"), store(2, b"abc", 4)),
    "says what is kept": hostile.say(Kept(digest(b"abc"), 3)),
}


def hoard(lab: hostile.Speaker) -> None:
    """Hand over one content after the other, as a lab may."""
    lab.ready()
    for number in range(1_000):
        octets = b"%1000d" % number
        lab.seq += 1
        lab.cell.control.sendall(encode(hand_over(octets)) + encode(store(lab.seq, octets)))
    lab.wait_for_stop()


def receive_contents(lab: hostile.Speaker) -> None:
    """Say which contents are there when the lab is ready."""
    asyncio.run(_receive_contents(lab.cell))


async def _receive_contents(cell: Cell) -> None:
    channel, recorder = await open_channel(cell)
    contents = await channel.contents.receive_all(cell.world)
    channel.send(Ready(cell.layers, cell.absent))
    for octets in contents.values():
        recorder.record(Fault, why=digest(octets))
    recorder.record(Fault, why="over")
    await channel.stopping.wait()
    channel.send(Stopped())
    await channel.close()


def copy_file() -> None:
    """As a client beside a lab that is the product's own: fetch a file, and store it again under another name."""
    fetched = BytesIO()
    with FTP("10.0.0.1", "ecki", "secret", timeout=20) as client:
        client.retrbinary("RETR /file-0", fetched.write)
        fetched.seek(0)
        client.storbinary("STOR /ecki/copy", fetched)


PLOTS: dict[str, Callable[[hostile.Speaker], None]] = {"hoards": hoard, "receives": receive_contents} | BREAKS


def run(cell: Cell) -> None:
    plot = PLOTS.get(cell.world.title)
    if plot:
        plot(hostile.Speaker(cell))
    elif cell.world.title == "copies":
        threading.Thread(target=copy_file, daemon=True).start()
        product.run(cell)
    else:
        hostile.run(cell)


if __name__ == "__main__":
    zygote.main(run)
