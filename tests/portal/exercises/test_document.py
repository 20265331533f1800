"""An exercise as its author writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exercises import document
from portal.exercises.document import Hint, read_exercise
from portal.worlds.models import parse_source
from protocols.goals import model
from protocols.world import WorldError

MAIL = """\
exercise: 1
title: Send a mail by hand
summary: Speak SMTP yourself.
world: lecture
text: |
  Bring **two lines** to Bob.

  1. Connect.
goals:
  - title: Greet the server
    points: 2
    needs: {command: {verb: [HELO, EHLO]}}
  - title: Name the code
    key: code
    needs:
      question: {ask: Which was the code, answer: enhanced code}
hints:
  - {tries: 3, minutes: 5, text: Say HELO.}
  - minutes: 9
    text: Say it again.
solution: |
  connect mx.lentil.edu 25
  HELO mx.halva.fr

  .
answers:
  code: 5.1.1
"""
IN_PLACE = """\
world:
  lentil: 1
  title: A small one
  student: me.example
  # Two hosts
  hosts:
    - {name: me.example, address: 10.0.0.1}
    - name: ns.example
      address: 10.0.0.2
      dns: {zones: [example]}
      ftp:
        accounts: [{user: a, password: "0123", may_write: false}]
        words: {ready: "one\\ntwo"}
      files:
        - {path: /a.txt, mode: 600, owner: a, modified: 2026-01-02 03:04, text: "ä\\r\\n"}
  zones:
    - name: example
      records: |
        www A 10.0.0.9
