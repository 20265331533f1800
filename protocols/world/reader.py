"""A world read from YAML or from plain values; the first mistake is named by line, in a sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from protocols.world.files import check_room, read_files, read_ftp
from protocols.world.model import VERSION, Host, Mail, Names, World, WorldError, Zone
from protocols.world.parts import Parts, Where
from protocols.world.plain import read_plain

HOST_LIMIT = 128  # hosts in a world
ZONE_LIMIT = 100  # zones that a world states, and zones of a server
MAILBOX_LIMIT = 1_000  # mailboxes on a host
TEXT_LIMIT = 1_000_000  # characters in a world's YAML

_MAILBOX = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?P<domain>[a-z0-9.-]{1,255})")


def read_world(path: Path) -> World:
    """The world in the YAML file at `path`. Raises WorldError for a file that is missing, unreadable or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError(f"{path} cannot be read as a world: {_reason(error)}.") from error
    return parse_world(text)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return f"octet {error.start + 1} is not UTF-8"


def parse_world(text: str) -> World:
    """The world that `text` describes in YAML. Raises WorldError with the line of the first mistake."""
    return read_values(*read_plain(text, "a world", TEXT_LIMIT))


def read_values(values: Any, lines: dict[Where, int]) -> World:
    """The world that `values` describe; `lines` are those of its parts by their places. Raises WorldError."""
    return _Reader(lines).world(values)


def from_values(values: dict[str, Any]) -> World:
    """The world that `to_values` made `values` of. Raises WorldError."""
    return read_values(values, {})


class _Reader(Parts):
    """Makes a World of plain values, and says where they are wrong."""

    def world(self, values: Any) -> World:
        top = self.mapping(values, (), {"lentil", "title", "student", "hosts"}, {"resolver", "zones"})
        if top["lentil"] != VERSION:
            self.fail(("lentil",), f"lentil is {VERSION}, the version of this format")
        hosts = self.items(top["hosts"], ("hosts",), HOST_LIMIT)
        world = World(
            title=self.text(top["title"], ("title",)),
            student=self.host_name(top["student"], ("student",)),
            hosts=tuple(self._host(host, ("hosts", number)) for number, host in enumerate(hosts)),
            resolver=self.host_name(top["resolver"], ("resolver",)) if top.get("resolver") else "",
            zones=self._zones(top.get("zones"), ("zones",)),
        )
        self._refuse_twins(world)
        if world.host(world.student) is None:
            self.fail(("student",), f"student is {world.student}, and no host has that name")
        self._check_resolver(world)
        check_room(self, world)
        return world

    def _check_resolver(self, world: World) -> None:
        if not world.resolver:
            return
        host = world.host(world.resolver)
        if host is None or host.dns is None or not host.dns.recursive:
            self.fail(("resolver",), f"resolver is {world.resolver}, and no host of that name has a recursive server")

    def _refuse_twins(self, world: World) -> None:
        seen: set[str] = set()
        for number, host in enumerate(world.hosts):
            for key, value in (("name", host.name), ("address", host.address)):
                if value in seen:
                    self.fail(("hosts", number, key), f"two hosts have the {key} {value}")
                seen.add(value)

    def _host(self, values: Any, where: Where) -> Host:
        given = self.mapping(values, where, {"name", "address"}, {"smtp", "dns", "ftp", "files"})
        mail, names, ftp = given.get("smtp"), given.get("dns"), given.get("ftp")
        server = None if ftp is None else read_ftp(self, ftp, (*where, "ftp"))
        return Host(
            name=self.host_name(given["name"], (*where, "name")),
            address=self.address(given["address"], (*where, "address")),
            smtp=None if mail is None else self._mail(mail, (*where, "smtp")),
            dns=None if names is None else self._names(names, (*where, "dns")),
            ftp=server,
            files=read_files(self, given.get("files"), (*where, "files"), server),
        )

    def _names(self, values: Any, where: Where) -> Names:
        given = self.mapping(values, where, set(), {"zones", "recursive", "down"})
        zones = given.get("zones") or []
        if zones:
            zones = self.items(zones, (*where, "zones"), ZONE_LIMIT)
        return Names(
            zones=tuple(self._zone_name(name, (*where, "zones", n)) for n, name in enumerate(zones)),
            recursive=self.switch(given.get("recursive"), (*where, "recursive")),
            down=self.switch(given.get("down"), (*where, "down")),
        )

    def _zones(self, values: Any, where: Where) -> tuple[Zone, ...]:
        if not values:
            return ()
        zones = [self._zone(each, (*where, n)) for n, each in enumerate(self.items(values, where, ZONE_LIMIT))]
        for number, zone in enumerate(zones):
            if any(other.name == zone.name for other in zones[:number]):
                self.fail((*where, number, "name"), f"the zone {zone.name} stands here twice")
        return tuple(zones)

    def _zone(self, values: Any, where: Where) -> Zone:
        given = self.mapping(values, where, {"name"}, {"records", "file"})
        records, file = given.get("records") or "", given.get("file")
        if records and file is not None:
            self.fail(where, "a zone states its records or its whole file, not both")
        return Zone(
            name=self._zone_name(given["name"], (*where, "name")),
            records=self.text(records, (*where, "records")) if records else "",
            file=None if file is None else self.text(file, (*where, "file")),
        )

    def _zone_name(self, value: Any, where: Where) -> str:
        return "." if value == "." else self.host_name(value, where)

    def _mail(self, values: Any, where: Where) -> Mail:
        given = self.mapping(values, where, {"domains", "mailboxes"}, {"words"})
        domains = self.items(given["domains"], (*where, "domains"), HOST_LIMIT)
        mailboxes = self.items(given["mailboxes"], (*where, "mailboxes"), MAILBOX_LIMIT)
        mail = Mail(
            domains=tuple(self.host_name(name, (*where, "domains", n)) for n, name in enumerate(domains)),
            mailboxes=tuple(self.text(box, (*where, "mailboxes", n)).lower() for n, box in enumerate(mailboxes)),
            words=self.words(given.get("words"), (*where, "words")),
        )
        for number, mailbox in enumerate(mail.mailboxes):
            match = _MAILBOX.fullmatch(mailbox)
            if match is None or match["domain"] not in mail.domains:
                self.fail((*where, "mailboxes", number), f"{mailbox} is no mailbox of this host's domains")
        return mail
