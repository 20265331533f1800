"""What an editor of exercises offers at each place, made of the tables that read an exercise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.exercises import document
from protocols.goals.fields import FIELDS
from protocols.goals.reader import GOAL_KNOWN, GOAL_NEEDED
from protocols.goals.vocabulary import list_words

WORDS = {
    "exercise": "1, the version of this format",
    "title": "what students see first",
    "summary": "one line about it, for the course's page",
    "text": "what there is to do, in Markdown",
    "world": "the hosts: a ready world's name, or a whole world in place",
    "goals": "a list: what is to be reached",
    "hints": "a list: steps that help, each of which opens after so many tries or minutes",
    "answers": "what you answer to your questions, by their goals' keys",
    "solution": "the lines that a console would type, one a line; they meet every goal",
}
GOAL_WORDS = {
    "title": "what students read",
    "points": "what it is worth; 1 without it",
    "key": "its name in the log, made of the title without it",
    "needs": "one thing that is to be seen on the wire",
}
HINT_WORDS = {
    "text": "what helps, in Markdown",
    "tries": "opens after so many commands that were refused",
    "minutes": "opens after so many minutes",
}

Node = list[dict[str, Any]]


def describe_places() -> dict[str, Node]:
    """By the name of a place, each key that can stand there: `key`, its `words`, `to` (the place within it, where there
    is one), and `choices` (the values that it can have, where those are few). "exercise" is the whole."""
    wishes = _list_wishes(FIELDS.keys())
    return {
        "exercise": _list_keys(
            (*document.NEEDED, *document.KNOWN),
            WORDS,
            {"goals": "goal", "hints": "hint"},
            {"world": document.list_worlds()},
        ),
        "goal": _list_keys((*GOAL_NEEDED, *GOAL_KNOWN), GOAL_WORDS, {"needs": "wish"}, {}),
        "hint": _list_keys((*document.HINT_NEEDED, *document.HINT_KNOWN), HINT_WORDS, {}, {}),
        "wish": wishes + [_entry(word.key, word.meaning, "wish") for word in list_words() if word.key not in FIELDS],
        "shown": _list_wishes(FIELDS.keys() - {"question"}),
        **{f"wish {word.key}": _list_fields(word.fields) for word in list_words() if word.fields},
    }


def _list_keys(keys: Iterable[str], words: dict[str, str], to: dict[str, str], choices: dict[str, list[str]]) -> Node:
    return [_entry(key, words[key], to.get(key), choices.get(key, ())) for key in keys]


def _list_wishes(keys: Iterable[str]) -> Node:
    words = [word for word in list_words() if word.key in keys]
    return [_entry(word.key, word.meaning, f"wish {word.key}" if word.fields else None) for word in words]


def _list_fields(fields: Iterable[Any]) -> Node:
    return [_entry(each.name, each.words, "shown" if each.name == "of" else None, each.choices) for each in fields]


def _entry(key: str, words: str, to: str | None, choices: Iterable[str] = ()) -> dict[str, Any]:
    return {"key": key, "words": words, "to": to, "choices": [*choices]}
