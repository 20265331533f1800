"""What the lines within a reply say: the features that FEAT lists, and the facts that MLST tells. Pure."""

from __future__ import annotations

from protocols.description import Field, Section
from protocols.ftp import tables
from protocols.ftp.sources import Source, refer

# RFC 3659 section 7.5. The names of facts are compared without regard to case.
_FACTS: dict[str, tables.Meaning] = {
    "type": tables.Meaning(
        "what it is: a file, a directory, or cdir and pdir for the one listed and its parent", (3659, "7.5.1")
    ),
    "unique": tables.Meaning("the same for every name of the same thing, and for nothing else", (3659, "7.5.2")),
    "modify": tables.Meaning("when it was last modified, in universal time", (3659, "7.5.3")),
    "perm": tables.Meaning(
        "what you may do: r RETR, w STOR, a APPE, d DELE or RMD, f RNFR; in a directory e CWD, l LIST, c STOR, m MKD, "
        "p remove what is in it",
        (3659, "7.5.5"),
    ),
    "size": tables.Meaning("its size in octets, about that which a transfer would bring", (3659, "7.5.7")),
    "unix.mode": tables.Meaning("its permission bits, as Unix has them", (3659, "7.6")),
    "unix.owner": tables.Meaning("the account that owns it", (3659, "7.6")),
}
_OTHER_FACT = tables.Meaning("a fact that has no entry here", (3659, "7.6"))


def on_line(why: str, text: str) -> tuple[list[str], list[Source], Section | None]:
    """What `text` says, a line within the reply whose cause is `why`: sentences, their sources, and its fields where it
    has some."""
    if why == "features":
        known = tables.FEATURES.get(text.strip(" ").partition(" ")[0].upper())
        return (["The server offers a feature. " + known.text], [known.source], None) if known else ([], [], None)
    if why == "facts":
        facts, _, name = text.strip(" ").partition(" ")
        fields = tuple(_field(fact) for fact in facts.split(";") if fact)
        says = f"The facts stand before the space, each ended by a semicolon; behind it stands the name, {name}."
        return [says], [(3659, "7.2")], Section("Facts", fields) if fields else None
    cause = tables.CAUSES.get(why)
    return ([cause.says], list(cause.references), None) if cause else ([], [], None)


def _field(fact: str) -> Field:
    name, _, value = fact.partition("=")
    meaning = _FACTS.get(name.lower(), _OTHER_FACT)
    return Field(name, value, meaning.text, refer(meaning.source))
