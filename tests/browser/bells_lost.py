"""The portal's web server with every second bell thrown away, before any page could hear of it."""

from __future__ import annotations

from itertools import count
from typing import Any

from portal.asgi import application
from portal.labs.bus import Follower
from portal.labs.messages import Bell

__all__ = ["application"]

_number = count()
_put = Follower.put


def _lose_every_second_bell(follower: Follower, message: Any) -> None:
    if not isinstance(message, Bell) or next(_number) % 2:
        _put(follower, message)


Follower.put = _lose_every_second_bell  # type: ignore[assignment, method-assign]
