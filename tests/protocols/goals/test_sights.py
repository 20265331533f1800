"""What one event shows: for each kind of wish, transcripts that meet it and that nearly meet it."""

from collections.abc import Callable
from typing import Any

import pytest

from protocols.events import Endpoint, Line, Message
from protocols.goals import model
from protocols.goals.fold import Fold
from protocols.goals.model import Pattern
from tests.protocols.goals.talking import SERVER, STUDENT, Talk, cut

Play = Callable[[Talk], object]


def status(wish: model.Wish, *plays: Play) -> str:
    talk = Talk()
    for play in plays:
        play(talk)
    fold = Fold([model.Goal("one", "One", wish)])
    fold.feed(talk.events)
    return fold.verdicts()[0].status


def mail(to: str = "bob@lentil.edu", raw: bytes = b"Subject: Dahl\r\n\r\nDo you like dahl?\r\n", **given: str) -> Play:
    return lambda talk: talk.deliver("1.1", to, raw, **given)


def stored_as(kind: str = "I", opener: str = "C") -> Play:
    def play(talk: Talk) -> None:
        talk.ftp("1.1", f"TYPE {kind}", "200 Type set.")
        talk.open_data("1.2", opener, talk.say("1.1", "PASV", "ftp", "ready"))
        talk.store("/tmp/a", conn="1.1")

    return play


def fetched(verb: str = "RETR", opener: str = "C", **given: Any) -> Play:
    def play(talk: Talk) -> None:
        talk.open_data("1.0", "C", talk.say("1.1", "PASV", "ftp", "ready"))  # nothing goes over this one
        talk.open_data("1.2", opener, talk.say("1.1", "PORT 10,0,0,1,4,1", "ftp", "passive"))
        retr = talk.say("1.1", f"{verb} /pub/README", "ftp", "ready")
        values: dict[str, Any] = {"conn": "1.2", "side": "S", "path": "/pub/README", "because": retr}
        talk.transfer(**values | given)

    return play


def transfer_after(*dialogue: tuple[str, str]) -> Play:
    def play(talk: Talk) -> None:
        for text, reply in dialogue:
            talk.ftp("1.1", text, reply)
        talk.store("/tmp/a", conn="1.1")

    return play


def raw_line(raw: bytes, side: str = "C") -> Play:
    return lambda talk: talk.add(Line, conn="1.1", protocol="ftp", side=side, raw=raw, state="transfer")


def transfer_state(text: str, reply: str, why: str, state: str) -> Play:
    return lambda talk: talk.exchange("1.1", text, reply, why=why, protocol="ftp", state=state)


def listed(opener: str = "C", **given: Any) -> Play:
    return fetched("NLST", opener, **{"path": ""} | given)


HELO = model.Command(("HELO", "EHLO"), Pattern.of("*halva.fr"))
BOB = model.Delivered(to=Pattern.of("bob@*"))
SUBJECT = model.Delivered(headers=(("subject", Pattern.of("*dahl*")),), body=Pattern.of("*like*"))
README = Pattern.of("/pub/*")
RESOLVER = Endpoint("vuwwincodc00001.vuw.ac.nz", "130.195.85.25", 40_001)
VUW = Pattern.of("www.vuw.ac.nz")
SOUP = model.Record("lentil.edu", Pattern.of("soup.lentil.edu"), "A", Pattern.of("10.2.*"))

