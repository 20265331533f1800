"""A response as the student's programs have it, and what of its reading they share. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

import dns.reversename
from dns.message import Message
from dns.name import Name


@dataclass(frozen=True, slots=True)
class Server:
    """Whom a program asks: what the student calls it, its address and port."""

    called: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A response from `server`: its octets and what they say, the number of its event, how long it took, and the lab's
    time when it came, in microseconds since the Unix epoch."""

    server: Server
    transport: Literal["udp", "tcp"]
    octets: bytes
    message: Message
    seq: int
    milliseconds: int
    at: int


def is_address(text: str) -> bool:
    """Whether `text` is an IPv4 address, as one writes it."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def name_of_address(address: str) -> Name:
    """The name under which in-addr.arpa has the name of `address`: RFC 1035 section 3.5."""
    return dns.reversename.from_address(address)


def text_of(name: Name) -> str:
    """The name without its last dot; the root is "."."""
    return name.to_text(omit_final_dot=True) if name.labels != (b"",) else "."
