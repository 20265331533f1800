"""A world: the hosts of a small Internet, and what each of them serves. Read from YAML, carried as plain values.

A world is written by an instructor, so every mistake in it is named by line, in a sentence.
"""

from protocols.world.model import Account, File, Ftp, Host, Mail, Names, World, WorldError, Zone
from protocols.world.reader import from_values, parse_world, read_values, read_world

__all__ = [
    "Account",
    "File",
    "Ftp",
    "Host",
    "Mail",
    "Names",
    "World",
    "WorldError",
    "Zone",
    "from_values",
    "parse_world",
    "read_values",
    "read_world",
]
