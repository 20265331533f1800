from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import limits
from protocols.ftp.filesystem import FileSystem
from protocols.ftp.session import Answer, Listen, Session, Transfer
from protocols.ftp.states import ARRANGED, COURSE, MACHINE
from protocols.ftp.wire import TRANSFERS
from protocols.machine import Row
from tests.protocols.ftp.dialogues import HOME, WORLD, Finish, Full, Step, Talk, before, into, line_for

STATES = [state.name for state in MACHINE.states if state.name != "closed"]


def rows_of(state: str) -> list[Row]:
    return [row for row in MACHINE.rows if row.state == state]


def row_of(answer: Answer) -> tuple[str, str, str, str, str]:
    return answer.state, answer.verb, answer.lines[-1][:3].decode(), answer.why, answer.then


def expected(row: Row) -> tuple[str, str, str, str, str]:
    return row.state, row.verb, row.code, row.why, row.then or row.state


def said_to(row: Row, line: bytes) -> Answer:
    talk = Talk()
    talk.hold(*before(row))
    if row.why == "no-passive-port":
        talk.port = None
    return talk.hold(line)


@pytest.mark.parametrize("state", [state for state in STATES if state != "transfer"])
def test_every_row_that_a_line_brings_can_be_had(state):
    had = [(row_of(said_to(row, line)), expected(row)) for row in rows_of(state) if (line := line_for(row)) is not None]
    assert len(had) > 100
    assert [(said, wanted) for said, wanted in had if said != wanted] == []


@pytest.mark.parametrize("verb", ["ABOR", "STAT"])
def test_every_row_of_what_is_answered_in_a_transfer_can_be_had(verb):
    for row in [row for row in rows_of("transfer") if row.verb == verb]:
        line = line_for(row)
        assert line is None or row_of(said_to(row, line)) == expected(row)


# What another session, or a page, does meanwhile, for the transfer to end so.
MEANWHILE: dict[str, list[Step]] = {
    "lab-full": [Full(octets=0), Finish("over-quota")],
    "over-quota": [Finish(received=b"x" * 1_001)],
    "too-many-files": [Full(entries=0), Finish()],
}


def remove_directory(files: FileSystem) -> None:
    files.remove_directory(None, f"{HOME}/empty")


def put_file_in_its_place(files: FileSystem) -> None:
    remove_directory(files)
    files.store(None, f"{HOME}/empty", b"")


def take_it_over(files: FileSystem) -> None:
    remove_directory(files)
    files.make_directory(None, f"{HOME}/empty")


def make_directory_of_that_name(files: FileSystem) -> None:
    files.make_directory(None, f"{HOME}/empty/file-1")


@pytest.mark.parametrize("verb", TRANSFERS)
def test_every_row_of_a_transfers_end_can_be_had(verb):
    changed = {
        "no-such-directory": remove_directory,
        "not-a-directory": put_file_in_its_place,
        "permission-denied": take_it_over,
        "is-a-directory": make_directory_of_that_name,
    }
    for row in [row for row in rows_of("transfer") if row.verb == verb]:
        talk = Talk()
        talk.hold(*before(row))
        if row.why == "transfer-aborted":
            talk.hold(b"ABOR\r\n")
            assert row_of(talk.answers[-2]) == expected(row)
        elif row.why in changed:
            assert row_of(talk.hold(changed[row.why], Finish())) == expected(row)
        else:
            assert row_of(talk.hold(*MEANWHILE.get(row.why, [Finish(row.why)]))) == expected(row)


@pytest.mark.parametrize("state", STATES)
def test_every_row_that_is_said_unasked_can_be_had(state):
    for row in [row for row in rows_of(state) if row.verb == "" and row.why != "ready"]:
        talk = Talk()
        talk.hold(*into(state))
        answer = talk.session.refuse(row.why)
        assert row_of(answer) == expected(row)
        assert answer.end is None
        assert talk.session.next() is None


@pytest.mark.parametrize("state", STATES)
def test_it_ends_a_session_of_too_many_commands(state, monkeypatch):
    for row in [row for row in rows_of(state) if row.why == "too-many-commands"]:
        talk = Talk()
        talk.hold(*into(state))
        monkeypatch.setattr(limits, "COMMANDS", talk.session._commands)
        answer = talk.hold(b"WHAT\r\n" if row.verb == "?" else f"{row.verb}\r\n".encode())
        monkeypatch.undo()
        assert (*row_of(answer), answer.closes, answer.aborts) == (*expected(row), "limit", state == "transfer")


