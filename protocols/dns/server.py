"""The name server of a host, on port 53 by UDP and TCP: RFC 1035 section 4.2.

What it answers is decided elsewhere: by `lookup` from the zones that the host is authoritative for, by a resolver for
everything else where the host has one. Here it is read, recorded and sent.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from typing import Literal, Protocol

import dns.rcode
import dns.rdatatype

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.connections import Connections
from protocols.dns.lookup import look_up, refuse
from protocols.dns.recursion import Recursor
from protocols.dns.store import Store, ZonesOf
from protocols.dns.tap import Counted, Exchange, Keeper, Tap
from protocols.dns.wire import Query, WireError, read_query, refuse_format, respond
from protocols.events import Endpoint, Fault
from protocols.recorder import Address, Recorder
from protocols.world import Host, World

_BURST = 64  # datagrams in one turn of the loop: then it is others' turn
_LEADS_ELSEWHERE = ("referral", "alias-out")  # to other servers: for a resolver that is no answer
_UNREADABLE = "?"  # what stands for the name of a query that cannot be read
_FAILURE = Answer(dns.rcode.SERVFAIL, "server-error")
_TOO_MANY = Answer(dns.rcode.SERVFAIL, "too-much-work", ("resolutions",))


class Resolver(Protocol):
    """What finds answers that are not in the host's own zones."""

    async def answer(self, query: Query, because: int | None) -> Answer:
        """The answer to `query`, whose event is `because` (None: it was not recorded)."""


@dataclass(slots=True)
class Response:
    """A response that is ready: its octets without the id, and what is told of it."""

    rest: bytes
    why: str
    about: tuple[str, ...]
    counted: Counted


@dataclass(slots=True)
class Lab:
    """What the name servers of one lab share."""

    world: World
    recorder: Recorder
    store: Store
    keeper: Keeper
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {host.address: host.name for host in self.world.hosts}


