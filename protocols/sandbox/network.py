"""The network of a lab: `lo` alone, with every address of its world, by ioctl and netlink.

All hosts of a lab share `lo`. A socket that binds nothing would get its destination's own address as its source, and
every client would look like the server. So each host's route prefers the student's address as the source, and servers
bind their own.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from pathlib import Path

from protocols.world import World

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_IFREQ = struct.Struct("16sh14x")

_NLM_F_REQUEST, _NLM_F_ACK, _NLM_F_REPLACE, _NLM_F_CREATE = 0x1, 0x4, 0x100, 0x400
_RTM_NEWADDR, _RTM_NEWROUTE = 20, 24
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_OIF, _RTA_PREFSRC = 1, 4, 7
_RT_TABLE_LOCAL, _RTPROT_KERNEL, _RT_SCOPE_HOST, _RTN_LOCAL = 255, 2, 254, 2

_HEADER = struct.Struct("=IHHII")
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")

LOW_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def build_network(world: World) -> None:
    """Raise `lo` in this process's network namespace with the world's addresses, and let any port be bound there.
    Raises OSError."""
    addresses = [socket.inet_aton(host.address) for host in world.hosts]
    student = world.host(world.student)
    assert student is not None, "a world has its student's host"
    _raise_lo()
    lo = socket.if_nametoindex("lo")
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        for address in addresses:
            _add_address(kernel, lo, address)
        for address in addresses:
            _prefer_source(kernel, lo, address, socket.inet_aton(student.address))
    LOW_PORTS.write_text("0")


def bind_servers(world: World) -> dict[tuple[str, str], dict[str, socket.socket]]:
    """The bound sockets of every server of the world by their transport, listening where that is TCP; the servers by
    host name and protocol."""
    bound: dict[tuple[str, str], dict[str, socket.socket]] = {}
    for host in world.hosts:
        for protocol, port, transport in host.services():
            kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
            server = socket.socket(socket.AF_INET, kind)
            bound.setdefault((host.name, protocol), {})[transport] = server
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((host.address, port))
            server.setblocking(False)
            if transport == "tcp":
                server.listen(64)
    return bound


def _raise_lo() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, _IFREQ.pack(b"lo", 0).ljust(40, b"\0"))
        flags = _IFREQ.unpack(answer[: _IFREQ.size])[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, _IFREQ.pack(b"lo", flags | _IFF_UP).ljust(40, b"\0"))


def _add_address(kernel: socket.socket, lo: int, address: bytes) -> None:
    body = _ADDRESS.pack(socket.AF_INET, 32, 0, 0, lo)
    body += _attribute(_IFA_LOCAL, address) + _attribute(_IFA_ADDRESS, address)
    _ask(kernel, _RTM_NEWADDR, _NLM_F_CREATE, body)


def _prefer_source(kernel: socket.socket, lo: int, address: bytes, source: bytes) -> None:
    """ip route replace local ADDRESS dev lo table local proto kernel scope host src SOURCE"""
    body = _ROUTE.pack(
        socket.AF_INET, 32, 0, 0, _RT_TABLE_LOCAL, _RTPROT_KERNEL, _RT_SCOPE_HOST, _RTN_LOCAL, 0
    )  # fmt: skip
    body += _attribute(_RTA_DST, address) + _attribute(_RTA_PREFSRC, source)
    body += _attribute(_RTA_OIF, struct.pack("=I", lo))
    _ask(kernel, _RTM_NEWROUTE, _NLM_F_CREATE | _NLM_F_REPLACE, body)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value


def _ask(kernel: socket.socket, kind: int, flags: int, body: bytes) -> None:
    flags |= _NLM_F_REQUEST | _NLM_F_ACK
    kernel.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, 0, 0) + body)
    error = struct.unpack_from("=i", kernel.recv(4096), _HEADER.size)[0]
    if error:
        raise OSError(-error, f"netlink message {kind}: {os.strerror(-error)}")
