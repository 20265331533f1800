"""A world's files, and the servers and accounts that lead to them."""

from __future__ import annotations

from collections.abc import Iterable

from protocols.world import names
from protocols.world.model import File


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
