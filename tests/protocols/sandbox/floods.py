"""A zygote whose labs are the product's own, in some of which something runs amok, as their world's title says. Only
tests start it; `hostile.py` has the labs that are nothing but an attack."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from protocols import limits
from protocols.sandbox import lab, zygote
from protocols.sandbox.birth import Cell
from tests.protocols.sandbox import hostile

MX = ("10.2.0.25", 25)


def forever(flood: Callable[[], None]) -> Callable[[], None]:
    """The flood again and again, whatever becomes of it."""

    def go_on() -> None:
        while True:
            with suppress(OSError):
                flood()

    return go_on


def connect() -> socket.socket:
    client = socket.create_connection(MX, 5)
    client.settimeout(5)
    return client


def send_an_endless_line() -> None:
    with connect() as client:
        while True:
            client.sendall(b"x" * 65_536)


def send_noops() -> None:
    with connect() as client:
        client.sendall(b"NOOP\r\n" * 2 * limits.COMMANDS)
        while client.recv(65_536):
            pass


def send_without_reading() -> None:
    clients = [connect() for _ in range(limits.CONNECTIONS)]
    while True:
        for client in clients:
            client.send(b"HELP\r\n" * 100)


def name_recipients() -> None:
    with connect() as client:
        client.sendall(b"HELO x\r\nMAIL FROM:<>\r\n" + b"RCPT TO:<bob@lentil.edu>\r\n" * 3_000)
        while client.recv(65_536):
            pass


def open_connections() -> None:
    kept = [connect() for _ in range(200)]
    for client in kept:
        client.close()


def fill_memory() -> None:
    never = threading.Event()
    kept: list[bytes | None] = [None] * 1_000  # its own room is taken first
    size, number = 16 * 1024 * 1024, 0
    while size > 4_096:
        try:
            kept[number] = bytes(size)
            number += 1
        except MemoryError:
            size //= 2
    never.wait()


def fill_descriptors() -> None:
    kept = []
    with suppress(OSError):
        while True:
            kept.append(socket.socket())
    threading.Event().wait()


def spin() -> None:
    """On every processor: a digest of much at once lets go of Python's lock."""
    for _ in range(limits.THREADS - 3):
        threading.Thread(target=forever(digest), daemon=True).start()


def digest() -> None:
    hashlib.sha256(bytes(1_000_000))


def say_frames(cell: Cell) -> None:
    speaker = hostile.Speaker(cell)
    speaker.ready()
    while True:
        speaker.fault("x")


# Beside a lab that is the product's own:
BESIDE: dict[str, Callable[[], None]] = {
    "endless lines": forever(send_an_endless_line),
    "NOOPs": forever(send_noops),
    "slow clients": forever(send_without_reading),
    "recipients": forever(name_recipients),
    "connections": forever(open_connections),
    "memory": fill_memory,
    "descriptors": fill_descriptors,
    "a spinning lab": spin,
}
# Instead of it:
INSTEAD: dict[str, Callable[[Cell], None]] = {
    "control frames": say_frames,
    "an oversized frame": lambda cell: hostile.BREAKS["announces a frame over the limit"](hostile.Speaker(cell)),
}

FLOODS = (*BESIDE, *INSTEAD)


def begin(flood: Callable[[], None]) -> None:
    """Begin when the lab is ready: then its server greets."""
    with connect() as client:
        client.recv(1_000)
    flood()


def run(cell: Cell) -> None:
    title = cell.world.title
    if title in INSTEAD:
        INSTEAD[title](cell)
    if title in BESIDE:
        threading.Thread(target=begin, args=(BESIDE[title],), daemon=True).start()
    lab.run(cell)


if __name__ == "__main__":
    zygote.main(run)
