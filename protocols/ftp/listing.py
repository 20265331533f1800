"""Lists of files as they go over a data connection in LIST, NLST and MLSD, and over the control connection in STAT and
MLST. Octets out, in UTF-8, each line with its CRLF but for `write_facts`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from protocols.ftp.filesystem import Entry

HALF_A_YEAR = 31_556_952 // 2  # seconds: how old a file is when ls shows its year instead of the time of day
NOBODY, NO_GROUP = "nobody", "nogroup"  # as ls names an owner that is none, and the group of all files
# What can be told of a file, in this order, by names in lower case (RFC 3659 section 7.5: case does not matter), and
# what is told until OPTS MLST chooses: section 7.5.10.
FACTS = ("type", "size", "modify", "perm", "unique", "unix.mode")
USUAL_FACTS = FACTS[:5]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PERMISSIONS = "rwxrwxrwx"


def write_list(entries: Iterable[Entry], now: int) -> bytes:
    """The list that `ls -l` prints of `entries`, which RFC 959 leaves to each server (section 4.1.3) and programs read.
    Times are UTC; `now` is in seconds since the Unix epoch."""
    return b"".join(_list_line(entry, now) + b"\r\n" for entry in entries)


def write_names(entries: Iterable[Entry], prefix: str = "") -> bytes:
    """The names alone, for programs: RFC 959 section 4.1.3, NLST. With `prefix` ("/pub/") before each."""
    return b"".join(f"{prefix}{entry.name}\r\n".encode() for entry in entries)


def write_facts(
    entry: Entry, name: str, permissions: str, chosen: Collection[str] = USUAL_FACTS, kind: str = ""
) -> bytes:
    """What RFC 3659 section 7.2 has for one file: its facts, a space, and its name, without a line ending.
    `permissions` are FileSystem.permissions; of FACTS only the `chosen` ones are written (section 7.9); `kind` is
    "cdir" or "pdir" where a directory stands there as the one listed, or as the one above it (section 7.5.1)."""
    facts = {
        "type": kind or ("dir" if entry.is_directory else "file"),
        "size": None if entry.is_directory else str(entry.size),  # it applies to files only: section 7.5.7
        "modify": write_time(entry.modified),
        "perm": permissions,
        "unique": f"{entry.number:x}",
        "unix.mode": f"{entry.mode:04o}",
    }
    written = "".join(f"{spell(fact)}={facts[fact]};" for fact in FACTS if fact in chosen and facts[fact] is not None)
    return f"{written} {name}".encode()


def spell(fact: str) -> str:
    """The fact's name as it is written: the system's part is in capitals (RFC 3659 section 7.5: UNIX.mode)."""
    return fact.replace("unix.", "UNIX.")


def write_time(seconds: int) -> str:
    """The time in UTC as RFC 3659 section 2.3 writes it: "20260214093000"."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%d%H%M%S}"


def _list_line(entry: Entry, now: int) -> bytes:
    kind = "d" if entry.is_directory else "-"
    bits = "".join(letter if entry.mode >> (8 - place) & 1 else "-" for place, letter in enumerate(_PERMISSIONS))
    links = 2 if entry.is_directory else 1
    owner = entry.owner or NOBODY
    when = _list_time(entry.modified, now)
    return f"{kind}{bits} {links:>3} {owner:<8} {NO_GROUP:<8} {entry.size:>8} {when} {entry.name}".encode()


def _list_time(modified: int, now: int) -> str:
    at = datetime.fromtimestamp(modified, UTC)
    is_recent = now - HALF_A_YEAR < modified <= now
    clock = f"{at:%H:%M}" if is_recent else f"{at.year:>5}"
    return f"{_MONTHS[at.month - 1]} {at.day:>2} {clock}"
