"""What a world is made of, frozen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from protocols import limits

VERSION = 1
FIRST_DAY = 1_767_225_600  # 2026-01-01, when a file was modified of which the world does not say it
PASSIVE_PORTS = (49_152, 49_251)  # some of those that no service has: RFC 6335 section 6


class WorldError(ValueError):
    """The world, or what has one, cannot be used. The text is one sentence with the line that it is about, which
    `line` is too; None where it is about none."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


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
class Account:
    """Who may log in to an FTP server: USER, PASS and, where it is not "", ACCT (RFC 959 section 4.1.1). Any password
    will do where `password` is None (as for "anonymous", RFC 1635). `home` is the directory where the session begins;
    the files that the account owns have at most `quota` octets together. With `may_write` it may change the tree where
    the permissions allow it."""

    user: str
    password: str | None = None
    account: str = ""
    home: str = "/"
    quota: int = limits.FILES
    may_write: bool = True


@dataclass(frozen=True, slots=True)
class Ftp:
    """An FTP server on port 21, whose data connections come from port 20: its accounts, the ports that it listens on
    after PASV (first and last; they are taken in turn), and its words by the reply's cause, with an LF between the
    lines of a reply that has several."""

    accounts: tuple[Account, ...]
    passive_ports: tuple[int, int] = PASSIVE_PORTS
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file or a directory of a host, by its absolute name; a directory's ends in "/". `owner` is an account's user,
    "" for nobody's; `mode` are the permission bits of the owner, of the group (nobody is in one) and of others;
    `modified` is in seconds since the Unix epoch. A file's content is `text`, its octets in UTF-8 with LF between
    lines; or, where that is None, the one with this `size` and `sha256`, which is handed over beside the world."""

    path: str
    owner: str = ""
    mode: int = 0o644
    modified: int = FIRST_DAY
    text: str | None = None
    size: int = 0
    sha256: str = ""

    @property
    def is_directory(self) -> bool:
        return self.path.endswith("/")


@dataclass(frozen=True, slots=True)
class Host:
    """A host: its name, its IPv4 address, its servers, and its files."""

    name: str
    address: str
    smtp: Mail | None = None
    dns: Names | None = None
    ftp: Ftp | None = None
    files: tuple[File, ...] = ()

    def services(self) -> list[tuple[str, int, str]]:
        """(protocol, port, transport) of every server on this host."""
        mail = [("smtp", 25, "tcp")] if self.smtp else []
        names = [("dns", 53, "udp"), ("dns", 53, "tcp")] if self.dns and not self.dns.down else []
        files = [("ftp", 21, "tcp")] if self.ftp else []
        return mail + files + names


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
        values["hosts"] = [_host_values(host) for host in self.hosts]
        if self.zones:
            values["zones"] = [_without_nothing(asdict(zone)) for zone in self.zones]
        return values


def _host_values(host: Host) -> dict[str, Any]:
    values = _without_nothing(asdict(host))
    if host.ftp:
        first, last = host.ftp.passive_ports
        values["ftp"]["passive_ports"] = f"{first}-{last}"
        values["ftp"]["accounts"] = [_without_nothing(account) for account in values["ftp"]["accounts"]]
    if host.files:
        values["files"] = [_file_values(file) for file in host.files]
    return values


def _file_values(file: File) -> dict[str, Any]:
    values: dict[str, Any] = {"path": file.path, "owner": file.owner}
    values |= {"mode": f"{file.mode:03o}", "modified": file.modified}
    if file.text is not None:
        values["text"] = file.text
    elif not file.is_directory:
        values |= {"size": file.size, "sha256": file.sha256}
    return values


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, ())}
