"""How the student's programs ask: a query goes to a server from the student's address, and an answer comes back or none
does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import dns.flags
import dns.message
import dns.rcode
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns.exchange import PORT, Peers, Unanswered, ask_by_tcp, ask_by_udp, fits
from protocols.dns.reply import Reply, Server, is_address
from protocols.dns.wire import check_name, read_message
from protocols.events import Endpoint
from protocols.recorder import Recorder
from protocols.world import World

Transport = Literal["udp", "tcp"]

_Failed = Callable[[Unanswered, Transport], None]  # told of each query that was not answered
_Cut = Callable[[Reply], None]  # told of an answer that is cut short, before it is asked for by TCP


class NotFound(Exception):
    """A server's name led to no address. `why` is an rcode, "no-data", "no-resolver" or exchange.Unanswered's; `seq` is
    the event that told it."""

    def __init__(self, why: str, seq: int) -> None:
        super().__init__(why)
        self.why = why
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Manner:
    """How a query is asked: by which transport and how often, whom to tell of each that was not answered, and whom of
    an answer that is cut short (None: it is taken as it is)."""

    tries: int
    failed: _Failed = lambda error, transport: None
    cut: _Cut | None = lambda reply: None
    transport: Transport = "udp"


class Client:
    """Asks from the student's host of `world`."""

    def __init__(self, world: World, recorder: Recorder) -> None:
        student = world.host(world.student)
        assert student is not None, "a world has its student's host"
        self._own = Endpoint(student.name, student.address, 0)
        self._world = world
        self._recorder = recorder

    def resolver(self) -> Server | None:
        """The server that resolves for the student's host."""
        host = self._world.host(self._world.resolver) if self._world.resolver else None
        return Server(host.address, host.address, PORT) if host else None

    async def ask(self, server: Server, query: Message, because: int, transport: Transport = "udp") -> Reply:
        """The response to `query`, which gets a new id. Raises Unanswered, and WireError for octets that are no
        message."""
        query.id = secrets.randbelow(65536)
        octets = query.to_wire()
        host = self._world.host(server.address)
        peers = Peers(self._own, Endpoint(host.name if host else "", server.address, server.port))
        begun = asyncio.get_running_loop().time()
        ask = ask_by_udp if transport == "udp" else ask_by_tcp
        heard = await ask(
            self._recorder, peers, octets, because, lambda response: fits(response, octets), limits.ASK_SECONDS
        )
        took = round((asyncio.get_running_loop().time() - begun) * 1000)
        seq = because if heard.seq is None else heard.seq
        message = read_message(heard.octets)
        return Reply(server, transport, heard.octets, message, seq, took, self._recorder.now())

    async def ask_patiently(self, server: Server, query: Message, because: int, how: Manner) -> Reply:
        """As `ask`, up to `how.tries` times. A response by UDP that is cut short is asked for again by TCP (RFC 7766
        section 5). Raises the last Unanswered."""
        reply = await self._try(server, query, because, how.transport, how)
        if how.cut is None or how.transport == "tcp" or not reply.message.flags & dns.flags.TC:
            return reply
        how.cut(reply)
        return await self._try(server, query, reply.seq, "tcp", how)

    async def _try(self, server: Server, query: Message, because: int, transport: Transport, how: Manner) -> Reply:
        for left in reversed(range(how.tries)):
            try:
                return await self.ask(server, query, because, transport)
            except Unanswered as error:
                how.failed(error, transport)
                if not left:
                    raise
        raise AssertionError("a query is tried once at least")

    async def find(self, called: str, at: Server | None, because: int, port: int) -> tuple[Server, int]:
        """The server that is `called` so, by its address or by a name that `at` knows, and the event that told where it
        is. Raises NotFound, and WireError for what is no name."""
        if is_address(called):
            return Server(called, called, port), because
        name = check_name(called)
        if at is None:
            raise NotFound("no-resolver", because)
        reply = await self._ask_for_address(name, at, because)
        addresses = [rdata.address for each in reply.message.answer if each.rdtype == RdataType.A for rdata in each]
        if not addresses:
            rcode = dns.rcode.to_text(reply.message.rcode())
            raise NotFound("no-data" if rcode == "NOERROR" else rcode, reply.seq)
        return Server(called, addresses[0], port), reply.seq

    async def _ask_for_address(self, name: Name, at: Server, because: int) -> Reply:
        query = dns.message.make_query(name, RdataType.A)
        try:
            return await self.ask_patiently(at, query, because, Manner(limits.ASK_TRIES))
        except Unanswered as error:
            raise NotFound(error.why, because if error.seq is None else error.seq) from error
