"""The keys of what one event can show, and what stands under each: how it is read, and how an author is told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.rcode
import dns.rdatatype

from protocols import limits
from protocols.goals.model import ANYTHING, Pattern
from protocols.goals.questions import ANSWERS
from protocols.goals.sights import MACHINES, NODATA
from protocols.world.parts import Parts, Where

PART_LIMIT = 20  # verbs, header fields or wishes in one list

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kind:
    """What stands under a key: `read` takes it from an author's plain values, `words` say what it can be, and `choices`
    are all that it can be, where those are few."""

    read: Callable[[Parts, Any, Where], Any]
    words: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys that a thing needs, and those that it can have."""

    needed: Mapping[str, Kind]
    known: Mapping[str, Kind]

    def read(self, parts: Parts, value: Any, where: Where) -> dict[str, Any]:
        """What the keys of `value` say; those that are not given are left out. Raises WorldError."""
        given = parts.mapping({} if value is None else value, where, set(self.needed), set(self.known))
        kinds = {**self.needed, **self.known}
        return {key: kinds[key].read(parts, each, (*where, key)) for key, each in given.items() if each is not None}


# Values


def _pattern(parts: Parts, value: Any, where: Where) -> Pattern:
    return ANYTHING if value == "*" else Pattern.of(_text(parts, value, where))


def _text(parts: Parts, value: Any, where: Where) -> str:
    """A text, which may be a number in YAML, or empty."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > limits.EVENT_TEXT:
        parts.fail(where, f"this is a text of at most {limits.EVENT_TEXT:,} characters, in which * stands for anything")
    return text


def _verbs(parts: Parts, value: Any, where: Where) -> tuple[str, ...]:
    verbs = parts.items(value, where, PART_LIMIT) if isinstance(value, list) else [value]
    return tuple(parts.text(verb, where).upper() for verb in verbs)


def _size(parts: Parts, value: Any, where: Where) -> int:
    return parts.number(value, where, 10**12)


def _sha256(parts: Parts, value: Any, where: Where) -> str:
    text = parts.text(value, where).lower()
    if not _SHA256.fullmatch(text):
        parts.fail(where, "a SHA-256 is 64 hexadecimal digits")
    return text


def _headers(parts: Parts, value: Any, where: Where) -> tuple[tuple[str, Pattern], ...]:
    if not isinstance(value, dict) or len(value) > PART_LIMIT:
        parts.fail(where, f"header is at most {PART_LIMIT} pairs of a field's name and a text")
    return tuple((str(name).lower(), _pattern(parts, text, (*where, name))) for name, text in value.items())


def _record_type(parts: Parts, value: Any, where: Where) -> str:
    try:
        return dns.rdatatype.to_text(dns.rdatatype.from_text(parts.text(value, where)))
    except (dns.exception.DNSException, ValueError):
        parts.fail(where, f"{value!r} is no type of resource record")


def _rcode(parts: Parts, value: Any, where: Where) -> str:
    if value == NODATA:
        return NODATA
    try:
        return dns.rcode.to_text(dns.rcode.from_text(parts.text(value, where)))
    except (dns.exception.DNSException, ValueError):
        parts.fail(where, f"{value!r} is no code of a DNS response; NOERROR and {NODATA} are two")


def _zone_name(parts: Parts, value: Any, where: Where) -> str:
    return "." if value == "." else parts.host_name(value, where)


def _plain(parts: Parts, value: Any, where: Where) -> Any:
    return value


def _one_of(*words: str) -> Kind:
    def read(parts: Parts, value: Any, where: Where) -> str:
        if value not in words:
            parts.fail(where, f"this is one of {', '.join(words)}")
        return str(value)

    return Kind(read, f"one of {', '.join(words)}", words)


_STATES = tuple(dict.fromkeys(state.name for machine in MACHINES.values() for state in machine.states))

_PATTERN = Kind(_pattern, "a text, in which * stands for anything")
_TEXT = Kind(_text, "a text")
_VERBS = Kind(_verbs, "a verb, or a list of verbs")
_OCTETS = Kind(_size, "a number of octets")
_AT_MOST = Kind(_size, "a number: at most so many")
_DIGEST = Kind(_sha256, "64 hexadecimal digits")
_HEADERS = Kind(_headers, "pairs of a field's name and a text, in which * stands for anything")
_TYPE = Kind(_record_type, "a type of resource record, as MX")
_RCODE = Kind(_rcode, f"a response's code, as NXDOMAIN; {NODATA} where the name has no such record")
_ZONE = Kind(_zone_name, "a zone's name; a dot is the root")
_SWITCH = Kind(Parts.switch, "true or false", ("true", "false"))
_STATE = Kind(_text, "a state of the protocol", _STATES)
_SHOWN = Kind(_plain, "the command, reply or other thing that the answer stands in, as a goal needs it")

# What one event can show

_MODE = {"mode": _one_of("active", "passive")}
_CONTENT = {"path": _PATTERN, "size": _OCTETS, "sha256": _DIGEST, "type": _one_of("A", "I"), **_MODE}
_PLACE = {"path": _PATTERN, "host": _PATTERN}

FIELDS: dict[str, Fields] = {
    "command": Fields({"verb": _VERBS}, {"argument": _PATTERN}),
    "reply": Fields({"code": _PATTERN}, {"to": _VERBS, "text": _PATTERN}),
    "state": Fields({"protocol": _one_of(*MACHINES), "state": _STATE}, {}),
    "delivered": Fields({}, {"to": _PATTERN, "from": _PATTERN, "header": _HEADERS, "body": _PATTERN}),
    "stored": Fields({}, {**_CONTENT, **_PLACE}),
    "fetched": Fields({}, _CONTENT),
    "listed": Fields({}, _MODE),
    "gone": Fields({}, _PLACE),
    "data connection": Fields({}, _MODE),
    "answer": Fields(
        {},
        {
            "name": _PATTERN,
            "type": _TYPE,
            "rcode": _RCODE,
            "server": _PATTERN,
            "to": _PATTERN,
            "by": _one_of("recursion", "iteration"),
            "authoritative": _SWITCH,
            "cached": _SWITCH,
            "queries": _AT_MOST,
        },
    ),
    "record": Fields({"zone": _ZONE, "name": _PATTERN, "type": _TYPE}, {"data": _PATTERN}),
    "secret in the clear": Fields({}, {}),
    "question": Fields({"ask": _TEXT, "answer": _one_of(*ANSWERS)}, {"of": _SHOWN}),
}
