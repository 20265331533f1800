import asyncio
import socket

import pytest

from protocols import explain, limits
from protocols.console import Console
from protocols.events import Closed, Line, Opened
from protocols.events import Console as Said
from protocols.smtp.server import Connection
from protocols.world import Host
from tests.protocols.smtp.dialogues import CLASSIC, WORLD
from tests.protocols.stores import make_store


@pytest.fixture
async def console(mx):
    console = Console(1, WORLD, mx.recorder, make_store(WORLD, mx.recorder))
    yield console
    await console.close()


def printed(mx) -> list[tuple[str, bytes]]:
    return [(said.why, said.raw) for said in mx.of(Said) if said.action == "printed"]


async def until(mx, there) -> None:
    async with asyncio.timeout(10):
        while not there():
            mx.changed.clear()
            await mx.changed.wait()


async def connect(mx, console, words: str = "connect mx.lentil.edu {port}") -> None:
    await console.typed("connect", words.format(port=mx.address[1]).encode())
    await until(mx, lambda: "ready" in mx.whys())


async def test_a_student_holds_the_classic_dialogue_by_hand(mx, console):
    await connect(mx, console)
    for number, (side, raw) in enumerate(CLASSIC):
        if side == "C":
            await console.typed(f"line-{number}", raw.removesuffix(b"\r\n"))
        await until(mx, lambda count=number: len(mx.of(Line)) > count)
    await mx.until_closed()
    assert [(line.side, line.raw) for line in mx.of(Line)] == CLASSIC
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("S", "quit")]


async def test_every_line_cites_what_was_typed_and_so_does_the_opening(mx, console):
    await connect(mx, console)
    await console.typed("a", b"HELO mx.halva.fr")
    await console.typed("b", b"NOOP")
    await until(mx, lambda: "nothing-done" in mx.whys())
    typed = {said.seq: said for said in mx.of(Said)}
    assert [typed[opened.because].client_id for opened in mx.of(Opened)] == ["connect"]
    lines = [line for line in mx.of(Line) if line.side == "C"]
    assert [typed[line.because].client_id for line in lines] == ["a", "b"]
    assert [explain.describe(line, typed[line.because]).client_id for line in lines] == ["a", "b"]


async def test_it_speaks_from_the_students_host(mx, console):
    await connect(mx, console)
    [opened] = mx.of(Opened)
    assert (opened.client.host, opened.client.address) == ("mx.halva.fr", "127.0.0.1")


@pytest.mark.parametrize(
    "words",
    [
        "connect MX.lentil.EDU {port}",
        "telnet 127.0.0.25 {port}",
        "nc mx.lentil.edu {port}",
        "  CONNECT   mx.lentil.edu.  {port} ",
    ],
)
async def test_a_host_is_found_by_name_or_address(mx, console, words):
    await connect(mx, console, words)
    assert printed(mx) == []


async def test_without_a_port_it_is_that_of_the_hosts_first_server(mx, console, monkeypatch):
    monkeypatch.setattr(Host, "services", lambda host: [("smtp", mx.address[1], "tcp")] if host.smtp else [])
    await connect(mx, console, "connect mx.lentil.edu")


@pytest.mark.parametrize(
    ("typed", "why", "about"),
    [
        (b"HELO mx.halva.fr", "not-connected", b"HELO mx.halva.fr"),
        (b"", "not-connected", b""),
        (b"\xff\x00", "not-connected", b"\xff\x00"),
        (b"help me", "not-connected", b"help me"),
        (b"exit", "nothing-to-leave", b"exit"),
        (b"exit now", "not-connected", b"exit now"),
        (b"set type=mx", "not-in-nslookup", b"set type=mx"),
        (b"server 10.2.0.53", "not-in-nslookup", b"server 10.2.0.53"),
        (b"help", "help", b"help"),
        (b"connect", "no-host", b""),
        (b"connect mx.lentil.com 25", "unknown-host", b"mx.lentil.com"),
        (b"connect www.lentil.edu", "no-server", b"www.lentil.edu"),
        (b"connect mx.lentil.edu smtp", "bad-port", b"smtp"),
        (b"connect mx.lentil.edu 0", "bad-port", b"0"),
        (b"connect mx.lentil.edu 65536", "bad-port", b"65536"),
        (b"connect mx.lentil.edu \xb2", "bad-port", b"\xb2"),
        (b"connect www.lentil.edu 1", "refused", b"www.lentil.edu"),
    ],
)
async def test_what_opens_no_connection_is_answered_in_a_sentence(mx, console, typed, why, about):
    await console.typed("x", typed)
    assert printed(mx) == [(why, about)]
    asked, told = mx.of(Said)
    shown = explain.describe(told, asked)
    assert (told.because, shown.client_id) == (asked.seq, "x")
    assert shown.note
    assert shown.note.endswith(".")


