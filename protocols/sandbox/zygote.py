"""The zygote: a process that has imported all that a lab needs, and forks one whenever its supervisor asks.

It is started by the supervisor with one inherited socket, and has no threads. What runs in its labs is
fixed when it starts: the function that its module gives to `main`. When its supervisor is gone it ends, and its labs
with it.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from protocols.sandbox import kernel
from protocols.sandbox.birth import Cell, be_born
from protocols.sandbox.control import Frames, encode
from protocols.sandbox.layers import Confinement
from protocols.sandbox.messages import TO_ZYGOTE, Born, Died, Fork, Kill, Refused, Warm
from protocols.sandbox.syscalls import compile_filter

# What Python imports only when it is first used. In a lab's empty root that is too late.
LAZY_PACKAGES = ("asyncio", "concurrent.futures", "dns", "dns.rdtypes", "email", "encodings")
LAZY_MODULES = ("_strptime", "stringprep", "encodings.idna", "aiosmtpd.smtp")

SIZES = range(48, 513, 16)  # octets of objects that Python's allocator keeps apart from those of other sizes
HELD = 250  # objects of each size


@dataclass(slots=True)
class Birth:
    """A lab that is being made: its number, our end of the handshake, and whether its namespaces are asked for."""

    lab: int
    handshake: socket.socket
    namespaces: bool
    unwanted: bool = False


class Zygote:
    """Forks labs that call `run`, and tells the supervisor, at the socket, of their births and deaths."""

    def __init__(self, supervisor: socket.socket, run: Callable[[Cell], None], switched_off: frozenset[str]) -> None:
        self._supervisor = supervisor
        self._run = run
        self._confinement = Confinement(compile_filter(), switched_off)
        self._births: dict[int, Birth] = {}  # by the id of the process between the zygote and the lab
        self._labs: dict[int, int] = {}  # a lab's process id, by its number
        self._strays: dict[int, int] = {}  # the status of labs that died before they were known

    def serve(self) -> None:
        """Do as the supervisor asks until it is gone."""
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        woken, waker = socket.socketpair()
        woken.setblocking(False)
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        gc.collect()
        self._held = fill_holes()
        gc.freeze()  # else the first collection in a lab would copy every page of ours
        self._tell(Warm())
        events = select.poll()
        events.register(self._supervisor, select.POLLIN)
        events.register(woken, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in events.poll()]
            if woken.fileno() in ready:
                woken.recv(4096)
                self._reap()
            if self._supervisor.fileno() in ready and not self._obey():
                return

    def _obey(self) -> bool:
        """Do what one message asks. False where the supervisor is gone."""
        packet, descriptors, _, _ = socket.recv_fds(self._supervisor, 65536, 1)
        if not packet:
            return False
        for message in Frames(TO_ZYGOTE).feed(packet):
            if isinstance(message, Fork):
                self._fork(message, descriptors[0])
            elif isinstance(message, Kill):
                self._kill(message.lab)
        return True

    def _fork(self, asked: Fork, control: int) -> None:
        try:
            ours, theirs = socket.socketpair()
            with theirs:
                child = os.fork()
                if not child:
                    be_born(self._confinement, control, theirs.fileno(), self._run)
            self._births[child] = Birth(asked.lab, ours, asked.namespaces)
        except OSError as error:
            refused = Refused(f"This machine has no room for another lab ({error.strerror}); try again later.")
            with suppress(OSError):  # whoever asked may be gone
                os.write(control, encode(refused))
            self._tell(Died(asked.lab, 0))
        finally:
            os.close(control)

    def _kill(self, lab: int) -> None:
        if lab in self._labs:
            os.kill(self._labs[lab], signal.SIGKILL)
        for birth in self._births.values():
            birth.unwanted = birth.unwanted or birth.lab == lab

    def _reap(self) -> None:
        for process, status in _dead_children():
            if birth := self._births.pop(process, None):
                self._welcome(birth)
            elif lab := next((lab for lab, lives in self._labs.items() if lives == process), None):
                del self._labs[lab]
                self._tell(Died(lab, status))
            else:
                self._strays[process] = status

    def _welcome(self, birth: Birth) -> None:
        """The process in between is reaped, and the lab is our child: let it go on."""
        with birth.handshake as handshake:
            handshake.setblocking(False)
            try:
                process = int(handshake.recv(32) or b"0")
            except BlockingIOError:
                process = 0
            if not process or process in self._strays:
                self._tell(Died(birth.lab, self._strays.pop(process, 0)))
                return
            self._labs[birth.lab] = process
            if birth.unwanted:
                os.kill(process, signal.SIGKILL)
                return
            # Once the lab is not dumpable an ordinary user cannot open these any more.
            names = ("user", "net") if birth.namespaces else ()
            with suppress(OSError), ExitStack() as opened:  # it may be dead by now, which the next look tells
                files = [opened.enter_context(open(f"/proc/{process}/ns/{name}", "rb")) for name in names]
                self._tell(Born(birth.lab, process), [file.fileno() for file in files])
                handshake.send(b"!")

    def _tell(self, message: Warm | Born | Died, descriptors: Sequence[int] = ()) -> None:
        with suppress(OSError):  # the supervisor may be gone, which the next look at its socket tells
            socket.send_fds(self._supervisor, [encode(message)], descriptors)


def _dead_children() -> Iterator[tuple[int, int]]:
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return
        yield process, os.waitstatus_to_exitcode(status)


def fill_holes() -> list[bytes]:
    """Objects of every size, to be held for good: they fill the places that imports left free between their own. What a
    lab makes then stands together, and not in a page of the zygote here and there, each of which would be copied."""
    return [bytes(size - sys.getsizeof(b"")) for size in SIZES for _ in range(HELD)]


def preload() -> None:
    """Import what would be imported lazily."""
    for name in LAZY_PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            with suppress(ImportError):  # it is for another system, or needs what is not installed
                importlib.import_module(module.name)
    for name in LAZY_MODULES:
        importlib.import_module(name)


def main(run: Callable[[Cell], None]) -> None:
    """Be the zygote whose labs call `run`: the whole program of a module that is one."""
    arguments = argparse.ArgumentParser(description="Forks labs for the supervisor that started it.")
    arguments.add_argument("socket", type=int, help="the inherited socket's descriptor")
    arguments.add_argument("--without", action="append", default=[], help="a sandbox layer that is switched off")
    given = arguments.parse_args()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    Zygote(socket.socket(fileno=given.socket), run, frozenset(given.without)).serve()


if __name__ == "__main__":
    from protocols.sandbox.lab import run

    main(run)
