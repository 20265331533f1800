"""pyftpdlib's loop, turned by asyncio's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pyftpdlib.ioloop import IOLoop

from protocols.recorder import Recorder


class Loop(IOLoop):
    """Serves the sockets of pyftpdlib's dispatchers within the running asyncio loop: their epoll is a descriptor like
    any other, and ready when one of them is.

    While the log takes no events it serves none of them, so that no peer is faster than what records it, be it on a
    control or a data connection.
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.fileno(), self._turn)
        self._pause: asyncio.Task[None] | None = None

    def call_later(self, seconds: float, target: Callable[..., object], *args: Any, **_: Any) -> asyncio.TimerHandle:
        """Call `target` after so many seconds, unless the handle is cancelled. What it raises goes to asyncio's
        handler, as everything here does."""
        return self._loop.call_later(seconds, target, *args)

    def close(self) -> None:
        """Serve nobody more."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self.fileno())
        super().close()

    def _turn(self) -> None:
        if self._recorder.has_room():
            self.poll(0)
        else:
            self._loop.remove_reader(self.fileno())
            self._pause = self._loop.create_task(self._wait())

    async def _wait(self) -> None:
        await self._recorder.room()
        self._loop.add_reader(self.fileno(), self._turn)