"""
FLOWING = MAIL.replace(
    "world: lecture",
    """world: {lentil: 1, title: "A small
 one", student: me.example,
    hosts: [{name: me.example, address: 10.0.0.1}]
  }""",
)
AT_THE_END = [MAIL.replace("world: lecture\n", "") + IN_PLACE, MAIL.replace("world: lecture\n", "") + IN_PLACE.rstrip()]


def test_it_has_all_that_its_author_wrote():
    found = read_exercise(MAIL)
    assert (found.title, found.summary) == ("Send a mail by hand", "Speak SMTP yourself.")
    assert found.text == "Bring **two lines** to Bob.\n\n1. Connect.\n"
    assert [(goal.key, goal.points) for goal in found.goals] == [("greet-the-server", 2), ("code", 1)]
    assert found.goals[0].wish == model.Command(("HELO", "EHLO"))
    assert found.goal_values[0] == {
        "title": "Greet the server",
        "points": 2,
        "needs": {"command": {"verb": ["HELO", "EHLO"]}},
    }
    assert found.hints == (Hint("Say HELO.", 3, 5), Hint("Say it again.", None, 9))
    assert found.solution == ("connect mx.lentil.edu 25", "HELO mx.halva.fr", "", ".")
    assert found.answers == {"code": "5.1.1"}


def test_a_ready_world_is_named():
    found = read_exercise(MAIL)
    assert parse_source(found.world_source) == found.world
    assert found.world.host("mx.lentil.edu")


@pytest.mark.parametrize("text", [MAIL.replace("world: lecture\n", IN_PLACE), FLOWING, *AT_THE_END], ids=len)
def test_a_world_stands_in_place(text):
    found = read_exercise(text)
    assert parse_source(found.world_source) == found.world
    assert found.world.student == "me.example"


def test_what_an_author_remarks_stays_in_the_world():
    assert "\n# Two hosts\nhosts:\n" in read_exercise(MAIL.replace("world: lecture\n", IN_PLACE)).world_source


@pytest.mark.parametrize("name", document.list_worlds())
def test_any_ready_world_can_stand_in_place(name):
    source, world = document.read_ready_world(name)
    indented = "".join(f"  {line}\n" for line in source.split("\n"))
    found = read_exercise(MAIL.replace("world: lecture\n", f"world:\n{indented}"))
    assert found.world == world
    assert parse_source(found.world_source) == world


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("exercise: 1", "exercise: 2", "Line 1: exercise is 1, the version of this format."),
        ("exercise: 1\n", "", "Line 1: an exercise needs the key exercise."),
        ("title: Send a mail by hand", "title: ''", "Line 2: title is a text."),
        ("title: Send a mail by hand", "title: [x]", "Line 2: title is a text."),
        ("title: Send a mail by hand", "title: " + "x" * 201, "Line 2: title has at most 200 characters"),
        ("title: Send a mail by hand", "title: |\n  a\n  b", "Line 2: title is a text of one line."),
        ("title: Send a mail by hand", 'title: "a\\Lb"', "Line 2: title is a text of one line."),
        ("text: Say HELO.", 'text: "\\0"', "Line 18: a text has no NUL and no half of a surrogate pair."),
        ("title: Greet the server", 'title: "\\ud800"', "Line 10: a text has no NUL and no half of a surrogate pair."),
        ("  code: 5.1.1", '  "\\0": 5.1.1', "Line 27: a text has no NUL and no half of a surrogate pair."),
        ("summary: Speak", "summery: Speak", "Line 3: an exercise has no key 'summery'."),
        ("summary: Speak SMTP yourself.", "summary: " + "x" * 401, "Line 3: summary has at most 400 characters"),
        ("world: lecture", "world: nowhere", "Line 4: world is one of lecture, or a whole world in place."),
        ("world: lecture", "world: ../worlds/lecture", "Line 4: world is one of lecture, or a whole world in place."),
        ("world: lecture", "world: [lecture]", "Line 4: world is one of lecture, or a whole world in place."),
        ("world: lecture\n", IN_PLACE.replace("10.0.0.2", "10.0.0.1"), "Line 12: two hosts have the address 10.0.0.1."),
        ("world: lecture\n", IN_PLACE.replace("title:", "titel:"), "Line 6: a world has no key 'titel'."),
        ("world: lecture\n", IN_PLACE.replace("www A", "www B"), "The zone example, line 1: 'B' is no type"),
        ("world: lecture\n", IN_PLACE.replace("{ready:", "{redy:"), "An FTP server's words have no key 'redy'"),
        ("text: |\n", "text: |\n  " + "x" * 20_000, "Line 5: text has at most 20,000 characters"),
        ("verb: [HELO, EHLO]", "verbs: HELO", "Line 12: command has no key 'verbs'."),
        ("key: code", "key: greet-the-server", "Line 13: two goals have the key greet-the-server"),
        ("tries: 3", "tries: often", "Line 18: tries is a number from 0 to 1,000."),
        ("text: Say HELO.", "words: Say HELO.", "Line 18: a part of hints has no key 'words'."),
        ("tries: 3, minutes: 5, ", "", "Line 18: a hint opens after so many tries, or minutes"),
        ("minutes: 9", "minutes: 1001", "Line 19: minutes is a number from 0 to 1,000."),
        ("Say it again.", "x" * 2_001, "Line 20: text has at most 2,000 characters, and here are 2,001."),
        ("hints:\n", "hints: never\nhint:\n", "Line 19: an exercise has no key 'hint'."),
        ("solution: |\n  connect", "solution: [connect", "Line 25: this is not YAML"),
        ("connect mx", "c" * 1_001, "Line 21: line 1 of solution has more than 1,000 characters."),
        ("solution: |\n", "solution: |\n" + "  NOOP\n" * 200, "Line 21: solution has at most 200 lines"),
        ("answers:\n  code: 5.1.1", "answers: 5.1.1", "Line 26: answers are pairs of a goal's key and a text."),
        ("  code: 5.1.1", "  port: 21", "Line 27: no goal with the key 'port' is a question."),
        ("  code: 5.1.1", "  greet-the-server: 21", "Line 27: no goal with the key 'greet-the-server' is a question."),
        ("  code: 5.1.1", "  code: " + "1" * 201, "Line 27: code has at most 200 characters"),
        ("text: Say HELO.", "text: *a", "Line 18: an exercise has no aliases; write the part out."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_line(old, new, sentence):
    assert old in MAIL
    with pytest.raises(WorldError) as refused:
        read_exercise(MAIL.replace(old, new, 1))
    assert str(refused.value).startswith(sentence)


def test_an_answer_may_be_a_number():
    assert read_exercise(MAIL.replace("code: 5.1.1", "code: 1379")).answers == {"code": "1379"}


def test_what_need_not_be_there_is_left_out():
    start, end = MAIL.index("hints:"), MAIL.index("solution:")
    found = read_exercise(
        (MAIL[:start] + MAIL[end:].partition("answers:")[0]).replace("summary: Speak SMTP yourself.", "")
    )
    assert (found.summary, found.hints, found.answers) == ("", (), {})


def test_a_document_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(document, "DOCUMENT_LIMIT", 10)
    with pytest.raises(WorldError, match="an exercise is at most 10 characters long"):
        read_exercise(MAIL)


def test_too_many_hints_are_refused():
    more = "hints:\n" + "  - {tries: 1, text: x}\n" * 9
    with pytest.raises(WorldError, match="Line 18: hints is a list of 1 to 10"):
        read_exercise(MAIL.replace("hints:\n", more))


@given(st.text(max_size=60) | st.text(st.sampled_from(list("{}[]:-?!&*#|> \n'\"a0x1_%")), max_size=60))
def test_any_other_text_is_refused_in_a_sentence(text):
    with pytest.raises(WorldError) as refused:
        read_exercise(text)
    assert str(refused.value).startswith("Line ") or "This is wrong in an exercise: " in str(refused.value)
