"""Reading settings from the environment. A value that cannot be used stops the program with one sentence that names
its variable; nothing needs to be set."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = ("1", "yes", "true", "on")
_FALSE = ("", "0", "no", "false", "off")


def read_text(name: str, default: str) -> str:
    """The value of `name`, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def read_folder(name: str, default: Path) -> Path:
    """The absolute path of a folder, which is made where it is missing, for its owner alone."""
    path = Path(read_text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is {str(path)!r}, and no folder can be made there: {error.strerror}."
        ) from error
    return path


def read_flag(name: str) -> bool:
    """Whether `name` is switched on; unset, it is not."""
    value = os.environ.get(name, "").strip().lower()
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}, and it must be 1 or 0.")


def read_port(name: str, default: int) -> int:
    """A TCP port."""
    value = read_text(name, str(default))
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65_535:
        return int(value)
    raise ImproperlyConfigured(f"{name} is {value!r}, and it must be a port from 1 to 65535.")


def read_names(name: str, known: frozenset[str] | None = None) -> list[str]:
    """A list of names with commas between them, each one of `known` where that is given."""
    names = [part.strip() for part in read_text(name, "").split(",") if part.strip()]
    for unknown in (part for part in names if known is not None and part not in known):
        raise ImproperlyConfigured(f"{name} names {unknown!r}, and it knows only {', '.join(sorted(known or ()))}.")
    return names


def read_database(name: str, default: Path) -> dict[str, Any]:
    """Django's settings for the database at the URL in `name`: PostgreSQL, or SQLite, which is at `default` unless
    the URL says otherwise."""
    url = read_text(name, f"sqlite:///{default}")
    scheme = urlsplit(url).scheme
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(f"{name} must be a postgresql:// or sqlite:// address; it begins with {scheme!r}.")
    try:
        database: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} cannot be read as the address of a database.") from error
    if scheme == "sqlite":
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",  # a transaction that reads first and then writes could not wait its turn
            "timeout": 5,  # seconds to wait for another writer: ours are done within 50 ms
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
        }
    else:
        # Values travel beside the statement, octets as they are, instead of written out in it.
        database.setdefault("OPTIONS", {})["server_side_binding"] = True
    return database


def read_redis(name: str, default: Path) -> str:
    """The address of Redis, as redis-py writes it; by default the private one on the Unix socket `default`."""
    url = read_text(name, f"unix://{default}")
    scheme = urlsplit(url).scheme
    if scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            f"{name} must be a redis://, rediss:// or unix:// address; it begins with {scheme!r}."
        )
    return url


def to_broker(url: str) -> str:
    """The address of the same Redis as Celery writes it."""
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url


def keep_secret(path: Path) -> str:
    """The secret in the file at `path`, which only its owner can read; it is made on first use."""
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"The secret key cannot be kept in {path}: {error.strerror}.") from error


def _make_secret(path: Path) -> None:
    # Written whole under another name first: of two processes that start together, both read the one that came first.
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # of mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
