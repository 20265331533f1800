"""Workers say that they are there, with a key in Redis that expires soon."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import redis

from portal.labs import limits
from portal.labs.bus import BusError, connect

_KEY = "lentil:worker:"


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that owns labs: its name as an owner, and whether its sandbox has every layer."""

    name: str
    complete: bool


def announce(worker: Worker) -> None:
    """Say that `worker` is there, for as long as a lease lasts. Raises BusError."""
    try:
        connect().set(_KEY + worker.name, json.dumps(asdict(worker)), ex=limits.LEASE)
    except redis.RedisError as error:
        raise BusError from error


def take_leave(worker: Worker) -> None:
    """Say that `worker` is gone. Raises BusError."""
    try:
        connect().delete(_KEY + worker.name)
    except redis.RedisError as error:
        raise BusError from error


def find_workers() -> list[Worker]:
    """The workers that are there. Raises BusError."""
    try:
        found = [connect().get(key) for key in connect().scan_iter(match=f"{_KEY}*")]
    except redis.RedisError as error:
        raise BusError from error
    return [Worker(**json.loads(value)) for value in found if isinstance(value, bytes)]
