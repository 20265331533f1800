"""The names of files: what a path is, and what is none. For a world's files, and for those of a lab that runs.

A name is some octets of UTF-8 without a slash and without a control character; its letters are taken as they are. So
the two spellings of "ü" in Unicode are two names, as on Unix, and so are "A" and "a", or a name and the same with a
space behind it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from protocols import limits

ROOT = "/"


def find_name_fault(path: str) -> str | None:
    """Why a name in `path` cannot be one, as FTP's causes have it: "bad-name" (not UTF-8, or with a control character)
    or "name-too-long"; None where all can be."""
    try:
        octets = path.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return "bad-name"
    if any(unicodedata.category(character) == "Cc" for character in path):
        return "bad-name"
    return "name-too-long" if any(len(name) > limits.FILE_NAME for name in octets.split(b"/")) else None


def find_path_fault(path: str) -> str | None:
    """Why `path` cannot be the absolute name of a file: that of one of its names, or "path-too-long"."""
    return find_name_fault(path) or ("path-too-long" if len(path.encode()) > limits.FILE_PATH else None)


def join(directory: str, name: str) -> str:
    """The absolute name of `name` in `directory`."""
    return f"{directory.rstrip(ROOT)}/{name}"


def parent_of(path: str) -> str:
    """The directory that the absolute name `path` stands in; the root's is the root."""
    return path.rpartition("/")[0] or ROOT


def parents_of(path: str) -> Iterator[str]:
    """The directories above the absolute name `path`, the root first."""
    parts = path.split("/")[1:-1]
    yield ROOT
    yield from ("/" + "/".join(parts[: number + 1]) for number in range(len(parts)))
