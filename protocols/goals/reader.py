"""Goals read from plain values, as an author writes them in YAML. The first mistake is named by line, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import dns.exception
import dns.rcode
import dns.rdatatype

from protocols import limits
from protocols.goals import model
from protocols.goals.model import ANYTHING, Goal, Pattern, Wish
from protocols.goals.questions import ANSWERS
from protocols.goals.sights import MACHINES, NODATA
from protocols.world.parts import Parts, Where

GOAL_LIMIT = 50  # goals of an exercise
PART_LIMIT = 20  # wishes in one list
DEPTH_LIMIT = 6  # of wishes within wishes
POINT_LIMIT = 1_000
KEY_LIMIT = 60  # characters
TITLE_LIMIT = 200  # characters

_KEY = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{KEY_LIMIT - 1}}}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SEVERAL: dict[str, Callable[[tuple[Wish, ...]], Wish]] = {
    "all": model.All,
    "any": model.AnyOf,
    "in order": model.InOrder,
}
_ONE: dict[str, Callable[[Wish], Wish]] = {"on one connection": model.OnOneConnection, "never": model.Never}

Keys = Mapping[str, Callable[[Parts, Any, Where], Any]]  # what reads the value of a key


def read_goals(parts: Parts, values: Any, where: Where) -> tuple[Goal, ...]:
    """The goals that `values` describe. Raises WorldError."""
    goals: list[Goal] = []
    for number, each in enumerate(parts.items(values, where, GOAL_LIMIT)):
        goal = _goal(parts, each, (*where, number))
        if any(other.key == goal.key for other in goals):
            parts.fail((*where, number), f"two goals have the key {goal.key}; give one of them another key")
        goals.append(goal)
    return tuple(goals)


def _goal(parts: Parts, values: Any, where: Where) -> Goal:
    given = parts.mapping(values, where, {"title", "needs"}, {"key", "points"})
    title = parts.text(given["title"], (*where, "title"))
    if len(title) > TITLE_LIMIT:
        parts.fail((*where, "title"), f"a goal's title has at most {TITLE_LIMIT} characters")
    key = given.get("key") or re.sub(r"[^a-z0-9]+", "-", title.lower())[:KEY_LIMIT].strip("-")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        parts.fail((*where, "key"), f"a goal's key is 1 to {KEY_LIMIT} small letters, digits and hyphens")
    points = given.get("points")
    return Goal(
        key=key,
        title=title,
        wish=_wish(parts, given["needs"], (*where, "needs")),
        points=1 if points is None else parts.number(points, (*where, "points"), POINT_LIMIT),
    )


def _wish(parts: Parts, values: Any, where: Where, depth: int = 1, may_be_never: bool = True) -> Wish:
    """What stands under one key of the vocabulary."""
    if not isinstance(values, dict) or len(values) != 1:
        parts.fail(where, f"a goal needs one thing, which is one of these keys: {', '.join(VOCABULARY)}")
    if depth > DEPTH_LIMIT:
        parts.fail(where, f"this is nested deeper than {DEPTH_LIMIT} levels")
    ((key, value),) = values.items()
    inner = (*where, key)
    if key == "never" and not may_be_never:
        parts.fail(inner, "what must never happen stands at the top of a goal, or in all, any or on one connection")
    if key == "question" and depth > 1:
        parts.fail(inner, "a question stands alone in a goal, since no event answers it")
    if key in _SEVERAL:
        may_be_never = may_be_never and key != "in order"
        found = [
            _wish(parts, each, (*inner, n), depth + 1, may_be_never)
            for n, each in enumerate(parts.items(value, inner, PART_LIMIT))
        ]
        return _SEVERAL[key](tuple(found))
    if key in _ONE:
        return _ONE[key](_wish(parts, value, inner, depth + 1, may_be_never and key != "never"))
    if key not in _SIGHTS:
        parts.fail(inner, f"a goal cannot need {key!r}; it needs one of these: {', '.join(VOCABULARY)}")
    return _SIGHTS[key](parts, value, inner)


def _fields(parts: Parts, value: Any, where: Where, needed: Keys, known: Keys) -> dict[str, Any]:
    """What the keys of a mapping say; those that are not given are left out."""
    given = parts.mapping({} if value is None else value, where, set(needed), set(known))
    readers = {**needed, **known}
    return {key: readers[key](parts, each, (*where, key)) for key, each in given.items() if each is not None}


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


def _one_of(*words: str) -> Callable[[Parts, Any, Where], str]:
    def read(parts: Parts, value: Any, where: Where) -> str:
        if value not in words:
            parts.fail(where, f"this is one of {', '.join(words)}")
        return str(value)

    return read


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


# What one event can show


def _command(parts: Parts, value: Any, where: Where) -> Wish:
    given = _fields(parts, value, where, {"verb": _verbs}, {"argument": _pattern})
    return model.Command(given["verb"], given.get("argument", ANYTHING))


def _reply(parts: Parts, value: Any, where: Where) -> Wish:
    return model.Reply(**_fields(parts, value, where, {"code": _pattern}, {"to": _verbs, "text": _pattern}))


def _state(parts: Parts, value: Any, where: Where) -> Wish:
    given = _fields(parts, value, where, {"protocol": _one_of(*MACHINES), "state": _text}, {})
    states = [state.name for state in MACHINES[given["protocol"]].states]
    if given["state"] not in states:
        parts.fail((*where, "state"), f"{given['protocol']} has the states {', '.join(states)}")
    return model.Reached(**given)


def _delivered(parts: Parts, value: Any, where: Where) -> Wish:
    known = {"to": _pattern, "from": _pattern, "header": _headers, "body": _pattern}
    given = _fields(parts, value, where, {}, known)
    names = {"from": "sender", "header": "headers"}
    return model.Delivered(**{names.get(key, key): each for key, each in given.items()})


_MODE: Keys = {"mode": _one_of("active", "passive")}
_CONTENT: Keys = {"path": _pattern, "size": _size, "sha256": _sha256, "type": _one_of("A", "I"), **_MODE}
_PLACE: Keys = {"path": _pattern, "host": _pattern}


def _stored(parts: Parts, value: Any, where: Where) -> Wish:
    return model.Stored(**_fields(parts, value, where, {}, {**_CONTENT, **_PLACE}))


def _fetched(parts: Parts, value: Any, where: Where) -> Wish:
    return model.Fetched(**_fields(parts, value, where, {}, _CONTENT))


def _listed(parts: Parts, value: Any, where: Where) -> Wish:
    return model.Listed(**_fields(parts, value, where, {}, _MODE))


def _gone(parts: Parts, value: Any, where: Where) -> Wish:
    return model.Gone(**_fields(parts, value, where, {}, _PLACE))


def _data_connection(parts: Parts, value: Any, where: Where) -> Wish:
    return model.DataConnection(**_fields(parts, value, where, {}, _MODE))


def _answer(parts: Parts, value: Any, where: Where) -> Wish:
    known = {
        "name": _pattern,
        "type": _record_type,
        "rcode": _rcode,
        "server": _pattern,
        "to": _pattern,
        "by": _one_of("recursion", "iteration"),
        "authoritative": Parts.switch,
        "cached": Parts.switch,
        "queries": _size,
    }
    return model.Answered(**_fields(parts, value, where, {}, known))


def _record(parts: Parts, value: Any, where: Where) -> Wish:
    needed = {"zone": _zone_name, "name": _pattern, "type": _record_type}
    return model.Record(**_fields(parts, value, where, needed, {"data": _pattern}))


def _secret(parts: Parts, value: Any, where: Where) -> Wish:
    _fields(parts, value, where, {}, {})
    return model.SecretInTheClear()


def _question(parts: Parts, value: Any, where: Where) -> Wish:
    return model.Question(**_fields(parts, value, where, {"ask": _text, "answer": _one_of(*ANSWERS)}, {"of": _shown}))


def _shown(parts: Parts, value: Any, where: Where) -> Wish:
    """What one event can show."""
    if not isinstance(value, dict) or len(value) != 1 or not set(value) <= set(_SIGHTS) - {"question"}:
        shown = ", ".join(key for key in _SIGHTS if key != "question")
        parts.fail(where, f"what a question is about is one of these keys: {shown}")
    return _wish(parts, value, where)


_SIGHTS: dict[str, Callable[[Parts, Any, Where], Wish]] = {
    "command": _command,
    "reply": _reply,
    "state": _state,
    "delivered": _delivered,
    "stored": _stored,
    "fetched": _fetched,
    "listed": _listed,
    "gone": _gone,
    "data connection": _data_connection,
    "answer": _answer,
    "record": _record,
    "secret in the clear": _secret,
    "question": _question,
}
VOCABULARY = (*_SIGHTS, *_SEVERAL, *_ONE)