MET = {
    "a command": (HELO, lambda t: t.say("1.1", "helo MX.HALVA.FR")),
    "another of its verbs": (HELO, lambda t: t.say("1.1", "EHLO mx.halva.fr")),
    "a command without argument": (model.Command(("DATA",)), lambda t: t.say("1.1", "DATA")),
    "a dot that ends a message": (model.Command((".",)), lambda t: t.say("1.1", ".", state="data")),
    "a command after Telnet's signals": (model.Command(("ABOR",)), raw_line(b"\xff\xf4\xff\xf2abor\r\n")),
    "a name with a space before it": (model.Command(("RETR",), Pattern.of(" a")), raw_line(b"retr  a\r\n")),
    "a reply": (model.Reply(Pattern.of("550")), lambda t: t.exchange("1.1", "RCPT TO:<x>", "550 5.1.1 No")),
    "a reply of a kind": (model.Reply(Pattern.of("5*")), lambda t: t.exchange("1.1", "RCPT TO:<x>", "550 5.1.1 No")),
    "a reply to a verb": (model.Reply(Pattern.of("250"), ("MAIL",)), lambda t: t.exchange("1.1", "MAIL x", "250 ok")),
    "a reply by its text": (
        model.Reply(Pattern.of("550"), text=Pattern.of("5.1.1 *")),
        lambda t: t.exchange("1.1", "RCPT TO:<x>", "550 5.1.1 No"),
    ),
    "a greeting": (
        model.Reply(Pattern.of("220")),
        lambda t: t.answer("1.1", "220 hi", None, why="ready", state="connected"),
    ),
    "a state": (
        model.Reached("smtp", "greeted"),
        lambda t: t.exchange("1.1", "HELO x", "250 hi", why="hello", state="connected"),
    ),
    "a state of FTP": (
        model.Reached("ftp", "active"),
        transfer_state("port 10,0,0,1,4,1", "200 PORT command successful", "port-ok", "ready"),
    ),
    "a state after a transfer": (
        model.Reached("ftp", "ready"),
        transfer_state("RETR a", "226 Transfer complete", "transfer-complete", "transfer"),
    ),
    "a state that no verb leads to": (
        model.Reached("ftp", "closed"),
        transfer_state("XYZ", "421 Too many", "too-many-commands", "ready"),
    ),
    "a message": (BOB, mail()),
    "a message by its header and body": (SUBJECT, mail()),
    "a message from somebody": (model.Delivered(sender=Pattern.of("")), mail(sender="")),
    "a file": (model.Stored(path=Pattern.of("/tmp/*"), size=5, sha256="ab"), lambda t: t.store("/tmp/test.txt")),
    "a file of a type": (model.Stored(type="I"), stored_as("I")),
    "a file of eight bits": (model.Stored(type="I"), stored_as("L 8")),
    "a file of the first type": (model.Stored(type="A"), lambda t: t.store("/tmp/a", conn="1.1")),
    "a file of the first type again": (
        model.Stored(type="A"),
        transfer_after(("TYPE I", "200 ok"), ("REIN", "220 ready")),
    ),
    "a fetched file": (model.Fetched(path=README, size=5), fetched()),
    "a file over a connection of a mode": (model.Fetched(mode="active"), fetched(opener="S")),
    "a stored one over such a connection": (model.Stored(mode="active"), stored_as(opener="S")),
    "a list": (model.Listed(), listed()),
    "a list over a connection of a mode": (model.Listed("active"), listed("S")),
    "a file that is gone": (model.Gone(path=Pattern.of("/a")), lambda t: t.change("removed", "/a")),
    "a file of another name": (model.Gone(path=Pattern.of("/a")), lambda t: t.change("renamed", "/a", "/b")),
    "an active data connection": (model.DataConnection("active"), lambda t: t.open_data("1.2", "S", 0)),
    "a passive one": (model.DataConnection("passive"), lambda t: t.open_data("1.2", "C", 0)),
    "any data connection": (model.DataConnection(), lambda t: t.open_data("1.2", "C", 0)),
    "an answer": (model.Answered(VUW, "A", "NOERROR"), lambda t: t.resolve("www.vuw.ac.nz")),
    "an answer about the root": (model.Answered(Pattern.of("."), "NS"), lambda t: t.resolve(".", "NS")),
    "an answer by its server's address": (
        model.Answered(server=Pattern.of("10.2.0.53")),
        lambda t: t.resolve("lentil.edu"),
    ),
    "an answer with recursion": (model.Answered(by="recursion"), lambda t: t.resolve("lentil.edu")),
    "an answer without": (model.Answered(by="iteration"), lambda t: t.resolve("lentil.edu", rd=False)),
    "an answer to somebody": (model.Answered(to=Pattern.of("mx.halva.fr")), lambda t: t.resolve("lentil.edu")),
    "an answer with authority": (model.Answered(authoritative=True), lambda t: t.resolve("lentil.edu", aa=True)),
    "an answer without authority": (model.Answered(authoritative=False), lambda t: t.resolve("lentil.edu")),
    "an answer without data": (model.Answered(rcode="NODATA"), lambda t: t.resolve("lentil.edu", "MX", why="no-data")),
    "an answer from a cache": (model.Answered(cached=True), lambda t: t.resolve("lentil.edu", why="cached-no-data")),
    "an answer with few queries": (
        model.Answered(queries=3),
        lambda t: t.resolve("lentil.edu", why="recursed", about=("3",)),
    ),
    "a refusal": (model.Answered(rcode="REFUSED"), lambda t: t.resolve("lentil.edu", rcode="REFUSED")),
    "a record": (SOUP, lambda t: t.edit("soup A 10.2.0.99\n")),
    "a password beside a mechanism": (model.SecretInTheClear(), lambda t: t.say("1.1", "AUTH PLAIN AGEAYg==")),
    "a password in the clear": (model.SecretInTheClear(), lambda t: t.say("1.1", "PASS lentil", "ftp", "named")),
}
NEARLY = {
    "another argument": (HELO, lambda t: t.say("1.1", "HELO mx.lentil.edu")),
    "a verb within another": (HELO, lambda t: t.say("1.1", "HELOX mx.halva.fr")),
    "a command within a message": (HELO, lambda t: t.say("1.1", "HELO mx.halva.fr", state="data")),
    "a command that the server says": (
        model.Command(("250",)),
        lambda t: t.answer("1.1", "250 ok", None, why="", state="greeted"),
    ),
    "another code": (model.Reply(Pattern.of("5*")), lambda t: t.exchange("1.1", "RCPT TO:<x>", "450 4.2.0 No")),
    "another text": (
        model.Reply(Pattern.of("550"), text=Pattern.of("5.1.1 *")),
        lambda t: t.exchange("1.1", "RCPT TO:<x>", "550 5.7.1 No"),
    ),
    "a line before the last": (model.Reply(Pattern.of("250")), lambda t: t.exchange("1.1", "EHLO x", "250-hi")),
    "a line in a reply that begins with digits": (model.Reply(Pattern.of("*")), raw_line(b"25 years of FTP\r\n", "S")),
    "a reply to another verb": (
        model.Reply(Pattern.of("250"), ("MAIL",)),
        lambda t: t.exchange("1.1", "RSET", "250 ok"),
    ),
    "a state that is left": (
        model.Reached("smtp", "connected"),
        lambda t: t.exchange("1.1", "HELO x", "250 hi", why="hello", state="connected"),
    ),
    "a refusal that changes no state": (
        model.Reached("smtp", "sender"),
        lambda t: t.exchange("1.1", "RCPT TO:<x>", "503 5.5.1 no", why="rcpt-before-mail"),
    ),
    "a state before its reply is over": (
        model.Reached("ftp", "ready"),
        transfer_state("PASS secret", "230-Welcome", "logged-in", "named"),
    ),
    "a message for somebody else": (BOB, mail(to="alice@lentil.edu")),
    "a message without the field": (SUBJECT, mail(raw=b"From: dahl\r\n\r\nDo you like dahl?\r\n")),
    "a field in the body": (SUBJECT, mail(raw=b"From: x\r\n\r\nSubject: dahl\r\nlike\r\n")),
    "a file of another size": (model.Stored(size=6), lambda t: t.store("/tmp/a")),
    "a file with another content": (model.Stored(sha256="cd"), lambda t: t.store("/tmp/a")),
    "a file on another host": (model.Stored(host=Pattern.of("ftp.lentil.edu")), lambda t: t.store("/tmp/a")),
    "a file of another type": (model.Stored(type="A"), stored_as("I")),
    "a file that somebody put there on a page": (model.Stored(type="A"), lambda t: t.store("/tmp/a")),
    "a file after a type that was refused": (
        model.Stored(type="I"),
        transfer_after(("TYPE I", "504 not now")),
    ),
    "a file that broke off": (model.Fetched(path=README), fetched(whole=False)),
    "a file that went the other way": (model.Fetched(path=README), fetched(side="C")),
    "a list, which is no file": (model.Fetched(), listed()),
    "a file over a connection of the other mode": (model.Fetched(mode="passive"), fetched(opener="S")),
    "a stored one over a connection of the other mode": (model.Stored(mode="active"), stored_as()),
    "a file, which is no list": (model.Listed(), fetched()),
    "a list over a connection of the other mode": (model.Listed("passive"), listed("S")),
    "a list that broke off": (model.Listed(), listed(whole=False)),
    "a directory that was made": (model.Gone(), lambda t: t.change("made", "/a")),
    "a data connection of the other mode": (model.DataConnection("active"), lambda t: t.open_data("1.2", "C", 0)),
    "a control connection": (model.DataConnection(), lambda t: t.connect("1.1", "ftp")),
    "an answer about another type": (model.Answered(VUW, "AAAA"), lambda t: t.resolve("www.vuw.ac.nz")),
    "an answer about a name below": (model.Answered(Pattern.of("vuw.ac.nz")), lambda t: t.resolve("www.vuw.ac.nz")),
    "an answer from elsewhere": (
        model.Answered(server=Pattern.of("ns2.*")),
        lambda t: t.resolve("lentil.edu"),
    ),
    "an answer to somebody else": (
        model.Answered(to=Pattern.of("mx.halva.fr")),
        lambda t: t.resolve("lentil.edu", client=RESOLVER),
    ),
    "an answer that lacks authority": (model.Answered(authoritative=True), lambda t: t.resolve("lentil.edu")),
    "an answer that has it": (model.Answered(authoritative=False), lambda t: t.resolve("lentil.edu", aa=True)),
    "an answer with data": (model.Answered(rcode="NODATA"), lambda t: t.resolve("lentil.edu", "MX")),
    "an answer without the data": (
        model.Answered(rcode="NOERROR"),
        lambda t: t.resolve("lentil.edu", "MX", why="recursed-no-data"),
    ),
    "a referral that a cache had": (model.Answered(cached=True), lambda t: t.resolve("x.ca", why="cached-referral")),
    "an answer that no cache had": (model.Answered(cached=True), lambda t: t.resolve("lentil.edu")),
    "an answer with many queries": (
        model.Answered(queries=3),
        lambda t: t.resolve("lentil.edu", why="recursed", about=("4",)),
    ),
    "half an answer": (
        model.Answered(name=VUW),
        lambda t: t.add(
            Message, protocol="dns", transport="udp", side="S", client=STUDENT, server=SERVER, raw=cut(b"\x03ww")
        ),
    ),
    "no answer at all": (
        model.Answered(name=VUW),
        lambda t: t.add(Message, protocol="dns", transport="udp", side="S", client=STUDENT, server=SERVER, raw=b"\0"),
    ),
    "a record of another type": (SOUP, lambda t: t.edit('soup TXT "10.2.0.99"\n')),
    "a record in a zone that was not loaded": (SOUP, lambda t: t.edit("soup A 10.2.0.99\n", why="stale")),
    "a record of a zone that nobody edited": (SOUP, lambda t: t.edit("soup A 10.2.0.99\n", client_id=None)),
    "a file that is no zone": (SOUP, lambda t: t.edit("soup A nonsense\n")),
    "a user's name in the clear": (model.SecretInTheClear(), lambda t: t.say("1.1", "USER ecki", "ftp", "connected")),
    "a mechanism alone": (model.SecretInTheClear(), lambda t: t.say("1.1", "AUTH TLS", "ftp", "connected")),
    "a password without one": (model.SecretInTheClear(), lambda t: t.say("1.1", "PASS", "ftp", "named")),
}


@pytest.mark.parametrize(("wish", "play"), MET.values(), ids=MET)
def test_it_is_met_by(wish, play):
    assert status(wish, play) == "met"


@pytest.mark.parametrize(("wish", "play"), NEARLY.values(), ids=NEARLY)
def test_it_is_not_met_by(wish, play):
    assert status(wish, play) == "open"


def test_every_kind_of_wish_stands_in_both_tables():
    kinds = set(model.Sight.__args__) - {model.Question}  # which no event shows
    assert {type(wish) for wish, _ in MET.values()} == kinds
    assert {type(wish) for wish, _ in NEARLY.values()} == kinds


def test_a_password_on_a_secured_connection_is_not_in_the_clear():
    said = (lambda t: t.connect("1.1", "ftp", secured=True), lambda t: t.say("1.1", "PASS lentil", "ftp", "named"))
    assert status(model.SecretInTheClear(), *said) == "open"
