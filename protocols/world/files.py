"""The FTP servers of a world and the files of its hosts, read from plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from protocols import limits
from protocols.world import names
from protocols.world.model import FIRST_DAY, PASSIVE_PORTS, Account, File, Ftp, World, WorldError
from protocols.world.parts import Parts, Where

ACCOUNT_LIMIT = 100  # accounts of a server
CREDENTIAL_LIMIT = 64  # characters of a user's name, a password, and what ACCT wants
LAST_SECOND = 253_402_300_799  # of the year 9999, beyond which there is no way to write a date

_PORTS = re.compile(r"(\d{4,5}) ?- ?(\d{4,5})")
_USER = re.compile(rf"[!-~]{{1,{CREDENTIAL_LIMIT}}}")  # without a space, which a list of files could not show
_MODE = re.compile(r"[0-7]{3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTROLS = re.compile(r"[\0-\x08\x0b\x0e-\x1f]")
_FAULTS = {
    "bad-name": "has a control character in it",
    "name-too-long": f"has a name longer than {limits.FILE_NAME} octets in it",
    "path-too-long": f"is longer than {limits.FILE_PATH} octets",
}


def read_ftp(parts: Parts, values: Any, where: Where) -> Ftp:
    """The FTP server that `values` describe. Raises WorldError."""
    given = parts.mapping(values, where, {"accounts"}, {"passive_ports", "words"})
    accounts: list[Account] = []
    for number, each in enumerate(parts.items(given["accounts"], (*where, "accounts"), ACCOUNT_LIMIT)):
        account = _account(parts, each, (*where, "accounts", number))
        if any(other.user == account.user for other in accounts):
            parts.fail((*where, "accounts", number, "user"), f"two accounts have the user {account.user}")
        accounts.append(account)
    ports = given.get("passive_ports")
    return Ftp(
        accounts=tuple(accounts),
        passive_ports=PASSIVE_PORTS if ports is None else _ports(parts, ports, (*where, "passive_ports")),
        words=parts.words(given.get("words"), (*where, "words"), limits.REPLY_LINES),
    )


def _account(parts: Parts, values: Any, where: Where) -> Account:
    given = parts.mapping(values, where, {"user"}, {"password", "account", "home", "quota", "may_write"})
    user = parts.text(given["user"], (*where, "user"))
    if not _USER.fullmatch(user):
        parts.fail((*where, "user"), f"a user is 1 to {CREDENTIAL_LIMIT} printable ASCII characters without a space")
    password, account = given.get("password"), given.get("account")
    home, quota, may_write = given.get("home"), given.get("quota"), given.get("may_write")
    return Account(
        user=user,
        password=None if password is None else _credential(parts, password, (*where, "password")),
        account="" if account in (None, "") else _credential(parts, account, (*where, "account")),
        home=names.ROOT if home is None else _home(parts, home, (*where, "home")),
        quota=limits.FILES if quota is None else parts.number(quota, (*where, "quota"), limits.FILES),
        may_write=True if may_write is None else parts.switch(may_write, (*where, "may_write")),
    )


def _credential(parts: Parts, value: Any, where: Where) -> str:
    # A number would lose its zeros, and what is not printable cannot be typed.
    if not isinstance(value, str) or not value or not value.isprintable() or len(value) > CREDENTIAL_LIMIT:
        what = f"{where[-1]} is 1 to {CREDENTIAL_LIMIT} printable characters; digits alone stand in quotes"
        parts.fail(where, what)
    return value


def _home(parts: Parts, value: Any, where: Where) -> str:
    path = _path(parts, value, where)
    return path.removesuffix("/") or names.ROOT


def _ports(parts: Parts, value: Any, where: Where) -> tuple[int, int]:
    match = _PORTS.fullmatch(value) if isinstance(value, str) else None
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1_024 <= first <= last <= 65_535:
        parts.fail(where, "passive_ports are the first and the last port, from 1024 to 65535, such as 1379-1478")
    return first, last


def read_files(parts: Parts, values: Any, where: Where, ftp: Ftp | None) -> tuple[File, ...]:
    """The files of a host with this FTP server, and the directories above them. Raises WorldError."""
    if not values:
        return ()
    users = {account.user for account in ftp.accounts} if ftp else set()
    found: dict[str, File] = {}  # by the path without a directory's slash
    for number, each in enumerate(parts.items(values, where, limits.FILE_ENTRIES)):
        file = _file(parts, each, (*where, number))
        if file.owner and file.owner not in users:
            parts.fail((*where, number, "owner"), f"{file.owner} is no account of this host's FTP server")
        if found.setdefault(file.path.rstrip("/"), file) is not file:
            parts.fail((*where, number, "path"), f"the path {file.path.rstrip('/')} stands here twice")
    for number, path in enumerate(found):
        for parent in names.parents_of(path):
            if parent in found and not found[parent].is_directory:
                parts.fail((*where, number, "path"), f"{parent} is a file, and nothing can stand in it")
    return with_parents(found.values())


def _file(parts: Parts, values: Any, where: Where) -> File:
    known = {"owner", "mode", "modified", "text"}
    # What a person writes has no content beside it.
    given = parts.mapping(values, where, {"path"}, known if parts.is_written else known | {"size", "sha256"})
    path = _path(parts, given["path"], (*where, "path"))
    owner, mode, modified = given.get("owner"), given.get("mode"), given.get("modified")
    is_directory = path.endswith("/")
    file = File(
        path=path,
        owner="" if owner in (None, "") else parts.text(owner, (*where, "owner")),
        mode=(0o755 if is_directory else 0o644) if mode is None else _mode(parts, mode, (*where, "mode")),
        modified=FIRST_DAY if modified is None else _time(parts, modified, (*where, "modified")),
        **_content(parts, given, where),
    )
    if is_directory and (file.text is not None or file.sha256):
        parts.fail(where, f"{path} is a directory, since it ends in a slash, and has no content")
    if not is_directory and (file.text is None) == (not file.sha256):
        parts.fail(where, f"the file {path} needs its text; a directory's path ends in a slash")
    return file


def _content(parts: Parts, given: dict[str, Any], where: Where) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if given.get("text") is not None:
        content["text"] = _text(parts, given["text"], (*where, "text"))
    if given.get("sha256") is not None:
        content["sha256"] = given["sha256"]
        if not isinstance(given["sha256"], str) or not _SHA256.fullmatch(given["sha256"]):
            parts.fail((*where, "sha256"), "sha256 is 64 hexadecimal digits in lower case")
        content["size"] = parts.number(given.get("size"), (*where, "size"), limits.FILES)
    elif given.get("size") is not None:
        parts.fail((*where, "size"), "a size stands beside a sha256 only")
    return content


def _path(parts: Parts, value: Any, where: Where) -> str:
    path = parts.text(value, where)
    if not path.startswith("/") or {"", ".", ".."} & set(path.removesuffix("/").split("/")[1:]):
        parts.fail(where, f"{path!r} is not an absolute path, such as /pub/README")
    fault = names.find_path_fault(path)
    if fault:
        parts.fail(where, f"this path {_FAULTS[fault]}")
    return path


def _mode(parts: Parts, value: Any, where: Where) -> int:
    # YAML takes 644 for a number, and 007 for 7.
    text = f"{value:03}" if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _MODE.fullmatch(text):
        parts.fail(where, "mode is three octal digits, such as 644")
    return int(text, 8)


def _time(parts: Parts, value: Any, where: Where) -> int:
    """Seconds since the Unix epoch: a number in plain values, a date and a time of day in UTC where a person writes."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_SECOND:
        return value
    try:
        at = datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.year < 1970:
        parts.fail(where, 'modified is a date and a time in UTC, such as "2026-02-14 09:30"')
    return int(at.timestamp())


