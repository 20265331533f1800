"""Goals judged beside a running lab: what is written of them, and that nothing a lab says keeps it from going on."""

import pytest

from protocols import limits
from protocols.goals import model
from protocols.goals.judging import Judge
from protocols.goals.model import All, AnyOf, Command, Goal, Never, Pattern, Reply
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import LabRefused
from protocols.world import read_world
from tests.protocols.goals.test_fold import EVERYTHING
from tests.protocols.runs import LECTURE, ROOT
from tests.protocols.sandbox.hostile import BABBLE
from tests.protocols.sandbox.labs import make_world, until
from tests.protocols.sandbox.test_supervisor import DIALOGUE, hold

GREET = Goal("greet", "Greet the server", Command(("HELO", "EHLO")))
NAME = Goal("name", "Name both", All((Command(("MAIL",)), Command(("RCPT",)))))
CALM = Goal("calm", "Err never", Never(Reply(Pattern.of("5*"))))


MAIL: list[tuple[str, bytes]] = [
    ("connect mx.lentil.edu 25", b"220 "),
    ("helo mx.halva.fr", b"250 "),
    ("MAIL FROM:<alice@halva.fr>", b"250 "),
    ("RCPT TO:<nobody@lentil.edu>", b"550 "),
    ("RCPT TO:<bob@lentil.edu>", b"250 "),
    ("DATA", b"354 "),
    ("Subject: Dahl", b"Subject"),
    ("", b""),
    ("Do you like dahl?", b"Do"),
    (".", b"250 "),
    ("QUIT", b"221 "),
]
FILES: list[tuple[str, bytes]] = [
    ("connect ftp.eckenfels.net 21", b"220 "),
    ("user ecki", b"331 "),
    ("PASS secret", b"230 "),
    ("PASV", b"227 "),
    ("RETR /pub/README", b"226 "),
    ("ls", b"226 "),
    ("TYPE I", b"200 "),
    ("PORT 10,0,0,1,4,1", b"200 "),
    ("STOR /tmp/test.txt", b"226 "),
    ("DELE /tmp/test.txt", b"250 "),
    ("QUIT", b"221 "),
]
NAMES: list[tuple[str, bytes]] = [
    ("dig www.vuw.ac.nz", b"; <<>> DiG"),
    ("dig www.vuw.ac.nz", b"; <<>> DiG"),
    ("dig +norecurse @a.root-servers.net nope.nz", b"; <<>> DiG"),
]
VUW = Pattern.of("www.vuw.ac.nz")
WISHES: list[model.Wish] = [
    GREET.wish,
    model.Reply(Pattern.of("550"), ("RCPT",)),
    model.Reached("smtp", "data"),
    model.Delivered(
        Pattern.of("bob@lentil.edu"),
        Pattern.of("alice@*"),
        (("subject", Pattern.of("dahl")),),
        Pattern.of("Do you like dahl?"),
    ),
    model.OnOneConnection(model.InOrder((Command(("DATA",)), Command((".",)), Command(("QUIT",))))),
    model.Reached("ftp", "transfer"),
    model.SecretInTheClear(),
    model.DataConnection("passive"),
    model.Fetched(Pattern.of("/pub/README"), type="A", mode="passive"),
    model.Listed("passive"),
    model.OnOneConnection(All((Command(("PORT",)), model.DataConnection("active"), model.Stored(type="I")))),
    model.Gone(Pattern.of("/tmp/test.txt"), Pattern.of("ftp.eckenfels.net")),
    model.Answered(VUW, "A", "NOERROR", to=Pattern.of("mx.halva.fr"), by="recursion", cached=False, queries=3),
    model.Answered(VUW, "A", cached=True),
    model.Answered(Pattern.of("nope.nz"), server=Pattern.of("a.root-servers.net"), by="iteration"),
    AnyOf((model.Answered(server=Pattern.of("198.41.0.4")), Command(("EHLO",)))),
]


