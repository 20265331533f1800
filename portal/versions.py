"""The version of the static files, which is a part of their addresses."""

from __future__ import annotations

import hashlib
from pathlib import Path

import django


def find_version(folder: Path) -> str:
    """A word that is another one whenever a file in `folder` is, or Django, whose administration has its own."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(b"%s\0%d\0" % (str(path.relative_to(folder)).encode(), path.stat().st_size))
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_immutable(path: str, url: str) -> bool:
    """Whether what is at a static file's `url` never changes. It does not: its version is in its address."""
    return True
