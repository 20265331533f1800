"""Name servers of a small world on loopback addresses, on a port of their own, and all that is recorded of them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import dns.message
import dns.rdatatype

from protocols.dns import server
from protocols.dns.server import Lab, Server
from protocols.dns.store import Store
from protocols.dns.tap import Keeper
from protocols.events import Event, Message
from protocols.recorder import Recorder
from protocols.world import Host, Names, World, Zone

AT = 1_795_406_400_000_000  # 23 November 2026, 04:00 UTC, in microseconds
RESOLVER, ROOT, NZ, VUW = "127.0.0.2", "127.0.1.1", "127.0.1.2", "127.0.1.3"

LONG = " ".join(f'"{letter * 200}"' for letter in "abcdefgh")
WORLD = World(
    title="A small world",
    student="student.test",
    resolver="resolver.test",
    hosts=(
        Host("student.test", "127.0.0.9"),
        Host("resolver.test", RESOLVER, dns=Names(recursive=True)),
        Host("a.root.test", ROOT, dns=Names((".", "root.test"))),
        Host("ns.nz", NZ, dns=Names(("nz",))),
        Host("ns.vuw.nz", VUW, dns=Names(("vuw.nz",))),
    ),
    zones=(Zone("vuw.nz", f"www CNAME www2\nwww2 A 10.9.9.9\nlong TXT {LONG}\n"),),
)


@dataclass
class Running:
    """The servers by host, and their events."""

    recorder: Recorder
    lab: Lab
    port: int
    events: list[Event] = field(default_factory=list)
    servers: dict[str, Server] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def messages(self, side: str) -> list[Message]:
        return [event for event in self.of(Message) if event.side == side]

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self.changed.clear()
                await self.changed.wait()

    async def ask(self, name: str, rdtype: str = "A", at: str = RESOLVER) -> dns.message.Message:
        """What an outside program gets by UDP, EDNS and RD included."""
        query = dns.message.make_query(name, rdtype, use_edns=0, payload=1232)
        return dns.message.from_wire(await self.exchange(query.to_wire(), at))

    async def exchange(self, octets: bytes, at: str = RESOLVER) -> bytes:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.setblocking(False)
            own.bind(("127.0.0.9", 0))
            own.connect((at, self.port))
            async with asyncio.timeout(15):
                await loop.sock_sendall(own, octets)
                return await loop.sock_recv(own, 65535)

    async def start(self, name: str) -> None:
        host = WORLD.host(name)
        assert host is not None
        bound = {
            "udp": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "tcp": socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        }
        for transport, own in bound.items():
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.bind((host.address, self.port))
            own.setblocking(False)
            if transport == "tcp":
                own.listen(64)
        self.servers[name] = await server.serve(host, bound, self.lab)

    def stop(self, name: str) -> None:
        self.servers.pop(name).close()


def find_port() -> int:
    """A port that no other test's servers have."""
    with socket.create_server((RESOLVER, 0)) as any_socket:
        return int(any_socket.getsockname()[1])


def make_running(clock: Callable[[], int]) -> Running:
    """Nothing runs yet."""
    events: list[Event] = []
    changed = asyncio.Event()

    def take(event: Event) -> None:
        events.append(event)
        changed.set()

    recorder = Recorder(1, clock, take)
    lab = Lab(WORLD, recorder, Store(WORLD, recorder), Keeper(recorder))
    return Running(recorder, lab, find_port(), events, changed=changed)
