"""How a lab's process is made, from the zygote's fork to the moment before hostile code may run in it."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from protocols.sandbox import kernel
from protocols.sandbox.capture import Capture
from protocols.sandbox.control import Frames, encode
from protocols.sandbox.layers import Confinement, LayerMissing
from protocols.sandbox.messages import TO_LAB, Refused, Start
from protocols.sandbox.network import bind_servers, build_network
from protocols.world import World, WorldError, from_values

# Root gives every lab a uid of its own, which nobody has: from the range that systemd's table of uids leaves unused.
UNUSED_UIDS = range(0x7000_0000, 0x7FFE_0000)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a confined process has: its control channel with what was read of it so far, what it was told at the start
    but for its world, that world, the bound sockets of each server (see `bind_servers`), the capture if one was asked
    for, and the sandbox layers, active and absent."""

    control: socket.socket
    frames: Frames
    start: Start
    world: World
    servers: dict[tuple[str, str], dict[str, socket.socket]]
    capture: Capture | None
    layers: list[str]
    absent: list[str]


class NotBorn(Exception):
    """The lab cannot be made. The text is one sentence."""


def be_born(confinement: Confinement, control: int, handshake: int, run: Callable[[Cell], None]) -> NoReturn:
    """Make this process, just forked by the zygote, the parent of a confined one that calls `run`; never return.

    `control` is the lab's end of its control channel, `handshake` goes to the zygote: the confined process's id goes
    up, and after this process is reaped a word comes down.
    """
    channel = socket.socket(fileno=control)
    try:
        _leave_the_zygote(control, handshake)
        _enter_namespaces(confinement, handshake)
        cell = _make_cell(confinement, channel)
    except (NotBorn, LayerMissing) as error:
        _refuse(channel, str(error), error.layer if isinstance(error, LayerMissing) else None)
        os._exit(1)
    except BaseException as error:
        _refuse(channel, f"The lab's process could not be made ({error!r}); the operator should report this.")
        os._exit(1)
    try:
        run(cell)
    except BaseException:
        os._exit(1)
    os._exit(0)


def _enter_namespaces(confinement: Confinement, handshake: int) -> None:
    """Fork into new namespaces; only the confined process returns."""
    if os.geteuid() == 0:
        _become_nobody()
    confinement.enter_namespaces()
    child = os.fork()
    if child:
        os.write(handshake, str(child).encode())
        os._exit(0)
    # Before this word the parent may still be the process above, whose end must not be taken for the zygote's.
    if not os.read(handshake, 1):
        os._exit(1)
    os.close(handshake)


def _leave_the_zygote(control: int, handshake: int) -> None:
    """Close whatever else the zygote has open, and forget its signals."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    low, high = sorted((control, handshake))
    os.closerange(3, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, os.sysconf("SC_OPEN_MAX"))


def _become_nobody() -> None:
    own = UNUSED_UIDS[secrets.randbelow(len(UNUSED_UIDS))]
    try:
        os.setgroups([])
        os.setresgid(own, own, own)
        os.setresuid(own, own, own)
    except OSError as error:
        raise NotBorn(
            f"Root cannot give a lab a uid of its own here ({error.strerror}); run Lentil as an ordinary user."
        ) from error
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or the uid's map could not be written


def _make_cell(confinement: Confinement, control: socket.socket) -> Cell:
    frames = Frames(TO_LAB)
    start = _read_start(control, frames)
    try:
        world = from_values(start.world)
    except WorldError as error:
        raise NotBorn(str(error)) from error
    try:
        build_network(world)
        capture = Capture(start.offset) if start.capture else None
        servers = bind_servers(world)
    except OSError as error:
        raise NotBorn(f"The lab's network could not be made ({error.strerror}).") from error
    layers, absent = confinement.confine()
    # The world is read: its values would only take memory.
    return Cell(control, frames, replace(start, world={}), world, servers, capture, layers, absent)


def _read_start(control: socket.socket, frames: Frames) -> Start:
    while data := control.recv(65536):
        for message in frames.feed(data):
            if isinstance(message, Start):
                return message
            raise NotBorn("The lab was not told its world first.")
    raise NotBorn("The lab's supervisor is gone.")


def _refuse(control: socket.socket, why: str, layer: str | None = None) -> None:
    try:
        control.setblocking(True)
        control.sendall(encode(Refused(why, [layer] if layer else [])))
    except OSError:
        pass  # nobody is there to be told
