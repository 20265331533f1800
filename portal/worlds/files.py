"""Files as they are kept: the accounts of a world's FTP servers, and the trees of files of its hosts.

In an activity's world they are made of its document, but for files that a person put there; in a lab's they are what
its log says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from portal.rows import insert, query, quote
from portal.worlds.contents import Chunk, Content, find_content
from protocols import limits
from protocols.ftp.filesystem import Entry
from protocols.world import names
from protocols.world.files import CREDENTIAL_LIMIT, with_parents
from protocols.world.model import Account, File, Host

if TYPE_CHECKING:
    from portal.worlds.models import World

__all__ = ["Chunk", "Content", "FtpAccount", "VirtualFile"]

HOST_LIMIT = 253  # characters of a host's name (RFC 1035 section 2.3.4, in presentation form)


class FtpAccount(models.Model):
    """Who may log in to the FTP server on `host`: an `Account` of `protocols.world`. Without a password (None) any will
    do."""

    COLUMNS = ("world_id", "host", "user", "password", "account", "home", "quota", "may_write")

    world = models.ForeignKey("worlds.World", models.CASCADE, related_name="accounts", db_index=False)
    host = models.CharField(max_length=HOST_LIMIT)
    user = models.CharField(max_length=CREDENTIAL_LIMIT)
    password = models.TextField(null=True, blank=True)  # noqa: DJ001 - "" is a password
    account = models.TextField(blank=True)
    home = models.CharField(max_length=limits.FILE_PATH, default=names.ROOT)
    quota = models.PositiveIntegerField(default=limits.FILES)
    may_write = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "host", "user"], name="one_account_a_user")]

    def __str__(self) -> str:
        return f"{self.user} at {self.host}"

    def to_document(self) -> Account:
        """This account as a world's document has it."""
        return Account(self.user, self.password, self.account, self.home, self.quota, self.may_write)


class VirtualFile(models.Model):
    """A file or a directory of a host, by its absolute name `path`, which has no slash at its end. `owner` is an
    account's user, "" for nobody's; `mode` are the permission bits; a file has a content. With `is_placed` a person put
    it there: what the world's document says does not change it."""

    COLUMNS = (
        "world_id",
        "host",
        "path",
        "is_directory",
        "owner",
        "mode",
        "modified_at",
        "size",
        "content_id",
        "is_placed",
    )

    world = models.ForeignKey("worlds.World", models.CASCADE, related_name="files", db_index=False)
    host = models.CharField(max_length=HOST_LIMIT)
    path = models.CharField(max_length=limits.FILE_PATH)
    is_directory = models.BooleanField(default=False)
    owner = models.CharField(max_length=CREDENTIAL_LIMIT, blank=True)
    mode = models.PositiveSmallIntegerField()
    modified_at = models.DateTimeField()
    size = models.PositiveIntegerField(default=0)
    content = models.ForeignKey(Content, models.PROTECT, null=True, blank=True, related_name="files")
    is_placed = models.BooleanField("placed", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "host", "path"], name="one_file_a_path")]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def depth(self) -> int:
        """How many directories it stands in, the root not counted."""
        return self.path.count("/") - 1

    def octets(self) -> bytes:
        """What is in it; b"" for a directory."""
        return self.content.octets() if self.content else b""

    def to_document(self) -> File:
        """This file as a world's document has it, its content by SHA-256 and size."""
        path = names.join(self.path, "") if self.is_directory else self.path
        values: dict[str, Any] = {"owner": self.owner, "mode": self.mode, "modified": int(self.modified_at.timestamp())}
        if self.content:
            values |= {"size": self.size, "sha256": self.content.sha256}
        return File(path, **values)


def with_files(world: World, hosts: Sequence[Host]) -> tuple[Host, ...]:
    """The hosts of a document with the accounts and files that the models have."""
    accounts: dict[str, list[Account]] = {}
    for account in world.accounts.order_by("pk"):
        accounts.setdefault(account.host, []).append(account.to_document())
    files: dict[str, list[File]] = {}
    for file in world.files.select_related("content").order_by("pk"):
        files.setdefault(file.host, []).append(file.to_document())
    return tuple(_with_files(host, accounts.get(host.name, []), files.get(host.name, [])) for host in hosts)


def _with_files(host: Host, accounts: list[Account], files: list[File]) -> Host:
    ftp = replace(host.ftp, accounts=tuple(accounts)) if host.ftp else None
    return replace(host, ftp=ftp, files=tuple(files))


def read_contents(world: World) -> list[tuple[str, bytes]]:
    """What is in the world's files, by SHA-256."""
    hashes = dict(Content.objects.filter(files__world=world).distinct().values_list("pk", "sha256"))
    parts: dict[int, list[bytes]] = {content: [] for content in hashes}
    chunks = Chunk.objects.filter(content__in=hashes).order_by("content", "offset")
    for content, octets in chunks.values_list("content", "octets"):
        parts[content].append(bytes(octets))
    return [(hashes[content] or "", b"".join(parts[content])) for content in hashes]


