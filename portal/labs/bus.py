"""The bus: how web processes and workers reach each other, over Redis.

It carries copies and requests, never the only copy of anything: a bell that gets lost costs a delay, a line that gets
lost is sent again by its page. One subscription a process serves all its followers; it comes back by itself when Redis
went away and came back empty.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import redis
import structlog
from django.conf import settings
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from portal.labs import limits
from portal.labs.messages import (
    ON_BUS,
    Bell,
    EditZone,
    End,
    HangUp,
    Input,
    MessageError,
    Paused,
    PlaceFile,
    from_text,
    to_text,
)

PATIENCE = 2  # seconds for Redis to answer
PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0)  # seconds between attempts to reach it again; the last goes on

log = structlog.get_logger("portal.bus")


class BusError(Exception):
    """Redis does not answer."""


def bells_of(lab: int) -> str:
    """The channel of a lab's bells, which consumers follow."""
    return f"lentil:lab:{lab}:bells"


def inputs_of(lab: int) -> str:
    """The channel of what pages send to a lab, which its owner follows."""
    return f"lentil:lab:{lab}:inputs"


def orders_of(owner: str) -> str:
    """The channel of what workers ask of an owner."""
    return f"lentil:owner:{owner}"


# From threads


@cache
def connect() -> redis.Redis:
    """This process's connections to Redis for code that may block."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, max_connections=64)


def ring(bell: Bell) -> bool:
    """Tell everybody who follows the lab that events are committed; says whether anybody does. Never raises: without a
    bell they come later."""
    text = to_text(bell)
    if len(text) > limits.BELL_SIZE:
        text = to_text(replace(bell, descriptions=None))
    try:
        return bool(connect().publish(bells_of(bell.lab), text))
    except redis.RedisError as error:
        log.warning("a bell was lost", lab=bell.lab, error=type(error).__name__)
        return False


def order(owner: str, message: End) -> bool:
    """Ask something of an owner; says whether it was listening. Raises BusError."""
    return _publish(orders_of(owner), message)


def tell(lab: int, message: EditZone | PlaceFile) -> bool:
    """Send what a page asks of a lab; says whether anybody was listening. Raises BusError."""
    return _publish(inputs_of(lab), message)


def _publish(channel: str, message: End | EditZone | PlaceFile) -> bool:
    try:
        return bool(connect().publish(channel, to_text(message)))
    except redis.RedisError as error:
        raise BusError from error


# From an event loop


class Follower:
    """What arrives on one channel for one reader. It holds `room` messages; what does not fit is missed."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: deque[Any] = deque()
        self._missed = False
        self._wake = asyncio.Event()

    def put(self, message: Any) -> None:
        """A message arrived."""
        if len(self._waiting) < self._room:
            self._waiting.append(message)
            self._wake.set()
        else:
            self.miss()

    def miss(self) -> None:
        """Something may have been missed, as far as anybody knows."""
        self._missed = True
        self._wake.set()

    async def get(self) -> Any:
        """The next message, or None where some may have been missed since the last."""
        while True:
            if self._waiting:
                return self._waiting.popleft()
            if self._missed:
                self._missed = False
                return None
            self._wake.clear()
            await self._wake.wait()


class Bus:
    """One event loop's connections to the bus."""

    def __init__(self, url: str) -> None:
        # A reader waits for as long as nothing happens; redis-py would give up after 5 seconds.
        self._readers = Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=PATIENCE, max_connections=4, retry=Retry(NoBackoff(), 0)
        )
        pool = BlockingConnectionPool.from_url(
            url, socket_timeout=PATIENCE, max_connections=8, timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
        )
        self._senders = Redis(connection_pool=pool)
        self._followers: dict[str, set[Follower]] = {}
        self._changing = asyncio.Lock()
        self._pubsub: PubSub | None = None
        self._reading: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def follow(self, channel: str, room: int) -> AsyncIterator[Follower]:
        """What arrives on `channel` from now on. The first `get` gives None once the subscription stands."""
        follower = Follower(room)
        is_first = channel not in self._followers
        self._followers.setdefault(channel, set()).add(follower)
        try:
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            if is_first:
                await self._settle(channel)
            else:
                follower.miss()
            yield follower
        finally:
            self._followers[channel].discard(follower)
            if not self._followers[channel]:
                del self._followers[channel]
                await self._settle(channel)

    async def send(self, channel: str, message: Input | HangUp | Paused) -> bool:
        """Send a message; says whether anybody was listening. Raises BusError."""
        try:
            return bool(await self._senders.publish(channel, to_text(message)))
        except (redis.RedisError, OSError) as error:
            raise BusError from error

    async def close(self) -> None:
        """End the subscription and all connections."""
        if self._reading:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        await self._readers.aclose()
        await self._senders.aclose()
        await self._senders.connection_pool.disconnect()

    async def _settle(self, channel: str) -> None:
        """Make the subscription say whether anybody follows `channel`. If it breaks, the reader makes it anew."""
        async with self._changing:
            if self._pubsub is None:
                return
            with suppress(redis.RedisError, OSError):
                if channel in self._followers:
                    await self._pubsub.subscribe(channel)
                else:
                    await self._pubsub.unsubscribe(channel)

    async def _read(self) -> None:
        failures = 0
        while True:
            pubsub = self._readers.pubsub()
            try:
                async with self._changing:
                    # One more channel, which nobody uses: without any, reading would end.
                    await pubsub.subscribe("lentil", *self._followers)
                    self._pubsub = pubsub
                failures = 0
                while True:
                    self._take(await pubsub.get_message(timeout=None))
            except (redis.RedisError, OSError) as error:
                if failures == 0:
                    log.warning("Redis is away", error=type(error).__name__)
            finally:
                self._pubsub = None
                with suppress(redis.RedisError, OSError):
                    await pubsub.aclose()
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    def _take(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        followers = self._followers.get(message["channel"].decode(), ())
        if message["type"] == "subscribe":
            for follower in followers:
                follower.miss()
        elif message["type"] == "message":
            try:
                content = from_text(message["data"].decode(), ON_BUS)
            except (MessageError, UnicodeDecodeError):
                log.warning("what is no message came over the bus")
                return
            for follower in followers:
                follower.put(content)


_buses: WeakKeyDictionary[asyncio.AbstractEventLoop, Bus] = WeakKeyDictionary()


def get_bus() -> Bus:
    """The running event loop's bus."""
    loop = asyncio.get_running_loop()
    if loop not in _buses:
        _buses[loop] = Bus(settings.REDIS_URL)
    return _buses[loop]
