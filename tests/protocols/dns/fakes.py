"""Name servers that say what a test tells them, and a console that asks them."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from unittest import mock

import dns.flags
import dns.message
import dns.rrset

from protocols.console import Console
from protocols.dns import client
from protocols.events import Console as Said
from protocols.events import Endpoint, Event, Message
from protocols.recorder import Recorder
from protocols.world import Host, Names, World
from tests.protocols.stores import make_store

AT = 1_795_406_400_000_000  # Monday, 23 November 2026, 04:00 UTC, in microseconds
STUDENT, RESOLVER, ROOT, NZ, VUW, SILENT, DEAD = (f"127.0.0.{last}" for last in (1, 53, 4, 64, 85, 99, 98))
WORLD = World(
    "A test's Internet",
    "mx.halva.fr",
    (
        Host("mx.halva.fr", STUDENT),
        Host("resolver.vuw.ac.nz", RESOLVER, dns=Names(recursive=True)),
        Host("a.root-servers.net", ROOT, dns=Names(zones=(".",))),
        Host("ns1.dns.net.nz", NZ, dns=Names(zones=("nz",))),
        Host("ns1.vuw.ac.nz", VUW, dns=Names(zones=("vuw.ac.nz",))),
    ),
    resolver="resolver.vuw.ac.nz",
)

Say = Callable[[dns.message.Message, str], bytes | None]  # a query and how it came: the answer's octets, or silence


def records(*lines: str) -> list[dns.rrset.RRset]:
    """The records that lines such as "www.vuw.ac.nz. 300 A 130.195.86.18" state, each a set of its own: their order is
    kept."""
    parts = [line.split(" ", 3) for line in lines]
    return [dns.rrset.from_text(name, int(ttl), "IN", rdtype, data) for name, ttl, rdtype, data in parts]


def respond(
    query: dns.message.Message, *, answer=(), authority=(), additional=(), rcode=0, flags=""
) -> dns.message.Message:
    """The response to `query` with these records; `flags` are those besides QR and RD, such as "AA TC"."""
    response = dns.message.make_response(query, our_payload=1232)
    response.flags |= dns.flags.from_text(flags)
    response.set_rcode(rcode)
    response.answer += records(*answer)
    response.authority += records(*authority)
    response.additional += records(*additional)
    return response


@dataclass
class Lab:
    """A console, name servers on one port of several addresses, and what was recorded."""

    port: int
    recorder: Recorder
    console: Console
    events: list[Event]
    queries: list[tuple[str, str, dns.message.Message]] = field(default_factory=list)  # to whom, how, what

    async def type(self, line: str) -> list[str]:
        """What is printed of a line; {port} in it is the servers' port. What is no output is shown as its why."""
        done = len(self.events)
        await self.console.typed(f"line-{done}", line.replace("{port}", str(self.port)).encode("latin-1"))
        printed = [each for each in self.events[done:] if isinstance(each, Said) and each.action == "printed"]
        return [each.raw.decode("latin-1") if each.why == "output" else f"({each.why})" for each in printed]

    def messages(self) -> list[Message]:
        return [event for event in self.events if isinstance(event, Message)]

    def asked(self) -> list[str]:
        """ "127.0.0.53 udp www.vuw.ac.nz. A" for every query that came."""
        return [
            f"{server} {way} {query.question[0].to_text().replace(' IN ', ' ')}" for server, way, query in self.queries
        ]


@asynccontextmanager
async def running(servers: dict[str, Say]):
    """A lab with a name server for each address, which answers as its function says."""
    events: list[Event] = []
    recorder = Recorder(1, lambda: AT, events.append)
    port = _free_port()
    lab = Lab(port, recorder, Console(1, WORLD, recorder, make_store(WORLD, recorder)), events)
    ends = []
    for address, say in servers.items():
        ends += await _serve(lab, address, say)
    with mock.patch.object(client, "PORT", port):
        yield lab
    for end in ends:
        end()
    await lab.console.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as any_server:
        return any_server.getsockname()[1]


async def _serve(lab: Lab, address: str, say: Say) -> list[Callable[[], None]]:
    own = Endpoint("", address, lab.port)

    def exchange(peer: tuple[str, int], octets: bytes, way: str, offset: int) -> bytes | None:
        query = dns.message.from_wire(octets)
        lab.queries.append((address, way, query))
        peers = {"client": Endpoint("", *peer), "server": own, "protocol": "dns", "transport": way}
        heard = lab.recorder.record(Message, because=lab.recorder.cause_of(peer, offset), side="C", raw=octets, **peers)
        response = say(query, way)
        if response is not None:
            lab.recorder.answers(peer, lab.recorder.record(Message, because=heard, side="S", raw=response, **peers))
        return response

    class Datagrams(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, octets, peer):
            response = exchange(peer, octets, "udp", len(octets))
            if response is not None:
                self.transport.sendto(response, peer)

    async def accept(reader, writer):
        peer = writer.get_extra_info("peername")
        lab.recorder.cause_of(peer, 0)
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        response = exchange(peer, await reader.readexactly(length), "tcp", 2 + length)
        if response is not None:
            writer.write(struct.pack(">H", len(response)) + response)
        writer.close()

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Datagrams, local_addr=(address, lab.port))
    server = await asyncio.start_server(accept, address, lab.port)
    return [transport.close, server.close]
