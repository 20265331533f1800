"""The classic session as textbooks print it, line by line with what a reader is told."""

from collections.abc import Iterator
from typing import Any

from protocols import explain
from protocols.events import Line
from protocols.ftp.answers import Answer, Listen
from protocols.ftp.filesystem import FileSystem, Room
from protocols.ftp.session import Session
from protocols.world import Host
from protocols.world.model import FIRST_DAY, Account, File, Ftp

HOST = Host(
    "ftp.eckenfels.net",
    "212.227.90.117",
    ftp=Ftp(
        (Account("ecki", "secret"),),
        (1_379, 1_400),
        {"ready": "FTP Server ready.", "logged-in": "Welcome {user}\nLogged in."},
    ),
    files=(File("/tmp/", mode=0o777), File("/readme.txt", text="Hello\n")),
)

SAID = ("USER ecki", "PASS secret", "PASV", "NLST", "PORT 10, 0, 0, 1, 4, 1", "STOR /tmp/test.txt", "QUIT")

# Each line, and the state that a reply leads to.
READ = [
    ("220 FTP Server ready.", "connected"),
    ("USER ecki", None),
    ("331 Password required for ecki", "named"),
    ("PASS secret", None),
    ("230-Welcome ecki", "named"),
    ("230 Logged in.", "ready"),
    ("PASV", None),
    ("227 Entering Passive Mode (212,227,90,117,5,99)", "passive"),
    ("NLST", None),
    ("150 Opening data connection for /", "transfer"),
    ("226 Transfer complete", "ready"),
    ("PORT 10, 0, 0, 1, 4, 1", None),
    ("200 PORT command successful", "active"),
    ("STOR /tmp/test.txt", None),
    ("150 Opening data connection for /tmp/test.txt", "transfer"),
    ("226 Transfer complete", "ready"),
    ("QUIT", None),
    ("221 Goodbye", "closed"),
]


def described() -> list[Any]:
    """Every line of the session as it is described, in the order of the wire."""
    session = Session(HOST, FileSystem(HOST.files, {}, Room(), lambda: FIRST_DAY), "10.0.0.1", lambda: FIRST_DAY)
    shown = [*_said(session.open(), None)]
    for said in SAID:
        asked = _line("C", f"{said}\r\n".encode(), session.state)
        shown.append(explain.describe(asked, None))
        session.receive(asked.raw)
        answer = session.next()
        if isinstance(answer, Listen):
            answer = session.listening(1_379)
        assert answer is not None
        shown += _said(answer, asked)
        if answer.begins is not None:
            shown += _said(session.finish("transfer-complete", b"Hello\r\n"), asked)
    return shown


def _said(answer: Answer, asked: Line | None) -> Iterator[Any]:
    for raw in answer.lines:
        yield explain.describe(_line("S", raw, answer.state, answer.why), asked)


def _line(side: Any, raw: bytes, state: str, why: str | None = None) -> Line:
    return Line(seq=1, at=0, conn="1.1", protocol="ftp", side=side, raw=raw, state=state, why=why)


def test_the_classic_session_reads_as_it_is_printed_and_leads_where_it_should():
    shown = described()
    assert [("".join(text for _, text in one.parts), one.explanation.after) for one in shown] == READ


def test_its_phases_follow_one_another():
    phases = [one.phase for one in described()]
    assert (
        phases
        == ["login"] * 6 + ["commands"] * 2 + ["transfer"] * 3 + ["commands"] * 2 + ["transfer"] * 3 + ["closure"] * 2
    )


def test_its_tones_are_those_of_its_codes():
    tones = [one.tone for one in described() if one.explanation.after]
    assert tones == ["done", "go-on", "done", "done", "done", "go-on", "done", "done", "go-on", "done", "done"]


def test_its_arithmetic_stands_beside_the_lines_that_have_it():
    ports = {
        "".join(text for _, text in one.parts): field.value
        for one in described()
        for section in one.explanation.sections
        for field in section.fields
        if field.name == "port"
    }
    assert ports == {
        "227 Entering Passive Mode (212,227,90,117,5,99)": "5*256+99 = 1379",
        "PORT 10, 0, 0, 1, 4, 1": "4*256+1 = 1025",
        "200 PORT command successful": "4*256+1 = 1025",
    }


def test_its_password_is_the_only_secret():
    secrets = [part for one in described() for part in one.parts if part[0] == "secret"]
    assert secrets == [("secret", "secret")]
