"""What a world is made of, frozen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 1


class WorldError(ValueError):
    """The world cannot be used. The text is one sentence with the line that it is about."""


@dataclass(frozen=True, slots=True)
class Mail:
    """An SMTP server on port 25: the domains it takes mail for, its mailboxes, and its words by the reply's cause."""

    domains: tuple[str, ...]
    mailboxes: tuple[str, ...]
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """A name server on port 53, by UDP and TCP: the zones that it is authoritative for, by their names ("." is the
    root), whether it resolves for others (`recursive`), and whether it is `down`: named by its zones' parents, and not
    listening."""

    zones: tuple[str, ...] = ()
    recursive: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """A host: its name, its IPv4 address, and its servers."""

    name: str
    address: str
    smtp: Mail | None = None
    dns: Names | None = None

    def services(self) -> list[tuple[str, int, str]]:
        """(protocol, port, transport) of every server on this host."""
        mail = [("smtp", 25, "tcp")] if self.smtp else []
        names = [("dns", 53, "udp"), ("dns", 53, "tcp")] if self.dns and not self.dns.down else []
        return mail + names


@dataclass(frozen=True, slots=True)
class Zone:
    """What a world states of a zone, by its name without the last dot ("." is the root): `records` in the form of a
    master file (RFC 1035 section 5), to which its SOA, its name servers, its delegations and its hosts' records are
    added; or `file`, the whole master file, to which nothing is added."""

    name: str
    records: str = ""
    file: str | None = None


@dataclass(frozen=True, slots=True)
class World:
    """The hosts, the name of the student's own among them, the name of the one that resolves for all of them ("" where
    none does), and what is stated of zones."""

    title: str
    student: str
    hosts: tuple[Host, ...]
    resolver: str = ""
    zones: tuple[Zone, ...] = ()

    def host(self, name: str) -> Host | None:
        """The host of that name or address, if there is one. Names are compared without regard to case."""
        name = name.lower().rstrip(".")
        return next((host for host in self.hosts if name in (host.name, host.address)), None)

    def to_values(self) -> dict[str, Any]:
        """This world as plain JSON values, in the shape of its YAML."""
        values: dict[str, Any] = {"lentil": VERSION, "title": self.title, "student": self.student}
        if self.resolver:
            values["resolver"] = self.resolver
        values["hosts"] = [_without_nothing(asdict(host)) for host in self.hosts]
        if self.zones:
            values["zones"] = [_without_nothing(asdict(zone)) for zone in self.zones]
        return values


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
