"""A resolver at work: it asks what a resolution wants to know, tells it what came, and records what the cache takes."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial

import dns.edns
import dns.flags
import dns.message

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.cache import Cache
from protocols.dns.exchange import PORT, Heard, Peers, Unanswered, ask_by_tcp, ask_by_udp, fits
from protocols.dns.hints import find_hints
from protocols.dns.query import Query
from protocols.dns.resolver import Ask, Resolution
from protocols.dns.wire import WireError, read_message
from protocols.events import Cached, Endpoint
from protocols.recorder import Recorder
from protocols.world import Host, World

_MICROSECONDS = 1_000_000


class Recursor:
    """The resolver on `host`, with a cache of its own."""

    def __init__(self, host: Host, world: World, recorder: Recorder) -> None:
        self._own = Endpoint(host.name, host.address, 0)
        self._names = {each.address: each.name for each in world.hosts}
        self._recorder = recorder
        self._cache = Cache()
        self._hints = find_hints(world)

    async def answer(self, query: Query, because: int | None) -> Answer:
        """The answer to `query`, whose event is `because` (None: it was not recorded). Each question that it takes is
        there because of this event, or of the message that led from one to the next."""
        clock = asyncio.get_running_loop().time
        end = clock() + limits.RESOLVE_SECONDS
        resolution = Resolution(query.name, query.rdtype, self._cache, self._hints, query.recursion_desired)
        while True:
            step = resolution.proceed(self._now(), clock() >= end)
            if isinstance(step, Answer):
                return step
            led = await self._ask(resolution, step, because, min(limits.QUERY_SECONDS, end - clock()))
            because = because if led is None else led

    async def _ask(self, resolution: Resolution, step: Ask, because: int | None, seconds: float) -> int | None:
        """Ask what `resolution` wants to know, and tell it what came. Returns the event of that, if there is one."""
        ask = ask_by_udp if step.transport == "udp" else ask_by_tcp
        query = make_query(step)
        server = Endpoint(self._names.get(step.address, ""), step.address, PORT)
        try:
            heard = await ask(
                self._recorder, Peers(self._own, server), query, because, partial(fits, query=query), seconds
            )
        except Unanswered as error:
            resolution.miss(error.why)
            return error.seq
        self._tell(resolution, heard)
        return heard.seq

    def _tell(self, resolution: Resolution, heard: Heard) -> None:
        try:
            message = read_message(heard.octets)
        except WireError:
            resolution.miss("unreadable")
            return
        kept = resolution.hear(message, self._now())
        if heard.seq is None:
            return
        for start in range(0, len(kept), limits.EVENT_TEXTS):
            records = kept[start : start + limits.EVENT_TEXTS]
            self._recorder.record(Cached, because=heard.seq, host=self._own.host, records=records)

    def _now(self) -> int:
        return self._recorder.now() // _MICROSECONDS


def make_query(step: Ask) -> bytes:
    """The octets that ask this, with an id that nobody guesses (RFC 5452 section 9.2). Recursion is not desired."""
    message = dns.message.make_query(step.name, step.rdtype, use_edns=0, payload=limits.DATAGRAM_EDNS, flags=0)
    message.id = secrets.randbelow(65536)
    return message.to_wire()
