"""The shape of a cause, and how its arguments are said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocols import limits
from protocols.description import Tone

SHOWN = 3  # of a list of names in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a server answers so.

    `why` is the key. `about` names the cause's arguments in their order; one that begins with "*" is all the rest.
    `says` tells why it is answered so, `help` what to do where something went wrong. In both stand, in braces, the
    arguments, {server} who answers, {name} and {type} of what it was asked, the name {target} at the end of the
    answer's aliases, the response's {rcode}, and the sentence {waited} on how long servers were waited for. `tone` is
    what the response asks of the client, `references` are (RFC, section).
    """

    why: str
    tone: Tone
    says: str
    references: tuple[tuple[int, str], ...]
    about: tuple[str, ...] = ()
    help: str = ""

    def fill(self, template: str, arguments: tuple[str, ...], known: dict[str, str]) -> str:
        """`says` or `help` as `template` with its braces filled; `known` are {server}, {name}, {type}, {target},
        {rcode} and {waited}. An argument that is not there is called "something"."""
        values = {}
        for number, key in enumerate(self.about):
            given = arguments[number:] if key.startswith("*") else arguments[number : number + 1]
            values[key.removeprefix("*")] = _FORMS.get(key, _list)(given)
        return template.format_map(known | values)


def plain(name: str) -> str:
    """A name in presentation form as people write it: without its last dot; the root is "the root"."""
    if name == ".":
        return "the root"
    return name[:-1] if name.endswith(".") and not name.endswith("\\.") else name


def count_of(number: str, one: str) -> str:
    """ "1 query", "3 queries" """
    if number == "1":
        return f"1 {one}"
    more = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return f"{int(number):,} {more}" if number.isascii() and number.isdigit() and len(number) < 12 else f"some {more}"


def _list(names: tuple[str, ...]) -> str:
    """ "lentil.edu", "lentil.edu and halva.fr", "lentil.edu, halva.fr, vuw.ac.nz and 4 more" """
    if not names:
        return "something"
    shown = [plain(name) for name in names[:SHOWN]]
    if len(names) > SHOWN:
        shown.append(f"{len(names) - SHOWN} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _zones(names: tuple[str, ...]) -> str:
    forward_first = sorted(names, key=lambda name: name.endswith(".arpa."))
    return f"{_list(tuple(forward_first))} only" if names else "no zone"


def _word(table: dict[str, str], otherwise: str) -> Callable[[tuple[str, ...]], str]:
    return lambda given: table.get(given[0], otherwise) if given else otherwise


# What is wrong with a query that cannot be read: the codes are `what` of WireError.
FORMATS = {
    "header": "it is shorter than a header, which has 12 octets",
    "question-count": "it has not exactly one question",
    "record-count": f"it announces more than {limits.DNS_RECORDS:,} records",
    "short": "it ends before it should",
    "label": f"a label of it has more than {limits.LABEL} octets",
    "pointer": "a compressed name in it points where no name is",
    "name": f"a name of it has more than {limits.NAME} octets",
    "opt": "its OPT record is not alone, or not where it belongs",
    "option": "its OPT record ends within an option",
    "parts": f"it has more than {limits.DNS_PARTS:,} labels, texts and options in all",
}

# Which of a resolver's limits a query reached.
LIMITS = {
    "queries": f"{limits.RESOLVE_QUERIES} queries",
    "aliases": f"{limits.ALIASES} aliases, one leading to the next",
    "delegations": f"{limits.DELEGATIONS} delegations, one below the other",
    "servers": f"{limits.SERVERS_TRIED} servers of one zone",
    "resolutions": f"{limits.RESOLUTIONS} resolutions at once",
}

_FORMS: dict[str, Callable[[tuple[str, ...]], str]] = {
    "*zones": _zones,
    "queries": lambda given: count_of(given[0] if given else "", "query"),
    "seconds": lambda given: count_of(given[0] if given else "", "second"),
    "format": _word(FORMATS, "its octets make no message"),
    "limit": _word(LIMITS, "as much work as it does for one query"),
}
