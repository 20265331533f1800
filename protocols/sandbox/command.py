"""An ordinary program in a lab's network: what `run WORLD -- COMMAND` runs.

The program is not sandboxed but for the network. In a mount namespace of its own it finds the world's names where
programs look for names; it gains no capability that its caller lacked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from protocols.sandbox import kernel
from protocols.world import World

NOT_STARTED, NOT_EXECUTABLE, NOT_FOUND = 2, 126, 127  # exit statuses; the last two are those of shells

# Where programs would ask the machine's own resolvers, past the files.
_RESOLVERS = (
    "/run/nscd/socket",
    "/var/run/nscd/socket",
    "/run/systemd/resolve/io.systemd.Resolve",
    "/run/systemd/resolve/io.systemd.Resolve.Monitor",
    "/run/avahi-daemon/socket",
)
_STAGE = "/proc"  # a directory that every Linux has; covered while the files are made
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT)  # Python handles or ignores these


class NotStarted(Exception):
    """The program did not start. The text is one sentence; `status` is what to exit with."""

    def __init__(self, sentence: str, status: int = NOT_STARTED) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program runs: the name of its host, the text of its /etc/hosts and /etc/resolv.conf, and whether it joins
    the lab's user namespace as well as its network."""

    host: str
    hosts: str
    resolvers: str
    joins_user: bool


class Program:
    """A process that waits for a lab, and then becomes the program `arguments` in the lab's network.

    Made while this process has one thread: whoever joins a user namespace must have no other.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._order, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if not self._pid:
            self._order.close()
            _become(theirs, arguments)
        theirs.close()

    def run(self, world: World, namespaces: Sequence[int]) -> int:
        """Run the program as the world's student host until it ends, and return its exit status: 128 and its number
        where that was a signal. `namespaces` are descriptors of the lab's user and network namespaces. Raises
        NotStarted."""
        order = json.dumps([world.student, hosts_file(world), resolvers_file(world), os.geteuid() != 0]).encode()
        failure = b""
        with self._order, suppress(OSError):  # an interrupt may have ended the process already
            socket.send_fds(self._order, [order], [*namespaces])
            failure = self._order.recv(4096)  # nothing, once the program is executed
        status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        if failure:
            raise NotStarted(**json.loads(failure))
        return status if status >= 0 else 128 - status

    def signal(self, number: int) -> None:
        """Pass a signal on to the program."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)


def hosts_file(world: World) -> str:
    """What /etc/hosts says in this world: where a resolver answers for the names of all hosts, only the own one."""
    known = [host for host in world.hosts if not world.resolver or host.name == world.student]
    lines = ["127.0.0.1 localhost", "::1 localhost", *(f"{host.address} {host.name}" for host in known)]
    return "\n".join(lines) + "\n"


def resolvers_file(world: World) -> str:
    """What /etc/resolv.conf says in this world."""
    resolver = world.host(world.resolver) if world.resolver else None
    if resolver is None:
        return "# This world has no resolver: its names are in /etc/hosts.\n"
    return f"nameserver {resolver.address}\n"


def _become(order: socket.socket, arguments: Sequence[str]) -> NoReturn:
    """Wait for the lab, go there, and execute the program. Never returns."""
    try:
        for number in _RESTORED:
            signal.signal(number, signal.SIG_DFL)
        packet, namespaces, _, _ = socket.recv_fds(order, 1_000_000, 2)
        if not packet:
            os._exit(0)  # there is no lab
        _enter(Place(*json.loads(packet)), namespaces)
        _execute(arguments)
    except NotStarted as failure:
        order.sendall(json.dumps({"sentence": str(failure), "status": failure.status}).encode())
    finally:
        os._exit(1)


def _enter(place: Place, namespaces: Sequence[int]) -> None:
    user, network = namespaces
    try:
        # Root stays in its own user namespace: in the lab's it would be nobody.
        if place.joins_user:
            kernel.setns(user, kernel.CLONE_NEWUSER)
        kernel.setns(network, kernel.CLONE_NEWNET)
        kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWUTS)
        socket.sethostname(place.host)
        kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        _cover_names(place)
        _hide_resolvers()
        if place.joins_user:
            kernel.drop_capabilities()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    except OSError as error:
        raise NotStarted(f"This program cannot be put into the lab's network: {error}.") from error


def _cover_names(place: Place) -> None:
    """Put the world's names over those of the machine, for this mount namespace alone."""
    try:
        switch = Path("/etc/nsswitch.conf").read_text()
    except FileNotFoundError:
        raise NotStarted(
            "This machine has no /etc/nsswitch.conf, which decides how names are found; make one."
        ) from None
    switch = re.sub(r"(?m)^\s*hosts:.*\n?", "", switch) + "\nhosts: files dns\n"
    files = {
        "nsswitch.conf": switch,
        "hosts": place.hosts,
        "resolv.conf": place.resolvers,
    }
    if place.resolvers.startswith("nameserver") and not Path("/etc/resolv.conf").exists():
        raise NotStarted("This machine has no /etc/resolv.conf, over which the lab's would be put; make an empty one.")
    kernel.mount("none", _STAGE, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755")
    for name, text in files.items():
        Path(_STAGE, name).write_text(text)
        # A resolv.conf may be a link to nowhere, which is as good as one that names no resolver.
        if name != "resolv.conf" or Path("/etc", name).exists():
            kernel.mount(f"{_STAGE}/{name}", f"/etc/{name}", None, kernel.MS_BIND)
    kernel.detach(_STAGE)


def _hide_resolvers() -> None:
    for path in _RESOLVERS:
        if os.path.exists(path):
            kernel.mount(os.devnull, path, None, kernel.MS_BIND)


def _execute(arguments: Sequence[str]) -> NoReturn:
    name = arguments[0]
    path = name if "/" in name else shutil.which(name)
    try:
        if path is None:
            raise FileNotFoundError
        os.execv(path, [*arguments])
    except FileNotFoundError:
        raise NotStarted(f"There is no program {name!r}; check its name.", NOT_FOUND) from None
    except OSError as error:
        raise NotStarted(f"The program {name!r} cannot be run: {error.strerror}.", NOT_EXECUTABLE) from error
