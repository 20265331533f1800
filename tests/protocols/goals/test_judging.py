from itertools import count

from protocols import limits
from protocols.events import Event, GoalJudged
from protocols.goals.judging import Judge
from protocols.goals.model import All, Command, Goal, Never
from tests.protocols.goals.talking import Talk

GREET = Goal("greet", "Greet", Command(("HELO",)))
BOTH = Goal("both", "Both", All((Command(("MAIL",)), Command(("RCPT",)))))
CALM = Goal("calm", "Calm", Never(Command(("RSET",))))


def commands(*texts: str) -> list[Event]:
    talk = Talk()
    for text in texts:
        talk.say("1.1", text)
    return talk.events


def written(judge: Judge, events: list[Event]) -> list[tuple[int, str, str]]:
    return [(each.seq, each.goal, each.status) for each in judge.judge(events, count(events[-1].seq + 1).__next__)]


def test_a_goal_that_is_met_is_written_after_the_events_that_met_it():
    (event,) = Judge([GREET]).judge(commands("HELO x", "NOOP"), count(3).__next__)
    assert event == GoalJudged(seq=3, at=2, goal="greet", title="Greet", status="met", evidence=("1",))


def test_what_changes_nothing_is_not_written():
    assert written(Judge([GREET]), commands("NOOP")) == []


def test_each_step_is_written():
    judge = Judge([BOTH])
    said = commands("MAIL x", "RCPT x")
    (first,) = judge.judge(said[:1], count(3).__next__)
    (second,) = judge.judge(said[1:], count(4).__next__)
    assert (first.status, first.met, first.parts) == ("open", 1, 2)
    assert (second.status, second.met, second.parts, second.evidence) == ("met", 2, 2, ("1", "2"))


def test_what_is_kept_from_the_start_is_written_with_the_first_events():
    judge = Judge([CALM])
    assert written(judge, commands("NOOP")) == [(2, "calm", "kept")]
    assert written(judge, commands("NOOP")) == []


def test_a_log_that_goes_on_is_judged_as_one():
    past = commands("MAIL x")
    past += Judge([BOTH, CALM]).judge(past, count(2).__next__)
    talk = Talk()
    talk.events = past
    talk.say("2.1", "RCPT x")
    assert written(Judge([BOTH, CALM], past), past[-1:]) == [(5, "both", "met")]


def test_what_was_met_and_never_written_is_written_when_the_log_goes_on():
    assert written(Judge([GREET], commands("HELO x")), commands("NOOP", "NOOP")[1:]) == [(3, "greet", "met")]


def test_of_much_evidence_the_newest_is_named():
    many = Goal("many", "Many", All(tuple(Command((f"V{number}",)) for number in range(30))))
    (event,) = Judge([many]).judge(commands(*(f"V{number}" for number in range(30))), count(31).__next__)
    assert event.evidence == tuple(str(seq) for seq in range(31 - limits.EVIDENCE, 31))
