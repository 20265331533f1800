"""A file that somebody puts on a host on a page, on its way: to the lab's owner while the lab is up, into the models
while it is not, or into the world of an activity.

Whether it may be there is asked of the file systems that the lab would have, so that the answer is the same one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from portal.labs import limits
from portal.labs.asking import NoAnswer, ask
from portal.labs.contents import forget_unnamed
from portal.labs.messages import PlaceFile
from portal.labs.models import KnownContent, Lab
from portal.worlds.contents import uploaded
from portal.worlds.files import with_files, write_file
from portal.worlds.models import World
from protocols.events import NotStored, Stored
from protocols.ftp.filesystem import Entry, FileError, FileSystem, Put, Room
from protocols.limits import FILE_ENTRIES, FILE_NAME, FILE_PATH, FILES
from protocols.world import Host, WorldError, names, parse_world

NO_ANSWER = {
    "starting": "The lab is starting; send the file again when it runs, in a moment.",
    "heard": "The lab does not answer, so the file was not put there; send it again in a moment.",
    "reached": "The lab cannot be reached for the moment, so the file was not put there; send it again in a minute.",
    "time": f"The lab has not answered for {limits.FILE_ANSWERED} seconds; reload the page to see whether it has the "
    "file by now.",
}
REFUSALS = {
    "no-such-host": "There is no host {host} here; reload the page, and choose another.",
    "no-such-owner": "{host} has no account {owner}; reload the page, and choose another.",
    "no-such-directory": "{host} has no directory {directory}; choose one of those in its tree.",
    "not-a-directory": "{directory} on {host} is no directory; choose one of those in its tree.",
    "is-a-directory": "{path} is a directory on {host}; give your file another name.",
    "permission-denied": "The permissions of {directory} on {host} do not let {owner} write {path}; choose another "
    "directory, or another owner.",
    "account-reads-only": "The account {owner} on {host} may only read; choose another owner.",
    "over-quota": "The files of {owner} on {host} have their quota, and your file's {size} octets do not fit; choose a "
    "smaller file, or delete others first.",
    "lab-full": f"All files here have at most {FILES:,} octets together, and the {{size}} of yours do not fit; choose "
    "a smaller file, or delete others first.",
    "too-many-files": f"There are at most {FILE_ENTRIES} files and directories here, and there is none left; delete "
    "others first.",
    "bad-name": "A file's name has no slash and no control characters, and is not empty; give your file another name.",
    "name-too-long": f"A file's name has at most {FILE_NAME} octets; give your file a shorter one.",
    "path-too-long": f"A file's name and directories have at most {FILE_PATH} octets; give yours a shorter name.",
}
OTHERWISE = "The lab did not take the file; look into its transcript, and send it again."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to be on `host`, in `directory`, under `name`. `owner` is the account that puts it there, "" where
    the host itself does, which may do so everywhere."""

    host: str
    directory: str
    name: str
    owner: str
    octets: bytes

    @property
    def path(self) -> str:
        """Its absolute name."""
        return names.join(self.directory, self.name)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what is in it, in hexadecimal digits."""
        return hashlib.sha256(self.octets).hexdigest()


class PlaceRefused(Exception):
    """The file is not there. The text is one sentence for whoever sent it."""


def read_upload(host: str, directory: str, owner: str, file: UploadedFile[bytes]) -> Upload:
    """The file that came with a form. Raises PlaceRefused."""
    name, size = file.name or "", file.size or 0
    if size > FILES:
        raise PlaceRefused(f"{name} has {size:,} octets, and a file here has at most {FILES:,}; choose a smaller one.")
    return Upload(host, directory, name, owner, file.read())


def place_in_lab(lab: Lab, wanted: Upload) -> None:
    """Put a file on a host of a lab; returns when that is committed. Raises PlaceRefused."""
    hosts = _read_hosts(lab.world)
    path = _plan(lab.world, hosts, wanted).path
    with uploaded(wanted.octets) as content, transaction.atomic():
        # Until this is over nobody starts a lab that is at rest: its files have one writer at a time.
        lab.state = Lab.objects.select_for_update().values_list("state", flat=True).get(pk=lab.pk)
        if lab.state not in Lab.UP:
            write_file(lab.world, wanted.host, _plan(lab.world, hosts, wanted), content.settle(wanted.sha256))
            return
        known = content.settle(wanted.sha256)
        KnownContent.objects.get_or_create(lab=lab, content=known)
    message = PlaceFile(uuid4().hex, wanted.host, path, wanted.owner, wanted.sha256, len(wanted.octets))
    _command(lab, wanted, message)


def place_in_template(world: World, wanted: Upload) -> None:
    """Put a file on a host of an activity's world, of which the labs that are opened later get it. Raises
    PlaceRefused."""
    hosts = _read_hosts(world)
    _plan(world, hosts, wanted)
    with uploaded(wanted.octets) as content, transaction.atomic():
        World.objects.select_for_update().get(pk=world.pk)
        write_file(world, wanted.host, _plan(world, hosts, wanted), content.settle(wanted.sha256))


def _read_hosts(world: World) -> tuple[Host, ...]:
    """The hosts of the world's document, which is long to read: in no transaction."""
    try:
        return parse_world(world.source).hosts
    except WorldError as error:
        raise PlaceRefused(f"This world cannot be used: {error}") from error


def _plan(world: World, hosts: Sequence[Host], wanted: Upload) -> Entry:
    """What the lab's file system would make of it, as far as the models know. Raises PlaceRefused."""
    room, system, account = Room(), None, None
    for host in with_files(world, hosts):
        accounts = host.ftp.accounts if host.ftp else ()
        sizes = {file.sha256: bytes(file.size) for file in host.files}  # what is in them makes no difference
        grown = FileSystem(host.files, sizes, room, lambda: int(time.time()), accounts)
        if host.name == wanted.host:
            system, account = grown, next((each for each in accounts if each.user == wanted.owner), None)
    try:
        if system is None:
            raise FileError("no-such-host")
        if wanted.owner and account is None:
            raise FileError("no-such-owner")
        if wanted.name in ("", ".", "..") or "/" in wanted.name:
            raise FileError("bad-name")
        changes = system.store(account, system.resolve(names.ROOT, wanted.path), wanted.octets)
    except FileError as error:
        raise _refuse(wanted, error.why) from error
    return next(change.entry for change in changes if isinstance(change, Put))


def _refuse(wanted: Upload, why: str) -> PlaceRefused:
    """What is said of a file that is not put there, for a cause of FileError; a hostile lab may give another."""
    sentence = REFUSALS.get(why, OTHERWISE).format(
        host=wanted.host,
        directory=wanted.directory,
        path=wanted.path,
        owner=wanted.owner or "its owner",
        size=f"{len(wanted.octets):,}",
    )
    return PlaceRefused(sentence)


def _command(lab: Lab, wanted: Upload, message: PlaceFile) -> None:
    """Have the lab's owner do it, and wait for the event that says what became of it."""
    try:
        answer = ask(lab, message, limits.FILE_ANSWERED)
    except NoAnswer as error:
        if error.why != "time":  # else it may yet be done
            forget_unnamed(lab.pk, message.sha256)
        raise PlaceRefused(NO_ANSWER[error.why]) from error
    if not isinstance(answer, Stored):
        forget_unnamed(lab.pk, message.sha256)
        raise _refuse(wanted, answer.why if isinstance(answer, NotStored) else "")
