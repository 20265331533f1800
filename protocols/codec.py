"""Events as plain JSON values, and back. Whatever arrives is checked here, field by field: a lab is hostile.

Of a dialogue's lines only the numbers and the octets are new; the rest, their words, are few and come again and again.
So what is made of the words of such an event is kept for the next: see `kept`.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from protocols.events import KINDS, Endpoint, Event

VERSION = 1
NUMBERS = ("seq", "at", "because")  # the fields that every event has

REPEATED = frozenset({"line", "block"})  # the kinds whose words come again and again
KEPT = 1_000

Words = tuple[Any, ...]
Made = TypeVar("Made")


class EventError(ValueError):
    """What arrived is not an event of this schema. The text is one sentence that says what is wrong with it."""


def words_of(event: Event) -> Words:
    """The event's kind, and its fields but its numbers and octets."""
    words: Words = _WORDS_OF[event.kind](event)
    return words


def kept(make: Callable[[Words], Made]) -> Callable[[Words], Made]:
    """`make`, with what it made of the newest words kept, where they are of a kind that repeats them."""
    make_once = lru_cache(KEPT)(make)
    return lambda words: make_once(words) if words[0] in REPEATED else make(words)


def name_words(words: Words) -> dict[str, Any]:
    """What `words_of` gave, as plain JSON values by name. Defaults are left out."""
    named = zip(_WORDS[words[0]].items(), words[1:], strict=True)
    return {"kind": words[0]} | {name: _plain(word) for (name, default), word in named if word != default}


def to_fields(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, without `raw`, which travels beside them as octets. Defaults are left out."""
    numbers = {name: getattr(event, name) for name in NUMBERS}
    return name_words(words_of(event)) | {name: value for name, value in numbers.items() if value is not None}


def from_fields(values: dict[str, Any], raw: bytes = b"") -> Event:
    """The event that `to_fields` made `values` of. Raises EventError for anything that this schema does not have."""
    kind, checked = check_fields(values)
    return make_event(kind, checked, raw)


def check_fields(values: dict[str, Any]) -> tuple[type[Event], dict[str, Any]]:
    """The kind of an event and its fields, of some of the values that `to_fields` makes. Raises EventError for anything
    that this schema does not have."""
    if not isinstance(values, dict):
        raise EventError("An event is an object with a kind.")
    name = values.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise EventError(f"There is no event of kind {name!r}.")
    hints = _HINTS[kind.kind]
    given = {key: value for key, value in values.items() if key != "kind"}
    unknown = given.keys() - hints.keys()
    if unknown:
        raise EventError(f"An event of kind {name} has no field {sorted(unknown)[0]!r}.")
    return kind, {key: _typed(value, hints[key], f"{name}.{key}") for key, value in given.items()}


def make_event(kind: type[Event], checked: dict[str, Any], raw: bytes) -> Event:
    """The event of fields that were checked, and of its octets if such events have any. Raises EventError where a
    field is missing."""
    values = checked | {"raw": raw} if kind.kind in _WITH_OCTETS else checked
    try:
        return kind(**values)
    except TypeError as error:
        raise EventError(f"An event of kind {kind.kind} is incomplete: {error}.") from error


def to_json(event: Event) -> dict[str, Any]:
    """The event as one JSON object; `raw` becomes a string with one character U+0000 to U+00FF per octet."""
    values = to_fields(event) | {"version": VERSION}
    raw: bytes | None = getattr(event, "raw", None)
    return values if raw is None else values | {"raw": raw.decode("latin-1")}


def from_json(values: dict[str, Any]) -> Event:
    """The event that `to_json` made `values` of. Raises EventError for anything else, another version included."""
    if not isinstance(values, dict) or values.get("version") != VERSION:
        raise EventError(f"This is not an event of schema version {VERSION}.")
    rest = {key: value for key, value in values.items() if key not in ("version", "raw")}
    try:
        return from_fields(rest, values.get("raw", "").encode("latin-1"))
    except (AttributeError, UnicodeEncodeError) as error:
        raise EventError("An event's raw octets are characters U+0000 to U+00FF.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Endpoint):
        return {"host": value.host, "address": value.address, "port": value.port}
    return list(value) if isinstance(value, tuple) else value


def _typed(value: Any, hint: Any, where: str) -> Any:
    """`value` as `hint` wants it. The lab is hostile: a value of another type goes no further than this."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
        origin = get_origin(hint)
    if origin is Literal and value in get_args(hint):
        return value
    if origin is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if hint is Endpoint and isinstance(value, dict) and value.keys() == {"host", "address", "port"}:
        return Endpoint(**{key: _typed(part, _ENDPOINT[key], f"{where}.{key}") for key, part in value.items()})
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise EventError(f"{where} cannot be {value!r}.")


# Worked out once: every event that a lab says goes through here.
_ENDPOINT = get_type_hints(Endpoint)
_HINTS: dict[str, dict[str, Any]] = {
    name: {field: hint for field, hint in get_type_hints(event).items() if get_origin(hint) is not ClassVar}
    for name, event in KINDS.items()
}
_WITH_OCTETS = frozenset(name for name, hints in _HINTS.items() if "raw" in hints)
_WORDS: dict[str, dict[str, Any]] = {  # their defaults by their names
    name: {field.name: field.default for field in fields(event) if field.name not in (*NUMBERS, "raw")}
    for name, event in KINDS.items()
}
_WORDS_OF = {name: attrgetter("kind", *words) for name, words in _WORDS.items()}
