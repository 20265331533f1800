"""The exercises that come with Lentil: each stored solution is played in a lab, all of them by one supervisor."""

import asyncio

import pytest

from portal.exercises import grading
from portal.exercises.document import READY, Exercise, read_exercise, read_source
from protocols.events import Event
from protocols.goals.model import InOrder, Never, OnOneConnection, Question, Wish
from protocols.goals.reader import read_goals
from protocols.playing import play
from protocols.sandbox.supervisor import Supervisor
from protocols.world.parts import Parts

NAMES = sorted(path.stem for path in READY.glob("*.yaml"))
EXERCISES = {name: read_exercise(read_source(name)) for name in NAMES}


# For each exercise lines that nearly solve it, and the goals that they do not meet.
NEARLY = {
    "mail-by-hand": (
        [
            *("connect mx.lentil.edu", "HELO mx.halva.fr", "MAIL FROM:<alice@halva.fr>", "RCPT TO:<bob@lentil.edu>"),
            *("RCPT TO:<alice@lentil.edu>", "DATA", "Do you like dahl?", "How about with naan?", "."),
        ],
        ["give-the-message-a-header-with-from-to-and-subject", "bob-alone", "end-in-order"],
    ),
    "mail-refused": (
        [
            *("connect mx.lentil.edu", "HELO mx.halva.fr", "MAIL FROM:<bob@halva.fr>", "RCPT TO:<bobby@lentil.edu>"),
            *("QUIT", "connect mx.lentil.edu", "HELO mx.halva.fr", "MAIL FROM:<bob@halva.fr>"),
            *("RCPT TO:<carol@halva.fr>", "RCPT TO:<bob@lentil.edu>", "DATA", "Dahl at seven?", ".", "QUIT"),
        ],
        ["forget", "no-relay", "nobody-to-go-to", "mended", "no-wrong-name"],
    ),
    "ftp-list": (
        [
            *("connect ftp.eckenfels.net", "USER ecki", "PASS secret", "NLST", "PASV", "RETR /pub/INDEX"),
            *("PORT 10,0,0,1,4,1", "NLST", "PORT 10,0,0,1,4,2", "RETR /pub/README", "PASV", "QUIT"),
        ],
        ["list", "fetch-pub-readme", "umlauts"],
    ),
    "ftp-store": (
        [
            *("connect ftp.eckenfels.net", "USER ecki", "PASS secret", "PASV", "STOR /tmp/test.txt"),
            *("PORT 10,0,0,1,4,1", "NLST /tmp", "put /letter.txt", "PORT 10,0,0,1,4,80"),
        ],
        ["store", "third-party", "letter", "always-active"],
    ),
    "follow-a-name": (
        [
            *("dig @ns1.vuw.ac.nz www.vuw.ac.nz +norecurse", "dig @a.root-servers.net www.vuw.ac.nz +norecurse"),
            *(
                "dig www.vuw.ac.nz",
                "dig www.ubc.ca",
                "dig www.ubc.ca +norecurse",
                "dig @ns.ecs.vuw.ac.nz -x 130.195.86.18",
            ),
        ],
        ["questions", "cache", "by-yourself", "learn"],
    ),
    "names-that-go-wrong": (
        [
            *("dig nobody.lentil.edu", "dig @ns1.lentil.edu nobody.lentil.edu", "dig www.lentil.edu"),
            *("dig @ns1.halva.fr www.vuw.ac.nz", "dig www.otago.ac.nz +norecurse", "dig tick.lentil.edu"),
        ],
        ["not-there", "no-data", "alias", "refused", "dead", "half-dead", "nowhere"],
    ),
}


async def play_all() -> tuple[dict[str, list[Event]], dict[str, list[Event]]]:
    lines = [(name, EXERCISES[name].solution) for name in NAMES] + [
        (name, typed) for name, (typed, _) in NEARLY.items()
    ]
    supervisor = Supervisor()
    await supervisor.start()
    try:
        played = await asyncio.gather(*(play(supervisor, EXERCISES[name].world, typed) for name, typed in lines))
    finally:
        await supervisor.stop()
    return dict(zip(NAMES, played, strict=False)), dict(zip(NEARLY, played[len(NAMES) :], strict=True))


@pytest.fixture(scope="module")
def both_played():
    return asyncio.run(play_all())


@pytest.fixture(scope="module")
def played(both_played):
    return both_played[0]


@pytest.fixture(scope="module")
def nearly_played(both_played):
    return both_played[1]


def find_unmet(exercise: Exercise, events: list[Event]) -> list[str]:
    """The goals that these events, and the author's answers, do not meet."""
    graded = grading.judge(exercise.goals, lambda: [events], exercise.answers)
    return [verdict["key"] for verdict in graded.verdicts if not verdict["met"]]


def list_wishes(wish: Wish) -> list[Wish]:
    """A wish, and all within it."""
    inner = getattr(wish, "of", None) or ()
    return [wish, *(each for part in (inner if isinstance(inner, tuple) else (inner,)) for each in list_wishes(part))]


def test_there_are_two_for_each_protocol():
    assert NAMES == [
        "follow-a-name",
        "ftp-list",
        "ftp-store",
        "mail-by-hand",
        "mail-refused",
        "names-that-go-wrong",
    ]
    assert sorted(NEARLY) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_its_solution_meets_every_goal(name, played):
    assert find_unmet(EXERCISES[name], played[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_transcript_meets_none(name):
    exercise = EXERCISES[name]
    assert find_unmet(exercise, []) == [goal.key for goal in exercise.goals]


@pytest.mark.parametrize("name", NEARLY)
def test_what_nearly_solves_it_does_not(name, nearly_played):
    assert find_unmet(EXERCISES[name], nearly_played[name]) == NEARLY[name][1]


@pytest.mark.parametrize("name", NAMES)
def test_its_goals_come_back_from_their_plain_values(name):
    exercise = EXERCISES[name]
    assert read_goals(Parts({}), exercise.goal_values, ("goals",)) == exercise.goals


@pytest.mark.parametrize("name", NAMES)
def test_it_has_goals_enough_and_hints_in_steps(name):
    exercise = EXERCISES[name]
    assert 4 <= len(exercise.goals) <= 7
    assert 2 <= len(exercise.hints) <= 3
    minutes = [hint.minutes or 0 for hint in exercise.hints]
    assert minutes == sorted(minutes)


def test_they_show_what_goals_can_be():
    wishes = [each for exercise in EXERCISES.values() for goal in exercise.goals for each in list_wishes(goal.wish)]
    assert {Never, Question} <= {type(wish) for wish in wishes}
    assert any(isinstance(wish, OnOneConnection) and isinstance(wish.of, InOrder) for wish in wishes)
