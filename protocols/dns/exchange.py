"""A query sent and its response waited for, as the resolver and the student's programs do it: on a socket of its own,
from a port that nobody guesses (RFC 5452 section 9.2)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from protocols import limits
from protocols.dns.query import HEADER
from protocols.events import Endpoint, Message
from protocols.recorder import Address, Recorder

PORT = 53
Why = Literal["refused", "timed-out", "lost", "unsent"]
_LENGTH = struct.Struct(">H")  # before each message on a connection: RFC 1035 section 4.2.2


_RESPONSE, _OPCODE, _RCODE = 0x8000, 0x7800, 0x000F


class Unanswered(Exception):
    """No response came. `why` is "refused" (nothing listens there), "timed-out", "lost" (the connection broke) or
    "unsent" (no network leads there, so nothing went out); `seq` is the query's event, whoever recorded it, None where
    nobody did."""

    def __init__(self, why: Why, seq: int | None) -> None:
        super().__init__(why)
        self.why = why
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Heard:
    """A response: its octets, and its event (None: it was not recorded)."""

    octets: bytes
    seq: int | None


@dataclass(frozen=True, slots=True)
class Peers:
    """Who asks and who is asked. The client's port is chosen when it asks."""

    client: Endpoint
    server: Endpoint


async def ask_by_udp(
    recorder: Recorder, peers: Peers, query: bytes, because: int | None, fits: Callable[[bytes], bool], seconds: float
) -> Heard:
    """The first datagram from the server that `fits` the query (RFC 5452 section 9.1), within `seconds`; others are
    dropped. `because` is the event that makes the client ask. Raises Unanswered."""

    async def exchange(own: socket.socket) -> bytes:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(own, query)
        while not fits(octets := await loop.sock_recv(own, limits.DNS_MESSAGE)):
            pass
        return octets

    return await _ask("udp", recorder, peers, query, because, exchange, seconds)


async def ask_by_tcp(
    recorder: Recorder, peers: Peers, query: bytes, because: int | None, fits: Callable[[bytes], bool], seconds: float
) -> Heard:
    """As `ask_by_udp`, on a connection that is made for it."""

    async def exchange(own: socket.socket) -> bytes:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(own, _LENGTH.pack(len(query)) + query)
        while not fits(octets := await _read(own, _LENGTH.unpack(await _read(own, 2))[0])):
            pass
        return octets

    return await _ask("tcp", recorder, peers, query, because, exchange, seconds)


def fits(response: bytes, query: bytes) -> bool:
    """Whether `response` answers `query`: RFC 5452 section 9.1. One that could not read the query has no question."""
    if len(response) < HEADER.size or response[:2] != query[:2]:
        return False
    flags, questions = HEADER.unpack_from(response)[1:3]
    if flags & (_RESPONSE | _OPCODE) != _RESPONSE:
        return False
    length = _question_length(query)
    is_same = response[HEADER.size :][:length] == query[HEADER.size :][:length]
    return (questions == 1 and is_same) or (questions == 0 and bool(flags & _RCODE))


def _question_length(query: bytes) -> int:
    """The octets of the question in a query of ours: labels, type and class."""
    place = HEADER.size
    while query[place]:
        place += 1 + query[place]
    return place + 5 - HEADER.size


async def _ask(
    transport: Literal["udp", "tcp"],
    recorder: Recorder,
    peers: Peers,
    query: bytes,
    because: int | None,
    exchange: Callable[[socket.socket], Awaitable[bytes]],
    seconds: float,
) -> Heard:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as own:
        own.setblocking(False)
        own.bind((peers.client.address, 0))
        name: Address = own.getsockname()
        if because is not None:
            _announce(recorder, transport, name, query, because)
        why: Why
        try:
            async with asyncio.timeout(seconds):
                await _connect(own, (peers.server.address, peers.server.port))
                octets = await exchange(own)
            return Heard(octets, recorder.answer_to(name))
        except ConnectionRefusedError:
            why = "refused"
        except TimeoutError:
            why = "timed-out"
        except _NoWayError:
            why = "unsent"
        except OSError:
            why = "lost"
        finally:
            heard = recorder.question_of(name)
            in_vain = recorder.take_unheard(name)
        client = replace(peers.client, port=name[1])
        if why == "unsent":
            raise Unanswered(why, None)
        sent = _record_in_vain(transport, recorder, client, peers.server, query, in_vain)
        raise Unanswered(why, heard if sent is None else sent)


class _NoWayError(Exception):
    """No network of this host leads to the server."""


async def _connect(own: socket.socket, server: Address) -> None:
    """As connect(2). Raises OSError for what a server or its silence says, and _NoWayError for all else."""
    try:
        await asyncio.get_running_loop().sock_connect(own, server)
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise _NoWayError from error


def _announce(recorder: Recorder, transport: str, name: Address, query: bytes, because: int) -> None:
    """Say what the server's tap is going to hear."""
    if transport == "tcp":
        recorder.sends(name, b"", because)
        query = _LENGTH.pack(len(query)) + query
    recorder.sends(name, query, because)


def _record_in_vain(
    transport: Literal["udp", "tcp"],
    recorder: Recorder,
    client: Endpoint,
    server: Endpoint,
    query: bytes,
    in_vain: list[tuple[bytes, int]],
) -> int | None:
    """A query that no server heard is recorded here, by who sent it."""
    return next(
        (
            recorder.record(
                Message,
                because=because,
                protocol="dns",
                transport=transport,
                side="C",
                client=client,
                server=server,
                raw=query,
            )
            for _, because in in_vain
        ),
        None,
    )


async def _read(own: socket.socket, length: int) -> bytes:
    octets = b""
    while len(octets) < length:
        more = await asyncio.get_running_loop().sock_recv(own, length - len(octets))
        if not more:
            raise ConnectionError
        octets += more
    return octets
