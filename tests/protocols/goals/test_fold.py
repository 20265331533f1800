"""Goals over a transcript: what several wishes make together, and what is their evidence."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocols.goals.fold import Fold, Verdict
from protocols.goals.model import (
    All,
    Answered,
    AnyOf,
    Command,
    DataConnection,
    Delivered,
    Fetched,
    Goal,
    Gone,
    InOrder,
    Never,
    OnOneConnection,
    Pattern,
    Reached,
    Record,
    Reply,
    SecretInTheClear,
    Stored,
    Wish,
)
from tests.protocols.goals.talking import Talk
from tests.protocols.strategies import events

MAIL, RCPT, RSET, QUIT = (Command((verb,)) for verb in ("MAIL", "RCPT", "RSET", "QUIT"))


def judge(wish: Wish, *said: str) -> Verdict:
    """The verdict after these commands; "2:MAIL" is said on the second connection."""
    talk = Talk()
    for text in said:
        number, _, command = text.rpartition(":")
        talk.say(f"1.{number or 1}", command)
    fold = Fold([Goal("one", "One", wish)])
    fold.feed(talk.events)
    return fold.verdicts()[0]


def test_all_are_met_in_whatever_order():
    assert judge(All((MAIL, RCPT)), "RCPT", "NOOP", "MAIL") == Verdict("one", "met", (1, 3), (2, 2))
    assert judge(All((MAIL, RCPT)), "RCPT", "RCPT") == Verdict("one", "open", (1,), (1, 2))


def test_what_must_never_happen_is_no_step_that_is_done():
    wish = All((MAIL, Never(RSET), RCPT))
    assert judge(wish) == Verdict("one", "open", (), (0, 2))
    assert judge(wish, "MAIL") == Verdict("one", "open", (1,), (1, 2))


def test_any_is_met_by_the_first():
    assert judge(AnyOf((MAIL, RCPT)), "NOOP", "RCPT", "MAIL") == Verdict("one", "met", (2,))
    assert judge(AnyOf((MAIL, RCPT)), "NOOP") == Verdict("one", "open")


def test_in_order_each_comes_after_the_one_before():
    assert judge(InOrder((MAIL, RCPT)), "RCPT", "MAIL", "RCPT") == Verdict("one", "met", (2, 3), (2, 2))
    assert judge(InOrder((MAIL, RCPT)), "RCPT", "MAIL") == Verdict("one", "open", (2,), (1, 2))


def test_one_event_is_no_two_steps():
    assert judge(InOrder((MAIL, MAIL)), "MAIL").status == "open"
    assert judge(InOrder((MAIL, MAIL)), "MAIL", "MAIL").status == "met"


def test_on_one_connection_others_do_not_help():
    wish = OnOneConnection(InOrder((MAIL, RCPT)))
    assert judge(wish, "1:MAIL", "2:RCPT") == Verdict("one", "open", (1,), (1, 2))
    assert judge(wish, "1:MAIL", "2:MAIL", "2:RCPT") == Verdict("one", "met", (2, 3), (2, 2))


def test_a_data_connection_belongs_to_the_session_that_arranged_it():
    talk = Talk()
    pasv = talk.say("1.1", "PASV", "ftp", "ready")
    talk.open_data("1.2", "C", pasv)
    retr = talk.say("1.1", "RETR /a", "ftp", "passive")
    talk.transfer("1.2", "S", "/a", retr)
    fold = Fold([Goal("one", "One", OnOneConnection(All((Command(("PASV",)), DataConnection("passive"), Fetched()))))])
    fold.feed(talk.events)
    assert fold.verdicts() == [Verdict("one", "met", (1, 2, 4), (3, 3))]


def test_never_is_kept_so_far_and_then_broken_for_good():
    assert judge(Never(RSET), "MAIL") == Verdict("one", "kept")
    assert judge(Never(RSET), "MAIL", "RSET", "MAIL") == Verdict("one", "broken", (2,))


def test_all_with_a_never_are_kept_once_the_rest_is_met():
    wish = All((MAIL, Never(RSET)))
    assert judge(wish) == Verdict("one", "open")
    assert judge(wish, "MAIL") == Verdict("one", "kept", (1,))
    assert judge(wish, "MAIL", "RSET").status == "broken"


def test_one_connection_without_it_is_enough():
    wish = OnOneConnection(All((MAIL, Never(RSET))))
    assert judge(wish, "1:RSET", "1:MAIL").status == "open"
    assert judge(wish, "1:MAIL", "1:RSET", "2:MAIL") == Verdict("one", "kept", (3,))
    assert judge(wish, "1:MAIL", "2:MAIL", "2:RSET") == Verdict("one", "kept", (1,))


def test_any_is_broken_only_when_all_its_parts_are():
    assert judge(AnyOf((Never(MAIL), Never(RCPT))), "MAIL").status == "kept"
    assert judge(AnyOf((Never(MAIL), Never(RCPT))), "MAIL", "RCPT").status == "broken"


def test_it_tells_what_changed_and_nothing_else():
    talk = Talk()
    fold = Fold([Goal("mail", "Mail", MAIL), Goal("quit", "Quit", QUIT), Goal("calm", "Calm", Never(RSET))])
    talk.say("1.1", "MAIL")
    assert fold.feed(talk.events) == [Verdict("mail", "met", (1,))]
    talk.say("1.1", "MAIL")
    talk.say("1.1", "RSET")
    assert fold.feed(talk.events[1:]) == [Verdict("calm", "broken", (3,))]
    assert [(each.key, each.status) for each in fold.verdicts()] == [
        ("mail", "met"),
        ("quit", "open"),
        ("calm", "broken"),
    ]


EVERYTHING = [
    Goal("commands", "", OnOneConnection(InOrder((MAIL, RCPT, Never(RSET))))),
    Goal("files", "", AnyOf((Stored(path=Pattern.of("*a*")), Fetched()))),
    Goal("data", "", DataConnection("active")),
    Goal("replies", "", All((Reply(Pattern.of("2*")), Reply(Pattern.of("5*"), ("RCPT",))))),
    Goal("states", "", AnyOf((Reached("smtp", "greeted"), Reached("ftp", "ready")))),
    Goal("mail", "", Delivered(headers=(("subject", Pattern.of("*a*")),), body=Pattern.of("*a"))),
    Goal("gone", "", Gone(Pattern.of("/*"))),
    Goal("names", "", Answered(Pattern.of("*"), "A", "NOERROR", by="recursion", queries=3)),
    Goal("caches", "", Answered(rcode="NXDOMAIN", cached=True)),
    Goal("zone", "", Record("lentil.edu", Pattern.of("*"), "A")),
    Goal("secret", "", Never(SecretInTheClear())),
]


@given(st.lists(events(), max_size=30), st.lists(st.integers(0, 30), max_size=4))
def test_the_same_events_give_the_same_verdicts_however_they_are_cut(transcript, cuts):
    whole, pieces = Fold(EVERYTHING), Fold(EVERYTHING)
    whole.feed(transcript)
    places = [0, *sorted(cuts), len(transcript)]
    for start, end in pairwise(places):
        pieces.feed(transcript[start:end])
    assert pieces.verdicts() == whole.verdicts()
