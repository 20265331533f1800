"""What runs in a lab: the servers of its world and the student's console, until the supervisor says stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from protocols import limits
from protocols.console import Console
from protocols.dns import server as dns
from protocols.dns.store import Store as Zones
from protocols.dns.tap import Keeper
from protocols.events import Fault
from protocols.ftp import store as ftp
from protocols.ftp.server import serve as serve_ftp
from protocols.recorder import Recorder
from protocols.sandbox.birth import Cell
from protocols.sandbox.channel import Channel
from protocols.sandbox.messages import EditZone, Input, Obeyed, PlaceFile, Ready, Stopped
from protocols.smtp import server as smtp


class Server(Protocol):
    """What serves on a host."""

    def close(self) -> None:
        """Serve nobody more, and end the connections there are."""


def run(cell: Cell) -> None:
    """Be the lab that `cell` describes."""
    asyncio.run(_live(cell))


async def _live(cell: Cell) -> None:
    channel, recorder = await open_channel(cell)
    if cell.capture:
        cell.capture.start(channel.send_records)
    contents = await channel.contents.receive_all(cell.world)
    files = ftp.Lab(cell.world, recorder, ftp.Store(cell.world, recorder, channel.contents.keep, contents))
    del contents  # which may be more than the files are later
    # The sockets listen already, so who comes now waits a moment; and nothing can be recorded before this was said.
    channel.send(Ready(cell.layers, cell.absent))
    channel.flush()
    names = dns.Lab(cell.world, recorder, Zones(cell.world, recorder), Keeper(recorder))
    servers = [await _serve(cell, host, protocol, names, files) for host, protocol in cell.servers]
    console = Console(1, cell.world, recorder, files.store)
    obeying = [
        asyncio.create_task(_type(channel, console, recorder)),
        asyncio.create_task(_edit(channel.edits, names.store, recorder)),
        asyncio.create_task(_place(channel.placed, files.store, recorder)),
    ]
    await channel.stopping.wait()
    for task in obeying:
        task.cancel()
    await console.close()
    await _end_connections(servers, channel)
    await files.store.close()
    names.keeper.close()
    dropped = await asyncio.to_thread(cell.capture.stop) if cell.capture else 0
    channel.send(Stopped(dropped))
    await channel.close()


async def open_channel(cell: Cell) -> tuple[Channel, Recorder]:
    """The lab's end of its control channel, and the recorder whose events go there."""
    loop = asyncio.get_running_loop()
    channel = Channel(cell.frames)
    recorder = Recorder(cell.start.start, make_clock(cell.start.offset), channel.send_event)
    channel.recorder = recorder
    loop.set_exception_handler(lambda *_: _record_fault(recorder))
    await loop.create_unix_connection(lambda: channel, sock=cell.control)
    return channel, recorder


def make_clock(offset: int) -> Callable[[], int]:
    """The lab's clock: real time plus `offset`, in microseconds since the Unix epoch. It never goes back."""
    ahead = time.time_ns() // 1_000 + offset - time.monotonic_ns() // 1_000
    return lambda: time.monotonic_ns() // 1_000 + ahead


async def _serve(cell: Cell, name: str, protocol: str, names: dns.Lab, files: ftp.Lab) -> Server:
    """The server of that protocol on the host of that name."""
    host = cell.world.host(name)
    assert host is not None, "a server is bound for a host of the world"
    bound = cell.servers[name, protocol]
    if protocol == "dns":
        return await dns.serve(host, bound, names)
    if protocol == "ftp":
        return await serve_ftp(host, bound["tcp"], files)
    return await smtp.serve(host, bound["tcp"], names.recorder, cell.world)


async def _edit(edits: asyncio.Queue[EditZone], store: Zones, recorder: Recorder) -> None:
    """Change the zones as it is asked, whatever is going on at the console."""
    while True:
        edit = await edits.get()
        try:
            store.edit(edit.zone, edit.serial, edit.text, edit.client_id)
        except Exception:
            _record_fault(recorder)


async def _place(placed: asyncio.Queue[tuple[PlaceFile, bytes]], store: ftp.Store, recorder: Recorder) -> None:
    """Put files there as it is asked, whatever is going on at the console."""
    while True:
        asked, octets = await placed.get()
        try:
            await store.place(asked.host, asked.path, asked.owner, octets, asked.client_id)
        except Exception:
            _record_fault(recorder)


async def _type(channel: Channel, console: Console, recorder: Recorder) -> None:
    """Do at the console what the student does, in order."""
    while True:
        message = await channel.inputs.get()
        going_on = None
        try:
            if isinstance(message, Input):
                going_on = await console.typed(message.client_id, message.text.encode("latin-1", "replace"))
            else:
                await console.hang_up(message.client_id)
        except Exception:
            _record_fault(recorder)
        if going_on is None:
            channel.send(Obeyed(message.client_id))
        else:  # lines that are typed meanwhile are for what goes on, or wait for it
            going_on.add_done_callback(partial(_tell_obeyed, channel, message.client_id))


def _tell_obeyed(channel: Channel, client_id: str, _: asyncio.Task[None]) -> None:
    if not channel.stopping.is_set():  # after it nobody waits
        channel.send(Obeyed(client_id))


async def _end_connections(servers: list[Server], channel: Channel) -> None:
    """Let connections that are just ending end, then end the others."""
    with suppress(TimeoutError):
        await asyncio.wait_for(channel.connections_ended(), limits.GRACE_SECONDS)
    for server in servers:
        server.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(channel.connections_ended(), limits.GRACE_SECONDS)


def _record_fault(recorder: Recorder) -> None:
    recorder.record(Fault, why="error")