async def test_each_printed_sentence_is_its_own():
    assert len(set(explain.PRINTED.values())) == len(explain.PRINTED)


async def test_a_server_that_does_not_answer_is_waited_for_a_bounded_time(mx, console, monkeypatch):
    monkeypatch.setattr(limits, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.80", 0), backlog=0) as full:
        waiting = []
        for _ in range(3):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(full.getsockname())
        await console.typed("x", b"connect www.lentil.edu %d" % full.getsockname()[1])
        for one in waiting:
            one.close()
    assert printed(mx) == [("unanswered", b"www.lentil.edu")]


async def test_what_is_typed_while_connected_goes_to_the_server_as_it_is(mx, console):
    await connect(mx, console)
    await console.typed("x", b"connect \xff mx.lentil.edu")
    await until(mx, lambda: "not-ascii" in mx.whys())
    assert mx.octets("C") == b"connect \xff mx.lentil.edu\r\n"


async def test_after_quit_it_is_not_connected_and_can_connect_again(mx, console):
    await connect(mx, console)
    await console.typed("quit", b"QUIT")
    await mx.until_closed()
    await console.typed("late", b"NOOP")
    assert printed(mx) == [("not-connected", b"NOOP")]
    await connect(mx, console)
    await until(mx, lambda: mx.whys().count("ready") == 2)


async def test_hanging_up_closes_without_a_word(mx, console):
    await connect(mx, console)
    await console.hang_up("bye")
    await mx.until_closed()
    assert mx.octets("C") == b""
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("C", "closed")]
    await console.hang_up("again")
    assert printed(mx) == [("nothing-open", b"")]


@pytest.mark.parametrize("line", [b"NOOP", b""])
async def test_a_line_typed_while_the_server_closes_is_answered_in_a_sentence(mx, console, monkeypatch, line):
    close = Connection._close

    def close_a_moment_later(connection, why):
        with pytest.raises(StopIteration):  # it is typed without waiting for anything
            console.typed("late", line).send(None)
        close(connection, why)

    monkeypatch.setattr(Connection, "_close", close_a_moment_later)
    await connect(mx, console)
    await console.typed("quit", b"QUIT")
    await until(mx, lambda: printed(mx))
    assert printed(mx) == [("not-connected", line)]
    [late] = [said for said in mx.of(Said) if said.client_id == "late"]
    assert [said.because for said in mx.of(Said) if said.action == "printed"] == [late.seq]
    assert mx.octets("C") == b"QUIT\r\n"


async def test_every_line_typed_becomes_a_line_of_the_wire_or_a_sentence(mx, console):
    for pause in range(40):
        await connect(mx, console)
        await console.typed(f"quit-{pause}", b"QUIT")
        for number in range(pause):
            await asyncio.sleep(0)
            if number % 3 == 0:
                await console.typed(f"late-{pause}-{number}", b"NOOP")
        await mx.until_closed(pause + 1)
        await until(mx, lambda: typed_and_unanswered(mx) == set())


def typed_and_unanswered(mx) -> set[int]:
    """What was typed and is cited by no line, opening or sentence."""
    typed = {said.seq for said in mx.of(Said) if said.action == "typed"}
    return typed - {event.because for event in mx.events if event.because is not None}


async def test_nothing_is_recorded_after_the_console_is_closed(mx, console, monkeypatch):
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0.05)
    await connect(mx, console)
    mx.recorder.hold()
    await console.typed("heard", b"NOOP")
    await until(mx, lambda: b"NOOP" in mx.octets("C"))  # from now on the server reads no more
    await console.typed("unheard", b"NOOP")
    await console.close()
    mx.server.close()
    await mx.server.wait_closed()
    await asyncio.sleep(0.05)
    assert printed(mx) == []