def make_files(world: World, hosts: Iterable[Host]) -> None:
    """Make the accounts and files that a document's hosts have, and remove others but those that a person put there, on
    hosts that are there. Where a person's file stands in the way the document's is not made."""
    hosts = list(hosts)
    with transaction.atomic():
        _make_accounts(world, hosts)
        _make_files(world, hosts)


def _make_accounts(world: World, hosts: list[Host]) -> None:
    named = [(host.name, account) for host in hosts if host.ftp for account in host.ftp.accounts]
    if [(each.host, each.to_document()) for each in world.accounts.order_by("pk")] != named:
        world.accounts.all().delete()
        insert(FtpAccount, FtpAccount.COLUMNS, [_account_row(world, host, account) for host, account in named])


def _account_row(world: World, host: str, account: Account) -> tuple[Any, ...]:
    values = (account.user, account.password, account.account, account.home, account.quota, account.may_write)
    return (world.pk, host, *values)


def _make_files(world: World, hosts: list[Host]) -> None:
    world.files.exclude(host__in={host.name for host in hosts}).delete()
    there = {(file.host, file.path): file for file in world.files.select_related("content")}
    named = _name_files(hosts, [file for file in there.values() if file.is_placed])
    kept = {
        place: file
        for place, file in there.items()
        if file.is_placed or (place in named and file.to_document() == _by_hash(named[place]))
    }
    VirtualFile.objects.filter(pk__in=[file.pk for place, file in there.items() if place not in kept]).delete()
    files = {place for place, file in kept.items() if not file.is_directory}
    new = {(host, path): file for (host, path), file in named.items() if _is_free(host, path, kept, files)}
    contents = _find_contents(file.text for file in new.values() if file.text is not None)
    insert(VirtualFile, VirtualFile.COLUMNS, [_file_row(world, *place, new[place], contents) for place in new])


def _name_files(hosts: Iterable[Host], placed: Iterable[VirtualFile]) -> dict[tuple[str, str], File]:
    """The files that are to be there, by host and path, with the directories above each."""
    named = {}
    for host in hosts:
        own = [file.to_document() for file in placed if file.host == host.name]
        for file in with_parents([*host.files, *own]):
            named[host.name, path_of(file)] = file
    return named


def _is_free(host: str, path: str, kept: Container[tuple[str, str]], files: Container[tuple[str, str]]) -> bool:
    return (host, path) not in kept and not any((host, above) in files for above in names.parents_of(path))


def path_of(file: File) -> str:
    """The path of a document's file as the models have it."""
    return file.path.rstrip("/") or names.ROOT


def _by_hash(file: File) -> File:
    """A document's file without its text."""
    if file.text is None:
        return file
    octets = file.text.encode()
    return replace(file, text=None, size=len(octets), sha256=hashlib.sha256(octets).hexdigest())


def _find_contents(texts: Iterable[str]) -> dict[str, int]:
    """The ids of the contents that are these texts, by SHA-256. Those that are not there are made."""
    found = {}
    for text in set(texts):
        octets = text.encode()
        sha256 = hashlib.sha256(octets).hexdigest()
        found[sha256] = find_content(sha256, octets).pk
    return found


def _file_row(world: World, host: str, path: str, file: File, contents: Mapping[str, int]) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(file.modified, UTC))
    file = _by_hash(file)
    content = contents[file.sha256] if file.sha256 else None
    return (world.pk, host, path, file.is_directory, file.owner, file.mode, at, file.size, content, False)


def copy_files(world: World, copy: World) -> None:
    """Give `copy`, which has none, the accounts and files of `world`. What is in the files is shared."""
    if connection.features.has_select_for_update:  # else nobody removes a content meanwhile anyway
        held = "SELECT content_id FROM worlds_virtualfile WHERE world_id = %s"
        query(f"SELECT id FROM worlds_content WHERE id IN ({held}) FOR KEY SHARE", [world.pk])
    for model in (FtpAccount, VirtualFile):
        table, columns = model._meta.db_table, quote(model.COLUMNS[1:])
        rows = f"SELECT %s, {columns} FROM {table} WHERE world_id = %s ORDER BY id"
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} (world_id, {columns}) {rows}", [copy.pk, world.pk])


def write_file(world: World, host: str, entry: Entry, content: Content) -> None:
    """Write a file that a person puts there, where no lab runs it."""
    values = {
        "owner": entry.owner,
        "mode": entry.mode,
        "modified_at": datetime.fromtimestamp(entry.modified, UTC),
        "size": content.size,
        "content": content,
        "is_placed": True,
    }
    VirtualFile.objects.update_or_create(world=world, host=host, path=entry.path, defaults=values)
