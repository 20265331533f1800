"""What a page is told of the wire. Who gets it stands in tests/portal/test_roles.py."""

import pytest

from portal.labs import feed, limits
from protocols.events import Closed, Endpoint, Line, Opened
from tests.portal.conftest import make_delivered, make_line

STUDENT, SERVER = Endpoint("mx.halva.fr", "10.0.0.1", 49152), Endpoint("ftp.eckenfels.net", "212.227.90.117", 21)


@pytest.fixture
def ask(lab, alice, client):
    client.force_login(alice)
    return lambda after="": client.get(f"/labs/{lab.pk}/wire/", {"after": after}).json()


def make_opened(seq: int, conn: str = "1.1") -> Opened:
    return Opened(seq=seq, at=seq, conn=conn, protocol="ftp", client=STUDENT, server=SERVER)


def make_password(seq: int, conn: str = "1.1") -> Line:
    return make_line(seq, b"PASS lentil\r\n", protocol="ftp", conn=conn)


def test_it_tells_what_went_over_the_wire_and_nothing_else(lab, ask):
    feed.append(lab.pk, 1, [make_opened(1), make_password(2), make_delivered(3)])
    answer = ask()
    assert (answer["last"], answer["whole"]) == (3, True)
    assert [each["seq"] for each in answer["heard"]] == [1, 2]
    assert answer["heard"][1]["pieces"] == [["text", "PASS "], ["secret", "lentil"], ["end", r"\r\n"]]


def test_it_goes_on_where_the_page_is(lab, ask):
    feed.append(lab.pk, 1, [make_opened(1), make_opened(2, "1.2"), make_password(3, "1.2"), make_password(4)])
    answer = ask(2)
    assert [each["seq"] for each in answer["heard"]] == [3, 4]
    assert answer["heard"][0]["receiver"]["port"] == 21
    assert ask(4) == {"last": 4, "whole": True, "heard": []}


def test_a_long_log_comes_in_pages(lab, ask, monkeypatch):
    monkeypatch.setattr(limits, "CHUNK", 3)
    feed.append(lab.pk, 1, [make_opened(1), *(make_password(seq) for seq in range(2, 8))])
    seen, last, whole = [], 0, False
    while not whole:
        answer = ask(last)
        last, whole = answer["last"], answer["whole"]
        seen += [each["seq"] for each in answer["heard"]]
    assert seen == list(range(1, 8))


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "9" * 30, "²"])
def test_a_place_that_no_page_asks_for_is_the_beginning(after, lab, ask):
    feed.append(lab.pk, 1, [make_opened(1)])
    assert ask(after)["last"] == 1


def test_what_a_hostile_lab_says_of_a_connection_that_nobody_opened_is_left_out(lab, ask):
    feed.append(lab.pk, 1, [make_password(1, "1.9"), Closed(seq=2, at=2, conn="1.9", side=None, why="lost")])
    assert ask() == {"last": 2, "whole": True, "heard": []}