class Server:
    """A name server that is `host`; `resolver` is None where it knows nothing but its zones."""

    def __init__(self, host: Host, lab: Lab, resolver: Resolver | None) -> None:
        assert host.dns is not None, "a name server's host has its zones"
        self.recorder = lab.recorder
        self.keeper = lab.keeper
        self.tap = Tap(lab.recorder, Endpoint(host.name, host.address, 53), lab.names)
        self._resolver = resolver
        self._zones = ZonesOf(lab.store, host.dns.zones)
        self._ready: dict[bytes, Response] = {}  # by all of a datagram but its id
        self._datagrams: socket.socket | None = None
        self._connections = Connections(self)
        self._asking: set[asyncio.Task[None]] = set()
        self._resolving = 0
        lab.store.when_edited(self._ready.clear)

    def listen(self, datagrams: socket.socket) -> None:
        """Answer what comes to `datagrams`, which is bound and does not block."""
        self._datagrams = datagrams
        asyncio.get_running_loop().add_reader(datagrams, self._read)

    async def accept(self, listener: socket.socket) -> None:
        """Answer on the connections to `listener`, which is bound and listens."""
        await self._connections.listen(listener)

    def close(self) -> None:
        """Answer nothing more, and end the connections there are."""
        if self._datagrams is not None:
            asyncio.get_running_loop().remove_reader(self._datagrams)
            self._datagrams.close()
        self._connections.close()
        for task in self._asking:
            task.cancel()

    # By UDP

    def _read(self) -> None:
        """Answer the datagrams that are there. This is the way that a flood takes: what was answered before is given
        again as it is, and what is not recorded is counted, with no more than a look into a table. Every call here is
        one for each of fifty thousand datagrams a second."""
        assert self._datagrams is not None
        receive, send = self._datagrams.recvfrom, self._datagrams.sendto
        find, keeper, announced = self._ready.get, self.keeper, self.recorder.announced
        try:
            for _ in range(_BURST):
                octets, client = receive(limits.DATAGRAM_READ)
                response = find(octets[2:])
                if response is None:
                    self._meet(octets, client)
                elif keeper.left or client in announced:
                    self._repeat(octets, client, response)
                else:
                    counted = response.counted
                    if counted.times:
                        counted.times += 1
                    else:
                        keeper.count(counted)
                    send(octets[:2] + response.rest, client)
        except OSError:  # nothing is there; or a client's queue is full, or it is gone: a datagram may get lost
            return

    def _repeat(self, octets: bytes, client: Address, response: Response) -> None:
        """Give the response that was given before."""
        because = self.recorder.cause_of(client, len(octets))
        is_kept = self.keeper.takes()
        exchange = self.tap.asked(octets, client, because, "udp", None) if is_kept else None
        self._give(octets, client, response, exchange)

    def _meet(self, octets: bytes, client: Address) -> None:
        """Answer a datagram that is not like one before."""
        because = self.recorder.cause_of(client, len(octets))
        exchange = self.tap.asked(octets, client, because, "udp", None) if self.keeper.takes() else None
        query, response = self.answer_now(octets, "udp")
        if query is None or response is not None:
            if query is not None and response is not None and len(self._ready) < limits.RESPONSES_READY:
                self._ready[octets[2:]] = response
            self._give(octets, client, response, exchange)
            return
        task = asyncio.get_running_loop().create_task(self._ask(query, client, exchange))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, query: Query, client: Address, exchange: Exchange | None) -> None:
        response = await self.answer_later(query, "udp", exchange)
        self._give(query.octets, client, response, exchange)

    def _give(self, octets: bytes, client: Address, response: Response | None, exchange: Exchange | None) -> None:
        if response is not None:  # else silence, as for a response that came unasked
            self._send(self.tell(octets, response, exchange), client)

    def _send(self, octets: bytes, client: Address) -> None:
        assert self._datagrams is not None
        try:
            self._datagrams.sendto(octets, client)
        except OSError:  # the client's queue is full, or it is gone: a datagram may get lost
            pass

    # By either

    def tell(self, query: bytes, response: Response, exchange: Exchange | None) -> bytes:
        """The octets of the response to these of a query, recorded or counted: called before they go out."""
        octets = query[:2] + response.rest
        if exchange is not None:
            self.tap.answered(exchange, octets, response.why, response.about)
        else:
            self.keeper.count(response.counted)
        return octets

    def answer_now(self, octets: bytes, transport: Literal["udp", "tcp"]) -> tuple[Query | None, Response | None]:
        """The query that `octets` hold (None: they hold none) and its response; where that is None the resolver has to
        be asked, or where there is no query either nothing is answered."""
        try:
            query = read_query(octets)
        except WireError as error:
            refusal = refuse_format(octets)
            if refusal is None:
                return None, None
            return None, Response(refusal[2:], "format", (error.what,), Counted(_UNREADABLE, "FORMERR"))
        answer = self._answer_from_zones(query)
        return query, None if answer is None else self._respond(query, answer, transport)

    async def answer_later(self, query: Query, transport: Literal["udp", "tcp"], exchange: Exchange | None) -> Response:
        """The response that the resolver finds."""
        assert self._resolver is not None
        if self._resolving >= limits.RESOLUTIONS:
            return self._respond(query, _TOO_MANY, transport)
        self._resolving += 1
        try:
            answer = await self._resolver.answer(query, exchange.seq if exchange else None)
        except Exception:
            answer = self._fail()
        finally:
            self._resolving -= 1
        return self._respond(query, answer, transport)

    def _answer_from_zones(self, query: Query) -> Answer | None:
        """The answer, or None where the resolver has to find it."""
        try:
            answer = look_up(query, self._zones)
        except Exception:
            return self._fail()
        if self._resolver is None:
            return answer
        if answer.why == "not-here" or (answer.why in _LEADS_ELSEWHERE and query.recursion_desired):
            return refuse(query)
        return answer

    def _fail(self) -> Answer:
        logging.getLogger(__name__).debug("a name server failed", exc_info=True)
        self.recorder.record(Fault, why="server-error")
        return _FAILURE

    def _respond(self, query: Query, answer: Answer, transport: Literal["udp", "tcp"]) -> Response:
        octets = respond(query, answer, recursion_available=self._resolver is not None, transport=transport)
        asked = f"{query.name.to_text()} {dns.rdatatype.to_text(query.rdtype)}"
        return Response(octets[2:], answer.why, answer.about, Counted(asked, dns.rcode.to_text(answer.rcode)))


async def serve(host: Host, bound: dict[str, socket.socket], lab: Lab) -> Server:
    """Be the name server of `host` at the sockets `bound`, by their transports."""
    is_recursive = host.dns is not None and host.dns.recursive
    server = Server(host, lab, Recursor(host, lab.world, lab.recorder) if is_recursive else None)
    server.listen(bound["udp"])
    await server.accept(bound["tcp"])
    return server
