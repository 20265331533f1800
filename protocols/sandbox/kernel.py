"""The kernel's calls that Python has no function for, by ctypes. Each raises OSError with what was tried."""

from __future__ import annotations

import ctypes
import os
from typing import Any

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_GET_PDEATHSIG = 2
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_GET_SECCOMP = 21
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_IS_SET = 1
PR_CAP_AMBIENT_CLEAR_ALL = 4

SECCOMP_MODE_FILTER = 2

_CAPABILITY_VERSION = 0x2008_0522  # _LINUX_CAPABILITY_VERSION_3: two words of 32 capabilities

# From 424 on, every architecture has the same numbers.
_SYS_LANDLOCK_CREATE_RULESET = 444
_SYS_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
# The file rights that each version of Landlock knows: the first 13, then REFER, TRUNCATE and IOCTL_DEV.
_LANDLOCK_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}

_libc = ctypes.CDLL(None, use_errno=True)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def unshare(flags: int) -> None:
    """Put this process into new namespaces."""
    _check(_libc.unshare(flags), "unshare")


def setns(namespace: int, flag: int) -> None:
    """Join the namespace that the descriptor `namespace` stands for."""
    _check(_libc.setns(namespace, flag), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount as mount(2) does."""
    arguments = (_text(source), _text(target), _text(kind), ctypes.c_ulong(flags), _text(data))
    _check(_libc.mount(*arguments), f"mount {target}")


def detach(target: str) -> None:
    """Take a mount away at once; what is in use of it lives on until it is not."""
    _check(_libc.umount2(_text(target), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root; the old root is mounted on `old`."""
    # The C library has no function for it, and the number is the architecture's: libseccomp knows it.
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "pivot_root")
    _check(_libc.syscall(number, _text(new), _text(old)), "pivot_root")


def prctl(option: int, *arguments: int) -> int:
    """prctl(2) with numbers. Returns what it returned."""
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    return _check(_libc.prctl(option, *padded), f"prctl {option}")


def parent_death_signal() -> int:
    """The signal that this thread gets when its parent dies; 0 for none."""
    number = ctypes.c_int()
    _check(_libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(number)), "prctl PR_GET_PDEATHSIG")
    return number.value


def load_seccomp(program: bytes) -> None:
    """Put this thread under a compiled filter, and with it every thread that it starts."""
    octets = ctypes.create_string_buffer(program, len(program))
    described = _FilterProgram(len(program) // 8, ctypes.cast(octets, ctypes.c_void_p))
    result = _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(described), 0, 0)
    _check(result, "seccomp")


def drop_capabilities() -> None:
    """Give up every capability: effective, permitted, inheritable, ambient, and the bound of what could come back."""
    for capability in range(last_capability() + 1):
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header, nothing = _CapHeader(_CAPABILITY_VERSION, 0), (_CapData * 2)()
    _check(_libc.capset(ctypes.byref(header), ctypes.byref(nothing)), "capset")


def has_capabilities() -> bool:
    """Whether this process has, or could get, any capability."""
    header, found = _CapHeader(_CAPABILITY_VERSION, 0), (_CapData * 2)()
    _check(_libc.capget(ctypes.byref(header), ctypes.byref(found)), "capget")
    if any(word.effective or word.permitted or word.inheritable for word in found):
        return True
    every = range(last_capability() + 1)
    return any(
        prctl(PR_CAPBSET_READ, capability) or prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability)
        for capability in every
    )


def last_capability() -> int:
    """The highest capability that this kernel knows."""
    return next(number for number in range(64) if _libc.prctl(PR_CAPBSET_READ, ctypes.c_ulong(number + 1), 0, 0, 0) < 0)


def landlock_version() -> int:
    """The version of Landlock that this kernel offers; 0 where it offers none."""
    version = _libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_CREATE_RULESET_VERSION)
    return max(int(version), 0)


def deny_files(version: int) -> None:
    """Forbid this thread everything that Landlock can forbid about files. Network rights are left alone: handling them
    would deny every later bind. no_new_privs must be set."""
    rights = ctypes.c_uint64((1 << _LANDLOCK_RIGHTS[min(version, max(_LANDLOCK_RIGHTS))]) - 1)
    create = _libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, ctypes.byref(rights), ctypes.c_size_t(8), 0)
    ruleset = _check(create, "landlock_create_ruleset")
    try:
        _check(_libc.syscall(_SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _check(result: Any, tried: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{tried}: {os.strerror(error)}")
    return int(result)


def _text(value: str | None) -> bytes | None:
    return None if value is None else os.fsencode(value)
