import dns.message
import dns.rrset
import pytest

from protocols.events import Endpoint, Event, Message, Opened, Side
from protocols.goals.fold import Fold
from protocols.goals.model import Goal, Pattern, Question, Reply
from protocols.goals.questions import ANSWERS, is_right
from tests.protocols.goals.talking import SERVER, STUDENT, Talk


def resolved(why: str = "answer", about: tuple[str, ...] = ()) -> Event:
    query = dns.message.make_query("www.vuw.ac.nz", "A")
    response = dns.message.make_response(query)
    response.answer = [
        dns.rrset.from_text("www.vuw.ac.nz.", 60, "IN", "CNAME", "www2.vuw.ac.nz."),
        dns.rrset.from_text("www2.vuw.ac.nz.", 60, "IN", "A", "130.195.86.18"),
    ]
    return Message(
        seq=1,
        at=1,
        protocol="dns",
        transport="udp",
        side="S",
        client=STUDENT,
        server=SERVER,
        raw=response.to_wire(),
        why=why,
        about=about,
    )


def data_connection(opener: Side) -> Event:
    client, server = Endpoint("", "10.0.0.1", 1025), Endpoint("", "212.227.90.117", 1379)
    return Opened(seq=1, at=1, conn="1.2", protocol="ftp", purpose="data", opener=opener, client=client, server=server)


def transferred(side: str, path: str = "/a") -> Event:
    talk = Talk()
    talk.transfer("1.2", side, path, 1, length=12_345)
    return talk.events[0]


def stored() -> Event:
    talk = Talk()
    talk.store("/a", size=7)
    return talk.events[0]


def refused(text: str) -> Event:
    talk = Talk()
    talk.exchange("1.1", "RCPT TO:<x@lentil.edu>", text)
    return talk.events[1]


RIGHT = [
    ("enhanced code", refused("550 5.1.1 No such user here"), "5.1.1"),
    ("data port", data_connection("C"), " 1379 "),
    ("data port", data_connection("S"), "1025"),
    ("fetched octets", transferred("S"), "12345"),
    ("fetched octets", transferred("S"), "12,345"),
    ("stored octets", stored(), "7"),
    ("queries", resolved("recursed", ("4",)), "4"),
    ("address", resolved(), "130.195.86.18"),
    ("alias", resolved(), "WWW2.vuw.ac.nz."),
]
WRONG = [
    ("enhanced code", refused("550 5.1.1 No such user here"), "550"),
    ("enhanced code", refused("550 No such user, as 5.1.1 says"), "5.1.1"),
    ("data port", data_connection("C"), "1025"),
    ("data port", data_connection("C"), "21"),
    ("data port", data_connection("C"), ""),
    ("fetched octets", transferred("C"), "12345"),
    ("fetched octets", transferred("S", ""), "12345"),
    ("stored octets", transferred("S"), "12345"),
    ("queries", resolved("cached", ("4",)), "4"),
    ("address", resolved(), "www2.vuw.ac.nz"),
    ("alias", resolved(), "130.195.86.18"),
]


@pytest.mark.parametrize(("about", "event", "answered"), RIGHT)
def test_the_transcript_shows_that_an_answer_is_right(about, event, answered):
    assert is_right(Question("?", about), answered, [event])


@pytest.mark.parametrize(("about", "event", "answered"), WRONG)
def test_the_transcript_shows_that_an_answer_is_wrong(about, event, answered):
    assert not is_right(Question("?", about), answered, [event])


def test_the_tables_have_every_answer():
    assert {about for about, _, _ in RIGHT} == set(ANSWERS) == {about for about, _, _ in WRONG}


def test_an_answer_is_looked_for_in_what_the_question_is_about():
    talk = Talk()
    talk.exchange("1.1", "RCPT TO:<nobody@lentil.edu>", "550 5.1.1 nobody@lentil.edu: no such user here")
    talk.exchange("1.1", "RCPT TO:<carol@pita.com>", "550 5.7.1 carol@pita.com: relaying denied")
    question = Question("?", "enhanced code", Reply(Pattern.of("550"), ("RCPT",), Pattern.of("*nobody@*")))
    assert is_right(question, "5.1.1", talk.events)
    assert not is_right(question, "5.7.1", talk.events)


def test_no_answer_is_right_while_nothing_was_said():
    assert not any(is_right(Question("?", about), answered, []) for about in ANSWERS for answered in ("", "0", "21"))


def test_no_event_meets_a_question():
    fold = Fold([Goal("port", "Port", Question("Which port?", "data port"))])
    assert fold.feed([data_connection("C")]) == []
    assert fold.verdicts()[0].status == "open"
