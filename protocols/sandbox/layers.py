"""The layers of a sandbox: what each is, how a process puts itself behind it, and how it reads back that it is there.

A layer that is not there refuses the lab, unless the operator has switched it off by name. Landlock alone may be
missing: kernels before 5.13, and many after, do not have it.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from protocols import limits
from protocols.sandbox import kernel

# The namespaces: the layer's name, the kernel's name of it, and its flag.
NAMESPACES = (
    ("user-namespace", "user", kernel.CLONE_NEWUSER),
    ("network-namespace", "net", kernel.CLONE_NEWNET),
    ("pid-namespace", "pid", kernel.CLONE_NEWPID),
    ("ipc-namespace", "ipc", kernel.CLONE_NEWIPC),
    ("uts-namespace", "uts", kernel.CLONE_NEWUTS),
    ("mount-namespace", "mnt", kernel.CLONE_NEWNS),
)
NEEDED = frozenset({"user-namespace", "network-namespace", "mount-namespace"})  # a lab cannot be made without
LAYERS = frozenset(name for name, _, _ in NAMESPACES) | {
    "empty-root",
    "limits",
    "no-new-privileges",
    "no-capabilities",
    "not-dumpable",
    "dies-with-its-parent",
    "landlock",
    "seccomp",
}
OPTIONAL = frozenset({"landlock"})  # whose absence alone refuses no lab

_SURE_DIRECTORY = "/proc"  # it was just read from, so it is there

_LIMITS = {
    resource.RLIMIT_AS: limits.ADDRESS_SPACE,
    resource.RLIMIT_NOFILE: limits.DESCRIPTORS,
    resource.RLIMIT_NPROC: limits.THREADS,
    resource.RLIMIT_FSIZE: limits.FILE_SIZE,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
    resource.RLIMIT_NICE: 0,
    resource.RLIMIT_RTPRIO: 0,
    resource.RLIMIT_SIGPENDING: 64,
}


class LayerMissing(Exception):
    """A layer is not there. The text is one sentence for the operator and the learner."""

    def __init__(self, layer: str, reason: object) -> None:
        way_out = "" if layer in NEEDED else ", or the operator may switch this layer off by name"
        super().__init__(
            f"The sandbox gets no {layer} on this machine ({reason}); ARCHITECTURE.md says what it needs{way_out}."
        )
        self.layer = layer


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: what puts this process behind it, and what reads back from the kernel that it is there."""

    name: str
    enter: Callable[[], None]
    is_active: Callable[[], bool]


class Confinement:
    """The layers of one kind of lab, in the order in which they are entered.

    Made once, in the zygote: `program` is the compiled seccomp filter, `switched_off` names the layers that the
    operator does without. Raises ValueError for a name that cannot be switched off.
    """

    def __init__(self, program: bytes, switched_off: frozenset[str]) -> None:
        self._program = program
        self._off = switched_off
        self._landlock = kernel.landlock_version()
        self._outside = {name: _namespace(link) for name, link, _ in NAMESPACES}
        check_switched_off(switched_off)

    def enter_namespaces(self) -> None:
        """Put this process, and what it forks next, into namespaces of its own. Raises LayerMissing."""
        uid, gid = os.geteuid(), os.getegid()
        for name, _, flag in NAMESPACES:
            if name in self._off:
                continue
            try:
                kernel.unshare(flag)
                if flag == kernel.CLONE_NEWUSER:
                    _map_identity(uid, gid)
            except OSError as error:
                raise LayerMissing(name, error.strerror) from error

    def confine(self) -> tuple[list[str], list[str]]:
        """Go behind every other layer, for good. Returns the names of the layers that are active, read back, and of
        those that are not. Raises LayerMissing."""
        active, absent = [], []
        for layer in self._layers():
            if layer.name not in self._off and self._entered(layer):
                active.append(layer.name)
            else:
                absent.append(layer.name)
        return active, absent

    def _layers(self) -> Iterator[Layer]:
        for name, link, _ in NAMESPACES:
            yield Layer(name, _nothing, partial(_is_inside, link, self._outside[name]))
        yield Layer("empty-root", _empty_root, _is_root_empty)
        yield Layer("limits", _set_limits, _are_limits_set)
        yield Layer("no-new-privileges", *_switch(kernel.PR_SET_NO_NEW_PRIVS, kernel.PR_GET_NO_NEW_PRIVS, 1))
        yield Layer("no-capabilities", kernel.drop_capabilities, lambda: not kernel.has_capabilities())
        yield Layer("not-dumpable", *_switch(kernel.PR_SET_DUMPABLE, kernel.PR_GET_DUMPABLE, 0))
        yield Layer("dies-with-its-parent", _die_with_parent, _dies_with_parent)
        yield Layer("landlock", lambda: kernel.deny_files(self._landlock), _are_files_denied)
        yield Layer("seccomp", lambda: kernel.load_seccomp(self._program), _is_filtered)

    def _entered(self, layer: Layer) -> bool:
        if layer.name == "landlock" and not self._landlock:
            return False
        try:
            layer.enter()
            active = layer.is_active()
        except OSError as error:
            raise LayerMissing(layer.name, error.strerror or error) from error
        if not active:
            raise LayerMissing(layer.name, "it was entered, and is not active")
        return True


def check_switched_off(names: frozenset[str]) -> None:
    """Raises ValueError, one sentence, where a name is not that of a layer that can be switched off."""
    wrong = sorted(names - (LAYERS - NEEDED))
    if wrong:
        raise ValueError(
            f"{wrong[0]!r} is no layer that can be switched off; these are: {', '.join(sorted(LAYERS - NEEDED))}."
        )


def _namespace(link: str) -> int:
    return os.stat(f"/proc/self/ns/{link}").st_ino


def _is_inside(link: str, outside: int) -> bool:
    return _namespace(link) != outside


def _nothing() -> None:
    """The namespaces were entered before: this process was forked into them."""


def _map_identity(uid: int, gid: int) -> None:
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _empty_root() -> None:
    """Make the root an empty file system that cannot be written to, and let go of every other."""
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    bare = kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("none", _SURE_DIRECTORY, "tmpfs", bare, "mode=0555,size=4k")
    os.chdir(_SURE_DIRECTORY)
    kernel.pivot_root(".", ".")  # the old root now lies on top of the new one: pivot_root(2)
    kernel.detach(".")
    os.chdir("/")


def _is_root_empty() -> bool:
    return os.listdir("/") == [] and bool(os.statvfs("/").f_flag & os.ST_RDONLY)


def _set_limits() -> None:
    for limit, value in _LIMITS.items():
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))


def _are_limits_set() -> bool:
    found = {limit: resource.getrlimit(limit) for limit in _LIMITS}
    return all(soft == hard and 0 <= hard <= _LIMITS[limit] for limit, (soft, hard) in found.items())


def _switch(setter: int, getter: int, value: int) -> tuple[Callable[[], None], Callable[[], bool]]:
    """What sets a switch of prctl(2), and what reads it back."""

    def enter() -> None:
        kernel.prctl(setter, value)

    return enter, lambda: kernel.prctl(getter) == value


def _die_with_parent() -> None:
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _dies_with_parent() -> bool:
    return kernel.parent_death_signal() == signal.SIGKILL


def _are_files_denied() -> bool:
    """Landlock shows nowhere. But without it an empty directory can be opened."""
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except PermissionError:
        return True
    return False


def _is_filtered() -> bool:
    return kernel.prctl(kernel.PR_GET_SECCOMP) == kernel.SECCOMP_MODE_FILTER
