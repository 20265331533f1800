"""Worlds as they are kept: the document that an instructor wrote, and what changes while labs run: the mailboxes, and
the zones and the files, which have modules of their own.

A world belongs to an activity (a template) or to a lab (a student's own copy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Prefetch, QuerySet

from portal.courses.models import Activity
from portal.rows import insert, query
from portal.worlds.files import FtpAccount, VirtualFile, copy_files, make_files, read_contents, with_files
from portal.worlds.mail import read_subject
from portal.worlds.zones import Zone, copy_zones, make_zones
from protocols import world as documents
from protocols.dns.generate import check_zones, whole_zones
from protocols.dns.zone import ZoneError
from protocols.ftp import tables as ftp
from protocols.smtp import tables as smtp
from protocols.world.files import check_homes

__all__ = ["FtpAccount", "Mailbox", "Message", "VirtualFile", "World", "Zone", "check_document", "parse_source"]

NEWEST = 20  # messages of a mailbox that are listed beside a lab
SENDER_LIMIT = 400  # characters kept of a reverse-path; the wire's have at most 256 (RFC 5321 section 4.5.3.1.3)
SUBJECT_LIMIT = 400  # characters kept of a subject for lists


def parse_source(text: str) -> documents.World:
    """The world that `text` describes, if it can be used. Raises WorldError."""
    document = documents.parse_world(text)
    check_document(document)
    return document


def check_document(document: documents.World) -> None:
    """Refuse a world whose servers cannot say what it has them say, or load its zones, or let every account into its
    home: WorldError, with one sentence."""
    _check_words(document)
    check_homes(document)
    check_zones(document)


@lru_cache(8)
def _read_source(text: str) -> documents.World:
    """The world that `text` describes, its zones unread: labs have the models' own, and are opened often, mostly of the
    same few worlds."""
    document = documents.parse_world(text)
    _check_words(document)
    return document


def _check_words(document: documents.World) -> None:
    for host in document.hosts:
        if host.smtp:
            smtp.check_words(host.smtp)
        if host.ftp:
            ftp.check_words(host.ftp)


def _check_source(text: str) -> None:
    try:
        parse_source(text)
    except documents.WorldError as error:
        raise ValidationError(str(error)) from error


class World(models.Model):
    """A world's document in YAML (`source`). Which mailboxes, accounts and files there are, and what is in its zones,
    is said by `mailboxes`, `accounts`, `files` and `zones`, once they were made."""

    source = models.TextField(validators=[_check_source])
    activity = models.OneToOneField(Activity, models.CASCADE, null=True, blank=True, related_name="world")
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")

    def __str__(self) -> str:
        return f"World of {self.activity}" if self.activity else f"World {self.pk}"

    def document(self) -> documents.World:
        """This world for a sandbox, with the mailboxes, the accounts, the files and the zones that the models have. The
        files have their contents by SHA-256 (`contents`). Raises WorldError."""
        document = _read_source(self.source)
        kept = tuple(self.mailboxes.order_by("pk").values_list("address", flat=True))
        hosts = with_files(self, [_with_mailboxes(host, kept) for host in document.hosts])
        served = {name for host in hosts if host.dns for name in host.dns.zones}
        zones = {zone.name: zone for zone in document.zones}
        for name, source in self.zones.filter(name__in=served).order_by("pk").values_list("name", "source"):
            zones[name] = documents.Zone(name, file=source)
        return replace(document, hosts=hosts, zones=tuple(zones.values()))

    def make_mailboxes(self) -> None:
        """Make the mailboxes that the document names and the models do not have yet. Raises WorldError."""
        hosts = _read_source(self.source).hosts
        named = [address for host in hosts if host.smtp for address in host.smtp.mailboxes]
        Mailbox.objects.bulk_create([Mailbox(world=self, address=address) for address in named], ignore_conflicts=True)

    def make_zones(self) -> None:
        """Make the zones that the document names and the models do not have yet. One that was made before is made anew
        where the document says something else by now, and goes where no server has it any more; but what a person has
        edited stays as they wrote it. Raises WorldError."""
        document = _read_source(self.source)
        sources = whole_zones(document)
        with transaction.atomic():
            made = self.zones.filter(is_edited=False).values_list("pk", "name", "source")
            self.zones.filter(pk__in=[pk for pk, name, source in made if sources.get(name) != source]).delete()
            kept = set(self.zones.values_list("name", flat=True))
            try:
                make_zones(self, {name: source for name, source in sources.items() if name not in kept})
            except ZoneError:
                check_zones(document)  # which says of which zone it is
                raise

    def make_files(self) -> None:
        """Make the accounts and files that the document names, and remove others. What a person has put there stays.
        Raises WorldError."""
        make_files(self, _read_source(self.source).hosts)

    def copy_for_lab(self) -> World:
        """A copy for one lab, with this world's mailboxes, the messages in them, its accounts, files and zones. What is
        in the files is shared."""
        with transaction.atomic():
            copy = World.objects.create(source=self.source, copied_from=self)
            old = list(self.mailboxes.order_by("pk"))
            new = Mailbox.objects.bulk_create([Mailbox(world=copy, address=mailbox.address) for mailbox in old])
            twins = dict(zip((mailbox.pk for mailbox in old), new, strict=True))
            messages = list(Message.objects.filter(mailbox__world=self))
            for message in messages:
                message.pk, message.mailbox = None, twins[message.mailbox_id]
            Message.objects.bulk_create(messages)
            copy_files(self, copy)
            copy_zones(self, copy)
        return copy

    def contents(self) -> list[tuple[str, bytes]]:
        """What is in the files that `document` has, by SHA-256."""
        return read_contents(self)

    def list_files(self, host: str) -> list[VirtualFile]:
        """The files and directories of a host, each directory before what stands in it, by name."""
        files = self.files.filter(host=host).select_related("content")
        return sorted(files, key=lambda file: file.path.split("/"))

    def deliver(self, messages: Sequence[tuple[str, Message]]) -> None:
        """Put new messages into the mailboxes of these addresses, in order, in as many statements for all as for one. A
        message for a mailbox that is not there goes nowhere. The caller is the one writer of this world's mailboxes:
        the feed of the lab that it belongs to."""
        addresses = {address for address, _ in messages}
        newest = "SELECT MAX(seq) FROM worlds_message WHERE mailbox_id = worlds_mailbox.id"
        wanted = f"world_id = %s AND address IN ({', '.join(['%s'] * len(addresses))})"
        found = query(f"SELECT address, id, ({newest}) FROM worlds_mailbox WHERE {wanted}", [self.pk, *addresses])
        boxes, lasts = {address: box for address, box, _ in found}, {address: last or 0 for address, _, last in found}
        stored = []
        for address, message in messages:
            if address in boxes:
                lasts[address] += 1
                message.mailbox_id, message.seq = boxes[address], lasts[address]
                stored.append(message.row())
        insert(Message, Message.COLUMNS, stored)

    def list_mailboxes(self) -> QuerySet[Mailbox]:
        """The mailboxes, each with its `newest` messages (without their octets), newest first."""
        newest = Message.objects.defer("raw").order_by("-seq")[:NEWEST]
        return self.mailboxes.order_by("pk").prefetch_related(Prefetch("messages", newest, to_attr="newest"))


def _with_mailboxes(host: documents.Host, kept: tuple[str, ...]) -> documents.Host:
    if host.smtp is None:
        return host
    own = tuple(address for address in kept if address.rpartition("@")[2] in host.smtp.domains)
    return replace(host, smtp=replace(host.smtp, mailboxes=own))


class Mailbox(models.Model):
    """A mailbox of a world, by its address in lower case."""

    world = models.ForeignKey(World, models.CASCADE, related_name="mailboxes")
    address = models.CharField(max_length=320)

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = [models.UniqueConstraint(fields=["world", "address"], name="one_mailbox_an_address")]

    def __str__(self) -> str:
        return self.address


class Message(models.Model):
    """A message in a mailbox: its octets, and what lists show of it. `seq` counts the mailbox's messages from 1."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    sender = models.CharField(max_length=SENDER_LIMIT, blank=True)
    subject = models.CharField(max_length=SUBJECT_LIMIT, blank=True)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    COLUMNS = ("mailbox_id", "seq", "sender", "subject", "raw", "size", "received_at")

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["mailbox", "seq"], name="one_message_a_seq")]

    def __str__(self) -> str:
        return f"Message {self.seq} of {self.mailbox}"

    @classmethod
    def of(cls, sender: str, raw: bytes, received_at: datetime) -> Message:
        """A message that is in no mailbox yet. `sender` is the reverse-path, `raw` the message as it is stored."""
        return cls(
            sender=sender[:SENDER_LIMIT],
            subject=read_subject(raw)[:SUBJECT_LIMIT],
            raw=raw,
            size=len(raw),
            received_at=received_at,
        )

    def row(self) -> tuple[Any, ...]:
        """What stands in `COLUMNS` for it, as the database's driver takes it."""
        at = connection.ops.adapt_datetimefield_value(self.received_at)
        return (self.mailbox_id, self.seq, self.sender, self.subject, self.raw, self.size, at)
