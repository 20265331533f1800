"""The supervisor's side of its zygote: the process, what is asked of it, and what it tells."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from protocols.sandbox.control import Frames, encode
from protocols.sandbox.messages import FROM_ZYGOTE, Born, Died, Fork, Kill, Warm

_CHECKOUT = Path(__file__).parents[2]


@dataclass(slots=True, eq=False)
class Child:
    """A lab's process: `born` is done with its id, `gone` when it is no more. `namespaces` are the descriptors of its
    user and network namespaces, where they were asked for; whoever asked closes them."""

    number: int
    born: asyncio.Future[int]
    gone: asyncio.Future[None]
    namespaces: list[int] = field(default_factory=list)


class ZygoteProcess:
    """A zygote that runs `module`, without the layers `switched_off`. `warm` is done when it can fork labs, `lost`
    when it is gone. Raises OSError where no process can be started."""

    def __init__(self, module: str, switched_off: frozenset[str]) -> None:
        loop = asyncio.get_running_loop()
        self.warm: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._children: dict[int, Child] = {}
        self._labs = 0
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        with theirs:
            self._process = _start(module, switched_off, theirs.fileno())
        loop.add_reader(self._socket, self._listen)

    @property
    def pid(self) -> int:
        """The zygote's process id."""
        return self._process.pid

    async def fork(self, control: socket.socket, namespaces: bool) -> Child:
        """Have a lab made, with `control` as its end of its control channel."""
        self._labs += 1
        child = Child(self._labs, self._loop.create_future(), self._loop.create_future())
        if self.lost.done():
            self._lose(child)
            return child
        self._children[child.number] = child
        await self._ask(Fork(child.number, namespaces), control)
        return child

    async def kill(self, child: Child) -> None:
        """End a lab's process, and wait until it is gone."""
        if not child.gone.done():
            await self._ask(Kill(child.number))
            await asyncio.wait({child.gone})

    def end(self) -> None:
        """End the zygote, and with it its labs."""
        if not self.lost.done():
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._process.kill()
            self._process.wait()
            self._forget_children()
            self.warm.cancel()
            self.lost.set_result(None)

    async def _ask(self, message: Fork | Kill, control: socket.socket | None = None) -> None:
        while not self.lost.done():
            try:
                socket.send_fds(self._socket, [encode(message)], [control.fileno()] if control else [])
                return
            except BlockingIOError:
                await asyncio.sleep(0.01)  # it is busy with the labs that were asked for before
            except OSError:
                return  # it is gone, and so will every child be when that is read

    def _listen(self) -> None:
        try:
            # From the zygote, not from a lab: descriptors are only taken from here.
            packet, descriptors, _, _ = socket.recv_fds(self._socket, 65536, 2)
        except BlockingIOError:
            return
        except OSError:
            packet, descriptors = b"", []
        if not packet:
            self.end()
            return
        for message in Frames(FROM_ZYGOTE).feed(packet):
            self._note(message, descriptors)

    def _note(self, message: Warm | Born | Died, descriptors: list[int]) -> None:
        if isinstance(message, Warm):
            self.warm.set_result(None)
        elif isinstance(message, Born):
            child = self._children[message.lab]
            child.namespaces = descriptors
            child.born.set_result(message.process)
        else:
            self._lose(self._children.pop(message.lab))

    def _forget_children(self) -> None:
        for child in self._children.values():
            self._lose(child)
        self._children.clear()

    def _lose(self, child: Child) -> None:
        child.born.cancel()
        child.gone.set_result(None)


def _start(module: str, switched_off: frozenset[str], descriptor: int) -> subprocess.Popen[bytes]:
    # -P, -s: what stands in the working directory or in somebody's home is nothing to import.
    command = [sys.executable, "-P", "-s", "-m", module, str(descriptor)]
    for layer in sorted(switched_off):
        command += ["--without", layer]
    return subprocess.Popen(
        command,
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        # Nothing of our environment: what a worker's holds, such as its secret key, is nothing for a lab's memory.
        env={
            "PYTHONPATH": os.pathsep.join([str(_CHECKOUT), *map(os.path.abspath, sys.path)]),
            "MALLOC_ARENA_MAX": "1",  # an arena for each thread would count 64 MB against the address space
            "HOME": "/",  # else Python asks the machine's users' directory, which may be slow, for one
            "TZ": "UTC",
            "LANG": "C.UTF-8",
        },
        start_new_session=True,  # Ctrl-C at our terminal is not for it
    )
