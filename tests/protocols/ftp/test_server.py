"""Control connections over sockets: their octets, their faults and their ends."""

import asyncio
import socket
import struct

from protocols import limits
from protocols.events import Closed, Fault, Line, Opened
from protocols.ftp import wire
from protocols.ftp.session import Session
from protocols.ftp.states import MACHINE
from tests.protocols.ftp.conftest import LOGIN

QUIT = b"QUIT\r\n"


async def exchange(ftp, octets: bytes, *, cut: int = 0) -> bytes:
    """All that the server says to a client that says `octets`, in one piece or two, and ends its side."""
    reader, writer = await asyncio.open_connection(*ftp.address)
    writer.write(octets[:cut])
    await asyncio.sleep(0)
    writer.write(octets[cut:])
    writer.write_eof()
    async with asyncio.timeout(10):
        heard = await reader.read()
    writer.close()
    return heard


def codes(heard: bytes) -> list[bytes]:
    return [line[:3] for line in heard.splitlines() if line[:3].isdigit() and line[3:4] == b" "]


async def test_what_is_said_at_once_is_answered_line_by_line_and_each_answer_cites_its_line(ftp):
    heard = await exchange(ftp, LOGIN + b"PWD\r\nNOOP\r\n" + QUIT)
    assert codes(heard) == [b"220", b"331", b"230", b"200", b"257", b"200", b"221"]
    lines = {line.seq: line for line in ftp.of(Line)}
    answers = [line for line in lines.values() if line.side == "S" and line.raw[3:4] == b" "]
    said = [lines[line.because].raw for line in answers if line.because]
    assert said == [*LOGIN.splitlines(keepends=True), b"PWD\r\n", b"NOOP\r\n", QUIT]
    assert [(each.side, each.why) for each in ftp.of(Closed)] == [("S", "quit")]


async def test_the_transcript_is_the_same_octets_wherever_they_are_split(ftp):
    stream = LOGIN + b"\xff\xf4\xff\xf2NOOP\r\nnoop\nCWD \xc3\xa4\r\n" + QUIT
    whole = await exchange(ftp, stream)
    for number in range(1, len(stream)):
        conn = f"1.{number + 1}"
        assert await exchange(ftp, stream, cut=number) == whole
        assert (ftp.octets("C", conn), ftp.octets("S", conn)) == (stream, whole)


async def test_every_answer_is_a_row_of_the_table(ftp):
    await exchange(
        ftp, b"NOOP\r\nPASS x\r\nFOO\r\n" + LOGIN + b"STAT\r\nFEAT\r\nHELP\r\nRNFR /big\r\nPORT x\r\nREIN\r\n" + QUIT
    )
    asked = {event.seq: event for event in ftp.of(Line)}
    for line in ftp.of(Line):
        if line.side == "S":
            verb = wire.verb_of(asked[line.because].raw, line.state) if line.because else wire.UNASKED
            code = line.raw[:3].decode()
            assert not code.isdigit() or MACHINE.step(line.state, verb, code, line.why), line


async def test_a_client_past_those_that_a_host_takes_is_told_421(ftp, monkeypatch):
    monkeypatch.setattr(limits, "CONNECTIONS", 1)
    await ftp.connect()
    reader, writer = await asyncio.open_connection(*ftp.address)
    assert (await reader.read())[:4] == b"421 "
    writer.close()
    await ftp.until(Closed)
    assert [(each.conn, each.why) for each in ftp.of(Closed)] == [("1.2", "limit")]


async def test_a_client_that_says_nothing_is_told_421(ftp, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.05)
    talk = await ftp.connect()
    assert await talk.heard() == "421"
    assert await talk.is_over()
    assert [each.why for each in ftp.of(Closed)] == ["idle"]


async def test_a_client_that_transfers_is_not_idle(ftp, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.05)
    talk = await ftp.log_in()
    await talk.say("PASV")
    assert await talk.say("RETR /short") == "150"
    await asyncio.sleep(0.15)
    assert await talk.say("STAT") == "211"


async def test_the_end_of_the_server_is_said_to_its_clients_and_ends_their_transfers(ftp):
    talk = await ftp.log_in()
    data = await talk.dial()
    await talk.say("RETR /big")
    ftp.server.close()
    assert await talk.heard() == "421"
    assert await talk.is_over()
    await data.take()
    await ftp.until(Closed, 2)
    assert [each.why for each in ftp.of(Closed)] == ["aborted", "ended"]


async def test_a_client_that_resets_the_connection_is_lost(ftp, capfd):
    talk = await ftp.connect()
    own = talk.writer.get_extra_info("socket")
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.writer.transport.abort()
    await ftp.until(Closed)
    assert [(each.side, each.why) for each in ftp.of(Closed)] == [(None, "lost")]
    assert capfd.readouterr().err == ""


async def test_a_fault_of_the_server_is_an_event_and_a_451(ftp, monkeypatch, capfd):
    monkeypatch.setattr(Session, "_tell_status", lambda session, command: 1 / 0)
    heard = await exchange(ftp, LOGIN + b"STAT\r\nNOOP\r\n" + QUIT)
    assert codes(heard)[4:] == [b"451", b"200", b"221"]
    assert b"ZeroDivision" not in heard
    assert [(fault.why, fault.conn) for fault in ftp.of(Fault)] == [("server-error", "1.1")]
    assert capfd.readouterr().err == ""


async def test_a_fault_outside_of_any_command_ends_the_connection(ftp, monkeypatch, capfd):
    monkeypatch.setattr(Session, "open", lambda session: 1 / 0)
    assert await exchange(ftp, b"") == b""
    await ftp.until(Closed)
    assert (len(ftp.of(Fault)), ftp.of(Closed)[0].why) == (1, "fault")
    assert capfd.readouterr().err == ""


async def test_a_client_is_read_no_further_than_its_commands_are_answered(ftp, monkeypatch):
    monkeypatch.setattr(limits, "CHUNK", 600)
    talk = await ftp.log_in()
    await talk.say("PASV")
    assert await talk.say("RETR /short") == "150"
    talk.writer.write(b"NOOP\r\n" * 500)
    await asyncio.sleep(0.05)
    noops = [line for line in ftp.of(Line) if line.raw == b"NOOP\r\n"]
    assert len(noops) <= 200
    data = await asyncio.open_connection("127.0.0.1", int(ftp.server._ports[0]))
    data[1].close()
    assert await talk.heard() == "226"
    assert [await talk.heard() for _ in range(500)] == ["200"] * 500


async def test_a_line_cites_what_was_typed(ftp):
    own = socket.socket()
    own.bind(("127.0.0.1", 0))
    name = own.getsockname()
    ftp.recorder.sends(name, b"", 901)
    own.connect(ftp.address)
    ftp.recorder.sends(name, b"NOOP\r\n", 902)
    own.send(b"NOOP\r\n")
    await ftp.until(Line, 3)
    own.close()
    assert ftp.of(Opened)[0].because == 901
    assert [line.because for line in ftp.of(Line) if line.side == "C"] == [902]
