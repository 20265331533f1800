"""Where a data connection goes to, for a reader: which numbers of PORT, PASV and their newer kin are the address, and
which the port. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.description import Field, Section, reference
from protocols.ftp import wire
from protocols.ftp.sources import Source


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side listens: `says` is the arithmetic as a sentence, `section` its fields, `source` where it is
    said."""

    says: str
    section: Section
    source: Source


def of_command(verb: str, argument: str) -> Place | None:
    """Where the client listens, as the argument of PORT or EPRT says; None where it says no place."""
    try:
        if verb == "PORT":
            return _host_port(*wire.parse_host_port(argument), "Where you listen")
        if verb == "EPRT":
            return _extended(*wire.parse_extended(argument))
    except wire.HostPortError:
        pass
    return None


def of_reply(code: str, text: str) -> Place | None:
    """Where the server listens, as the text of a 227 or a 229 says; None where it says no place."""
    place = wire.find_host_port(text) if code == "227" else None
    port = wire.find_extended_port(text) if code == "229" else None
    if place is not None:
        return _host_port(*place, "Where the server listens")
    return _extended_port(port) if port is not None else None


def _host_port(address: str, port: int, title: str) -> Place:
    """RFC 959 section 4.1.2: each number is one octet, the high ones first."""
    sum_of = f"{port // 256}*256+{port % 256} = {port}"
    return Place(
        f"The first four numbers are the address, {address}; the last two are the port: {sum_of}.",
        Section(
            title,
            (
                Field("host", address, "the first four numbers, an octet each"),
                Field("port", sum_of, "the last two: the first of them times 256, and the second"),
            ),
            reference(959, "4.1.2"),
        ),
        (959, "4.1.2"),
    )


def _extended(address: str, port: int) -> Place:
    return Place(
        f"Between the signs stand 1 for IPv4, the address {address}, and the port {port} as it is: nothing is to be "
        "reckoned.",
        Section(
            "Where you listen",
            (
                Field("network protocol", "1", "IPv4; 2 would be IPv6"),
                Field("host", address, "the address as people write it"),
                Field("port", str(port), "the port as it is"),
            ),
            reference(2428, "2"),
        ),
        (2428, "2"),
    )


def _extended_port(port: int) -> Place:
    return Place(
        f"The port is {port}, as it is: nothing is to be reckoned. The places for the network protocol and the address "
        "are empty; they are those of the control connection.",
        Section(
            "Where the server listens",
            (
                Field("host", "", "left out: the one that you are connected to"),
                Field("port", str(port), "the port as it is"),
            ),
            reference(2428, "3"),
        ),
        (2428, "3"),
    )