@pytest.mark.parametrize("state", STATES)
def test_a_fault_of_its_own_is_a_451_and_the_session_goes_on(state, monkeypatch):
    for row in [row for row in rows_of(state) if row.why == "local-error" and row.verb not in TRANSFERS]:
        talk = Talk()
        talk.hold(*into(state))
        session: Any = talk.session
        monkeypatch.setattr(session, "_meanwhile" if state == "transfer" else "_obey", lambda command: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            talk.hold(b"WHAT\r\n" if row.verb == "?" else f"{row.verb}\r\n".encode())
        assert row_of(session.fail()) == expected(row)
        monkeypatch.undo()
        assert talk.hold(b"STAT\r\n" if state == "transfer" else b"NOOP\r\n").lines[0].startswith(b"2")


def test_the_usual_course_is_made_of_arrows():
    assert set(COURSE) <= set(MACHINE.arrows())


def test_no_session_begins_at_a_host_without_an_ftp_server():
    with pytest.raises(ValueError, match="has no FTP server"):
        Session(WORLD.hosts[0], Talk().files, "127.0.0.1", lambda: 0)


# What no table can list


class Server:
    """What a server of a session remembers, without a socket: it holds that a session and its server agree."""

    def __init__(self) -> None:
        self.talk = Talk()
        self.arranged: str | None = None
        self.running: Transfer | None = None
        self.answers: list[Answer] = []
        self._see(self.talk.answers[0])

    def say(self, octets: bytes) -> None:
        self.talk.session.receive(octets)
        while answer := self.talk.session.next():
            if isinstance(answer, Listen):
                self.arranged = None
                answer = self.talk.session.listening(1_379)
            self._see(answer)

    def end_transfer(self, finish: Finish) -> None:
        if self.running is not None and not (self.running.sends and finish.why == "over-quota"):
            self.running = None
            self._see(self.talk.session.finish(finish.why, finish.received))
            self.say(b"")

    def _see(self, answer: Answer) -> None:
        self.answers.append(answer)
        assert MACHINE.step(*row_of(answer)[:4]) == answer.then == self.talk.session.state
        assert answer.lines
        for line in answer.lines:
            assert line.endswith(b"\r\n")
            assert b"\n" not in line[:-1]
            assert line.decode()
            assert len(line) <= limits.FTP_REPLY_LINE
        if answer.drops:
            self.arranged = None
        if answer.aborts:
            assert self.running is not None
            self.running = None
        if answer.begins is not None:
            assert self.arranged == ("passive" if answer.begins.address is None else "active")
            assert answer.begins.limit >= 0
            self.running, self.arranged = answer.begins, None
        if answer.why in ("passive", "extended-passive"):
            assert not answer.drops, "the port is the new one"
        if answer.why in ("passive", "extended-passive", "port-ok", "eprt-ok"):
            self.arranged = answer.then
        assert self.arranged == (answer.then if answer.then in ARRANGED else None)
        assert self.running is None or answer.then == "transfer"


_LINES = sorted({line for row in MACHINE.rows if (line := line_for(row)) is not None and len(line) < 700})
_STREAMS = st.lists(
    st.sampled_from(_LINES)
    | st.sampled_from([b"USER ecki\r\n", b"PASS geheim\r\n", b"PASV\r\n", b"STOR new\r\n", b"\xff\xf4\xff\xf2ABOR\r\n"])
    | st.binary(max_size=30).map(lambda octets: octets + b"\r\n")
    | st.builds(
        lambda verb, name: verb + b" " + name + b"\n", st.sampled_from([b"MKD", b"CWD"]), st.binary(max_size=9)
    ),
    max_size=12,
)
_ENDS = st.builds(
    Finish,
    st.sampled_from(["transfer-complete", "cannot-connect", "connection-lost", "over-quota", "transfer-idle"]),
    st.binary(max_size=20),
)


@given(stream=_STREAMS, ends=st.lists(_ENDS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_whatever_comes_every_answer_is_a_row_and_the_server_knows_what_is_arranged(stream, ends):
    server = Server()
    server.say(b"USER ecki\r\nPASS geheim\r\n")
    for number, line in enumerate(stream):
        server.say(line)
        if number % 3 == 2:
            server.end_transfer(ends[number % len(ends)])
    server.end_transfer(ends[0])


@given(stream=_STREAMS.map(b"".join), cuts=st.lists(st.integers(0, 400)))
@settings(max_examples=100, deadline=None)
def test_answers_do_not_depend_on_how_the_octets_come(stream, cuts):
    whole, cut = Server(), Server()
    for server in (whole, cut):
        server.say(b"USER ecki\r\nPASS geheim\r\n")
    whole.say(stream)
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(stream)], strict=True):
        cut.say(stream[start:end])
    assert cut.answers == whole.answers