def _text(parts: Parts, value: Any, where: Where) -> str:
    if not isinstance(value, str):
        parts.fail(where, "a file's text is a text")
    # A control character is six octets of a frame, and all texts of a world have to fit into one.
    if _CONTROLS.search(value):
        parts.fail(where, "a file's text has no control characters but tabs, line ends and form feeds")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        parts.fail(where, "a file's text has a character that UTF-8 does not have")
    return value


def check_room(parts: Parts, world: World) -> None:
    """Refuse more files than a lab has room for, all hosts together: WorldError."""
    entries = texts = octets = 0
    for number, host in enumerate(world.hosts):
        where = ("hosts", number, "files")
        entries += sum(file.path != names.ROOT for file in host.files)
        texts += sum(len(file.text.encode()) for file in host.files if file.text is not None)
        octets += sum(file.size for file in host.files)
        if entries > limits.FILE_ENTRIES:
            parts.fail(where, f"a world has at most {limits.FILE_ENTRIES} files and directories")
        if texts > limits.FILE_TEXTS:
            parts.fail(where, f"the texts of a world's files have at most {limits.FILE_TEXTS:,} octets together")
        if octets + texts > limits.FILES:
            parts.fail(where, f"a world's files have at most {limits.FILES:,} octets together")


def check_homes(world: World) -> None:
    """Refuse an account whose home is no directory of its host: WorldError. A world that a student used may lack one,
    since they may remove it; whoever writes a world has made a mistake."""
    for host in world.hosts:
        directories = {names.ROOT} | {file.path.rstrip("/") for file in host.files if file.is_directory}
        for account in host.ftp.accounts if host.ftp else ():
            if account.home not in directories:
                what = f"The home of {account.user} on {host.name} is {account.home}"
                raise WorldError(f"{what}, and the host's files have no such directory.")


def with_parents(files: Iterable[File]) -> tuple[File, ...]:
    """`files` with the directories above each that are not stated, which nobody owns, each before what stands in it.
    The root is no file of a host unless it is stated."""
    files = tuple(files)
    seen = {file.path for file in files} | {names.ROOT}
    found: list[File] = []
    for file in files:
        for path in names.parents_of(file.path.rstrip("/")):
            directory = names.join(path, "")
            if directory not in seen:
                seen.add(directory)
                found.append(File(directory, mode=0o755))
        found.append(file)
    return tuple(found)
