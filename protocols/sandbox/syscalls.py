"""The seccomp filter of a lab: the system calls that its servers need, and nothing else.

What is not named here is refused with EPERM, so that a call that the kernel gets next year is refused too. The filter
is compiled once, when the zygote starts (some 50 ms), and loaded into every lab.
"""

from __future__ import annotations

import errno
import os
import socket

import pyseccomp as seccomp
from pyseccomp import EQ, GT, MASKED_EQ, Arg

from protocols.sandbox.kernel import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    PR_GET_SECCOMP,
)

ALLOWED = {
    "memory and threads": "brk munmap mremap madvise futex set_robust_list rseq set_tid_address arch_prctl sched_yield "
    "sched_getaffinity exit exit_group restart_syscall",
    "descriptors": "read write readv writev close dup dup2 dup3 pipe pipe2 fcntl lseek fstat newfstatat "
    "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2",
    # The root is empty, and Python looks for files there when it imports lazily: it must be told that there are none.
    "paths": "stat lstat statx access faccessat faccessat2 readlink readlinkat open openat getdents64 getcwd fstatfs",
    "the network": "bind listen accept accept4 connect shutdown getsockname getpeername setsockopt getsockopt "
    "sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg sendfile",
    "time and chance": "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrandom",
    "its own signals": "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack",
    "what it may ask about itself": "getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups "
    "getpgrp getsid getrusage getrlimit uname sysinfo umask",
}

_CLONE_THREAD = 0x0001_0000
_CLONE_NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
_PROT_EXEC = 4
_PR_SET_NAME = 15
# What Python asks of a descriptor: FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, and TCGETS (is it a terminal?).
_IOCTLS = (0x541B, 0x5421, 0x5451, 0x5450, 0x5401)
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_FAMILIES = (socket.AF_UNIX, *_INTERNET)


def compile_filter() -> bytes:
    """The filter as a BPF program for this machine's architecture. Raises OSError where libseccomp cannot make it."""
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)  # a binary tree, not a list
    rules.set_attr(seccomp.Attr.CTL_NNP, 0)  # no_new_privs is a layer of its own
    for names in ALLOWED.values():
        for name in names.split():
            _allow(rules, name)
    _allow_sockets(rules)
    _allow_threads(rules)
    # Memory is never made executable: what Python needs of that was there before.
    for name in ("mmap", "mprotect"):
        _allow(rules, name, Arg(2, MASKED_EQ, _PROT_EXEC, 0))
    for request in _IOCTLS:
        _allow(rules, "ioctl", Arg(1, EQ, request))
    # Not PDEATHSIG nor DUMPABLE: a lab could outlive its zygote, or open its own memory.
    for option in (PR_GET_SECCOMP, _PR_SET_NAME):
        _allow(rules, "prctl", Arg(0, EQ, option))
    _allow(rules, "prlimit64", Arg(0, EQ, 0), Arg(2, EQ, 0))  # to read its own limits, not to set any
    return _export(rules)


def _allow_sockets(rules: seccomp.SyscallFilter) -> None:
    _allow(rules, "socketpair", Arg(0, EQ, socket.AF_UNIX))
    _allow(rules, "socket", Arg(0, EQ, socket.AF_UNIX))
    # Streams and datagrams of TCP and UDP alone: asking for another protocol makes the kernel load a module for it.
    for family in _INTERNET:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for protocol in (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP):
                _allow(rules, "socket", Arg(0, EQ, family), Arg(1, MASKED_EQ, 0xF, kind), Arg(2, EQ, protocol))
    refusal = seccomp.ERRNO(errno.EAFNOSUPPORT)
    for number in range(max(_FAMILIES) + 1):
        if number not in _FAMILIES:
            rules.add_rule(refusal, "socket", Arg(0, EQ, number))
    rules.add_rule(refusal, "socket", Arg(0, GT, max(_FAMILIES)))


def _allow_threads(rules: seccomp.SyscallFilter) -> None:
    _allow(rules, "clone", Arg(0, MASKED_EQ, _CLONE_THREAD | _CLONE_NAMESPACES, _CLONE_THREAD))
    # The flags of clone3 are in memory, where a filter cannot look: with ENOSYS the C library uses clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")


def _allow(rules: seccomp.SyscallFilter, name: str, *arguments: Arg) -> None:
    # A negative number: a call that this architecture has not, or an older libseccomp has not heard of.
    if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
        rules.add_rule(seccomp.ALLOW, name, *arguments)


def _export(rules: seccomp.SyscallFilter) -> bytes:
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
