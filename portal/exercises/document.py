"""An exercise as its author writes it, in YAML. The first mistake is named by its line, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.worlds.models import check_document
from protocols.goals.model import Goal, Question
from protocols.goals.reader import read_goals
from protocols.world import World, parse_world, read_values
from protocols.world.parts import Parts, Where
from protocols.world.plain import cut_part, read_plain

VERSION = 1
DOCUMENT_LIMIT = 1_000_000  # characters in an exercise's YAML, a world in place included
TITLE_LIMIT = 200  # characters
SUMMARY_LIMIT = 400  # characters
TEXT_LIMIT = 20_000  # characters of the text that students read
HINT_LIMIT = 10  # hints
HINT_TEXT_LIMIT = 2_000  # characters of one
TRY_LIMIT, MINUTE_LIMIT = 1_000, 1_000  # after which a hint opens
LINE_LIMIT = 1_000  # characters of a line of the solution
ANSWER_LIMIT = 200  # characters of an answer to a question
SOLUTION_LINES = 200

# The keys of an exercise, and of a hint
NEEDED, KNOWN = ("exercise", "title", "text", "world", "goals", "solution"), ("summary", "hints", "answers")
HINT_NEEDED, HINT_KNOWN = ("text",), ("tries", "minutes")

READY = Path(__file__).parent / "ready"
_WORLDS = settings.BASE / "protocols" / "worlds"
_WHOLE = "an exercise"


@dataclass(frozen=True, slots=True)
class Hint:
    """A step that helps, in Markdown. It opens after so many failed tries or so many minutes, whichever comes first;
    None: never by that."""

    text: str
    tries: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise that can be used. `text` is Markdown; `world_source` is the world's own document; `goal_values` are
    the goals as plain values, which `goals.reader.read_goals` reads again. `solution` are the lines that a console
    types, `answers` what its author answers to the goals that are questions, by their keys."""

    title: str
    summary: str
    text: str
    world: World
    world_source: str
    goals: tuple[Goal, ...]
    goal_values: list[Any]
    hints: tuple[Hint, ...]
    solution: tuple[str, ...]
    answers: dict[str, str]


def read_source(name: str) -> str:
    """The document of the ready exercise of that name."""
    return (READY / f"{name}.yaml").read_text(encoding="utf-8")


def read_exercise(text: str) -> Exercise:
    """The exercise that `text` describes in YAML. Raises WorldError with the line of the first mistake."""
    values, lines = read_plain(text, _WHOLE, DOCUMENT_LIMIT)
    return _Reader(text, lines).exercise(values)


class _Reader(Parts):
    """Makes an Exercise of plain values, and says where they are wrong."""

    def __init__(self, text: str, lines: dict[Where, int]) -> None:
        super().__init__(lines, _WHOLE)
        self._text = text
        self._world_lines = {where[1:]: line for where, line in lines.items() if where[:1] == ("world",)}

    def exercise(self, values: Any) -> Exercise:
        top = self.mapping(values, (), {*NEEDED}, {*KNOWN})
        if top["exercise"] != VERSION:
            self.fail(("exercise",), f"exercise is {VERSION}, the version of this format")
        goals = read_goals(self, top["goals"], ("goals",))
        return Exercise(
            title=self._one_line(top["title"], ("title",), TITLE_LIMIT),
            summary=self._one_line(top["summary"], ("summary",), SUMMARY_LIMIT) if top.get("summary") else "",
            text=self._short(top["text"], ("text",), TEXT_LIMIT),
            goals=goals,
            goal_values=top["goals"],
            hints=self._hints(top.get("hints")),
            solution=self._solution(top["solution"], ("solution",)),
            answers=self._answers(top.get("answers"), goals),
            **self._world(top["world"]),  # last, since it takes the longest
        )

    def _short(self, value: Any, where: Where, limit: int) -> str:
        text = self.text(value, where)
        if len(text) > limit:
            self.fail(where, f"{where[-1]} has at most {limit:,} characters, and here are {len(text):,}")
        return text

    def _one_line(self, value: Any, where: Where, limit: int) -> str:
        text = self._short(value, where, limit).strip()
        if len(text.splitlines()) > 1:
            self.fail(where, f"{where[-1]} is a text of one line")
        return text

    def _world(self, value: Any) -> dict[str, Any]:
        """The world that is named or stands in place, and its document, as fields of an Exercise."""
        if isinstance(value, dict):
            check_document(read_values(value, self._world_lines))
            source = cut_part(self._text, "world")
            return {"world": parse_world(source), "world_source": source}
        ready = list_worlds()
        if value not in ready:
            self.fail(("world",), f"world is one of {', '.join(ready)}, or a whole world in place")
        source, world = read_ready_world(value)
        return {"world": world, "world_source": source}

    def _hints(self, values: Any) -> tuple[Hint, ...]:
        if not values:
            return ()
        hints = self.items(values, ("hints",), HINT_LIMIT)
        return tuple(self._hint(each, ("hints", number)) for number, each in enumerate(hints))

    def _hint(self, values: Any, where: Where) -> Hint:
        given = self.mapping(values, where, {*HINT_NEEDED}, {*HINT_KNOWN})
        tries, minutes = given.get("tries"), given.get("minutes")
        if tries is None and minutes is None:
            self.fail(where, "a hint opens after so many tries, or minutes: give it one of these keys")
        return Hint(
            text=self._short(given["text"], (*where, "text"), HINT_TEXT_LIMIT),
            tries=None if tries is None else self.number(tries, (*where, "tries"), TRY_LIMIT),
            minutes=None if minutes is None else self.number(minutes, (*where, "minutes"), MINUTE_LIMIT),
        )

    def _solution(self, value: Any, where: Where) -> tuple[str, ...]:
        lines = self.text(value, where).removesuffix("\n").split("\n")
        if len(lines) > SOLUTION_LINES:
            self.fail(where, f"solution has at most {SOLUTION_LINES} lines, and here are {len(lines)}")
        for number, line in enumerate(lines, start=1):
            if len(line) > LINE_LIMIT:
                self.fail(where, f"line {number} of solution has more than {LINE_LIMIT:,} characters")
        return tuple(lines)

    def _answers(self, values: Any, goals: Sequence[Goal]) -> dict[str, str]:
        if not values:
            return {}
        if not isinstance(values, dict):
            self.fail(("answers",), "answers are pairs of a goal's key and a text")
        questions = {goal.key for goal in goals if isinstance(goal.wish, Question)}
        for key in values:
            if key not in questions:
                self.fail(("answers", key), f"no goal with the key {key!r} is a question")
        return {key: self._answer(value, ("answers", key)) for key, value in values.items()}

    def _answer(self, value: Any, where: Where) -> str:
        return self._one_line(str(value) if isinstance(value, int) else value, where, ANSWER_LIMIT)


def list_worlds() -> list[str]:
    """The names of the ready worlds."""
    return sorted(path.stem for path in _WORLDS.glob("*.yaml"))


@cache
def read_ready_world(name: str) -> tuple[str, World]:
    """A ready world's document, and the world. They do not change while a process runs."""
    source = (_WORLDS / f"{name}.yaml").read_text(encoding="utf-8")
    return source, parse_world(source)
