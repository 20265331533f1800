"""The goals that a lab's page lists, before and after its log says something of them."""

from portal.labs import feed
from portal.labs.goals import GoalRow, list_goals
from protocols.events import GoalJudged
from tests.portal.conftest import make_line

GOALS = [
    {"title": "Greet", "needs": {"command": {"verb": "HELO"}}},
    {"title": "Name both", "needs": {"all": [{"command": {"verb": "MAIL"}}, {"command": {"verb": "RCPT"}}]}},
    {"title": "Err never", "needs": {"never": {"reply": {"code": "5*"}}}},
    {"title": "Count", "needs": {"question": {"ask": "How many octets?", "answer": "fetched octets"}}},
]


def judge(seq: int, goal: str, status: str, **given: int) -> GoalJudged:
    return GoalJudged(seq=seq, at=seq, goal=goal, title="As it was", status=status, **given)  # type: ignore[arg-type]


def test_a_lab_without_goals_lists_none(lab):
    assert list_goals(lab) == []


def test_goals_are_listed_as_they_are_before_anything_happens(lab):
    lab.goals = GOALS
    assert list_goals(lab) == [
        GoalRow("greet", "Greet", "open", 0, 0, ""),
        GoalRow("name-both", "Name both", "open", 0, 2, ""),
        GoalRow("err-never", "Err never", "kept", 0, 0, ""),
        GoalRow("count", "Count", "open", 0, 0, "How many octets?"),
    ]


def test_goals_are_listed_as_the_log_says_last(lab):
    lab.goals = GOALS
    events = [
        make_line(1),
        judge(2, "name-both", "open", met=1, parts=2),
        judge(3, "greet", "met"),
        judge(4, "name-both", "met", met=2, parts=2),
        judge(5, "err-never", "broken"),
        judge(6, "of another exercise", "met"),
    ]
    feed.append(lab.pk, 1, events)
    assert [(row.title, row.status, row.met) for row in list_goals(lab)] == [
        ("Greet", "met", 0),
        ("Name both", "met", 2),
        ("Err never", "broken", 0),
        ("Count", "open", 0),
    ]