def judged(log) -> list[tuple[str, str, int, int]]:
    return [(each.goal, each.status, each.met, each.parts) for each in log.of("goal")]


def said(events, answer: bytes) -> bool:
    return any(getattr(event, "raw", b"").startswith(answer) for event in events if event.kind in ("line", "console"))


async def test_a_goal_is_written_in_the_batch_of_what_shows_it(supervisor, log):
    lab = await supervisor.open(make_world(), log, last_seq=100, judge=Judge([GREET, NAME, CALM]))
    await hold(lab, log)
    await lab.close("closed")
    assert judged(log) == [("calm", "kept", 0, 0), ("greet", "met", 0, 0), ("name", "open", 1, 2)]
    helo = next(event for event in log.of("line") if event.raw.startswith(b"HELO"))
    greet = log.of("goal")[1]
    assert (greet.title, greet.evidence) == ("Greet the server", (str(helo.seq),))
    assert [event.seq for event in log.events] == list(range(101, 101 + len(log.events)))
    ends = [sum(log.batches[:number]) for number in range(len(log.batches) + 1)]
    at, shown = log.events.index(greet), log.events.index(helo)
    assert not any(shown < end <= at for end in ends)


async def test_goals_that_cannot_be_judged_end_no_lab(supervisor, log, caplog):
    class Failing(Judge):
        def judge(self, events, take_seq):
            raise LookupError(events)

    lab = await supervisor.open(make_world(), log, judge=Failing([GREET]))
    await hold(lab, log)
    await lab.close("closed")
    assert [event.seq for event in log.events] == list(range(1, len(log.events) + 1))
    assert log.of("goal") == []
    (record,) = (record for record in caplog.records if "Goals could not be judged" in record.message)
    assert "LookupError" in record.message
    assert "mx.halva.fr" not in caplog.text


async def test_what_a_hostile_lab_says_is_judged_like_all_else(hostile, log, caplog):
    lab = await hostile.open(make_world("babbles"), log, judge=Judge(EVERYTHING))
    await until(lambda: len(log.events) > len(BABBLE))
    await lab.close("closed")
    assert log.events[-1].why == "closed"
    assert [event.seq for event in log.events] == list(range(1, len(log.events) + 1))
    assert not caplog.records


async def test_a_full_log_has_room_for_the_goals_and_the_last_word(supervisor, log):
    first = limits.LOG_EVENTS - 9
    lab = await supervisor.open(make_world(), log, last_seq=first - 1, judge=Judge([GREET, CALM]))
    for number, text in enumerate(DIALOGUE[:2]):
        await lab.send(Input(1, f"line-{number}", text))
    assert await lab.wait() == "log-full"
    assert judged(log) == [("calm", "kept", 0, 0), ("greet", "met", 0, 0)]
    assert [event.seq for event in log.events] == list(range(first, first + len(log.events)))
    assert (log.events[-1].seq, log.events[-1].why) == (limits.LOG_EVENTS - 1, "log-full")


async def test_nothing_is_judged_after_the_last_word(hostile, log):
    with pytest.raises(LabRefused):
        await hostile.open(make_world("speaks too early"), log, judge=Judge([CALM]))
    assert [event.kind for event in log.events] == ["lab"]


async def test_each_kind_of_goal_is_met_in_a_real_lab(supervisor, log):
    goals = [Goal(str(wish), "A goal", wish) for wish in WISHES]
    lab = await supervisor.open(read_world(ROOT / LECTURE), log, judge=Judge(goals))
    for number, (text, answer) in enumerate([*MAIL, *FILES, *NAMES]):
        heard = len(log.events)
        await lab.send(Input(1, f"line-{number}", text))
        await until(lambda heard=heard, answer=answer: said(log.events[heard:], answer))  # type: ignore[misc]
    await lab.close("closed")
    assert {each.goal for each in log.of("goal") if each.status == "met"} == {goal.key for goal in goals}
