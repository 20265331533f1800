"""Goals read from plain values, as an author writes them in YAML. The first mistake is named by line, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from protocols.goals import model
from protocols.goals.fields import FIELDS, PART_LIMIT
from protocols.goals.model import Goal, Wish
from protocols.goals.sights import MACHINES
from protocols.world.parts import Parts, Where

GOAL_LIMIT = 50  # goals of an exercise
DEPTH_LIMIT = 6  # of wishes within wishes
POINT_LIMIT = 1_000
KEY_LIMIT = 60  # characters
TITLE_LIMIT = 200  # characters

_KEY = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{KEY_LIMIT - 1}}}")
_SEVERAL: dict[str, Callable[[tuple[Wish, ...]], Wish]] = {
    "all": model.All,
    "any": model.AnyOf,
    "in order": model.InOrder,
}
_ONE: dict[str, Callable[[Wish], Wish]] = {"on one connection": model.OnOneConnection, "never": model.Never}

GOAL_NEEDED, GOAL_KNOWN = ("title", "needs"), ("key", "points")  # the keys of a goal


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
    given = parts.mapping(values, where, {*GOAL_NEEDED}, {*GOAL_KNOWN})
    title = parts.text(given["title"], (*where, "title"))
    if len(title) > TITLE_LIMIT or not title.isprintable():  # a log takes it as it is
        parts.fail((*where, "title"), f"a goal's title is one line of at most {TITLE_LIMIT} characters")
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
    if key not in FIELDS:
        parts.fail(inner, f"a goal cannot need {key!r}; it needs one of these: {', '.join(VOCABULARY)}")
    return _sight(parts, key, value, inner)


# What one event can show


def _sight(parts: Parts, key: str, value: Any, where: Where) -> Wish:
    given = FIELDS[key].read(parts, value, where)
    if key == "state":
        _check_state(parts, given, where)
    if "of" in given:
        given["of"] = _shown(parts, given["of"], (*where, "of"))
    return _MODELS[key](**{_ATTRIBUTES.get(name, name): each for name, each in given.items()})


def _check_state(parts: Parts, given: dict[str, Any], where: Where) -> None:
    states = [state.name for state in MACHINES[given["protocol"]].states]
    if given["state"] not in states:
        parts.fail((*where, "state"), f"{given['protocol']} has the states {', '.join(states)}")


def _shown(parts: Parts, value: Any, where: Where) -> Wish:
    """What one event can show."""
    if not isinstance(value, dict) or len(value) != 1 or not set(value) <= set(FIELDS) - {"question"}:
        shown = ", ".join(key for key in FIELDS if key != "question")
        parts.fail(where, f"what a question is about is one of these keys: {shown}")
    return _wish(parts, value, where)


_MODELS: dict[str, Callable[..., Wish]] = {
    "command": model.Command,
    "reply": model.Reply,
    "state": model.Reached,
    "delivered": model.Delivered,
    "stored": model.Stored,
    "fetched": model.Fetched,
    "listed": model.Listed,
    "gone": model.Gone,
    "data connection": model.DataConnection,
    "answer": model.Answered,
    "record": model.Record,
    "secret in the clear": model.SecretInTheClear,
    "question": model.Question,
}
_ATTRIBUTES = {"verb": "verbs", "from": "sender", "header": "headers"}  # of the models, where they are not the keys
VOCABULARY = (*FIELDS, *_SEVERAL, *_ONE)
