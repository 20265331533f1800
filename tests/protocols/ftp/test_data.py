"""Data connections over sockets: who opens them, when, from where, and what becomes of a transfer."""

import asyncio
import hashlib
import os
import socket
import struct

import pytest

from protocols import limits
from protocols.events import Block, Closed, Line, Opened, Stored, Transferred
from tests.protocols.ftp.conftest import BIG, PATIENCE, PORTS, Wire


def port_of(listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    return f"127,0,0,1,{port // 256},{port % 256}"


async def accept(listener: socket.socket) -> Wire:
    async with asyncio.timeout(PATIENCE):
        own, _ = await asyncio.get_running_loop().sock_accept(listener)
    return Wire(*await asyncio.open_connection(sock=own))


@pytest.fixture
def listener():
    """Where a client listens in active mode."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        own.setblocking(False)
        yield own


def is_called(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except BlockingIOError:
        return False
    return True


def reset(wire: Wire) -> None:
    wire.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.writer.transport.abort()


# Who opens it, and when


async def test_in_active_mode_the_server_connects_when_the_transfer_begins_and_not_at_port(ftp, listener):
    talk = await ftp.log_in()
    assert await talk.say(f"PORT {port_of(listener)}") == "200"
    assert await talk.say("NOOP") == "200"
    assert not is_called(listener)
    assert await talk.say("RETR /short") == "150"
    assert await (await accept(listener)).take() == b"two\nlines\n"
    assert await talk.heard() == "226"
    [opened] = [each for each in ftp.of(Opened) if each.purpose == "data"]
    assert (opened.opener, opened.client.port) == ("S", listener.getsockname()[1])


async def test_eprt_is_port_in_another_form(ftp, listener):
    talk = await ftp.log_in()
    assert await talk.say(f"EPRT |1|127.0.0.1|{listener.getsockname()[1]}|") == "200"
    assert await talk.say("STOR /new") == "150"
    await (await accept(listener)).give(b"octets")
    assert await talk.heard() == "226"
    assert ftp.content("/new") == b"octets"


async def test_a_third_party_is_never_connected_to(ftp):
    with socket.create_server(("127.0.0.3", 0)) as third:
        third.setblocking(False)
        talk = await ftp.log_in()
        assert await talk.say(f"PORT {port_of(third).replace('127,0,0,1', '127,0,0,3')}") == "504"
        assert await talk.say("RETR /short") == "425"
        assert not is_called(third)


async def test_a_transfer_without_port_or_pasv_is_425_at_once(ftp):
    talk = await ftp.log_in()
    assert await talk.say("RETR /short") == "425"


async def test_what_nobody_listens_on_is_425(ftp, listener):
    talk = await ftp.log_in()
    assert await talk.say(f"PORT {port_of(listener)}") == "200"
    listener.close()
    assert await talk.say("RETR /short") == "150"
    assert await talk.heard() == "425"
    assert await talk.say("RETR /short") == "425"  # the arrangement is over


async def test_a_client_that_does_not_accept_is_425_in_time(ftp, listener, monkeypatch):
    monkeypatch.setattr(limits, "DATA_CONNECT_SECONDS", 0.05)
    listener.listen(0)
    others = [socket.socket() for _ in range(3)]
    for other in others:  # until the kernel answers no more
        other.setblocking(False)
        other.connect_ex(listener.getsockname())
    talk = await ftp.log_in()
    await talk.say(f"PORT {port_of(listener)}")
    assert await talk.say("RETR /short") == "150"
    assert await talk.heard() == "425"
    for other in others:
        other.close()


async def test_passive_ports_are_taken_in_turn_from_the_first_one_on(ftp):
    talk = await ftp.log_in()
    ports = []
    for _ in range(5):
        assert await talk.say("EPSV") == "229"
        ports.append(int(talk.last.split("|")[3]))
    assert ports == [PORTS, PORTS + 1, PORTS + 2, PORTS + 3, PORTS]


async def test_a_port_that_is_taken_is_passed_over_and_none_that_is_free_is_425(ftp):
    others = [socket.create_server(("127.0.0.1", PORTS + number)) for number in (0, 2, 3)]
    talk = await ftp.log_in()
    assert (await talk.say("PASV"), talk.last.split(",")[5][:-3]) == ("227", str((PORTS + 1) % 256))
    second = await ftp.log_in()
    assert await second.say("PASV") == "425"
    for other in others:
        other.close()


async def test_the_next_pasv_gives_up_the_port_of_the_last(ftp):
    talk = await ftp.log_in()
    await talk.say("PASV")
    await talk.say("PASV")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", PORTS)


async def test_a_passive_port_is_for_the_client_alone(ftp):
    talk = await ftp.log_in()
    await talk.say("PASV")
    other = Wire(*await asyncio.open_connection("127.0.0.1", PORTS, local_addr=("127.0.0.3", 0)))
    assert await other.take() == b""
    own = Wire(*await asyncio.open_connection("127.0.0.1", PORTS))
    assert await talk.say("RETR /short") == "125"
    assert await own.take() == b"two\nlines\n"


async def test_it_says_125_where_the_connection_stands_and_150_where_it_does_not(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    assert await talk.say("RETR /short") == "125"
    assert (await wire.take(), await talk.heard()) == (b"two\nlines\n", "226")
    await talk.say("PASV")
    assert await talk.say("RETR /short") == "150"
    wire = Wire(*await asyncio.open_connection("127.0.0.1", PORTS + 1))
    assert (await wire.take(), await talk.heard()) == (b"two\nlines\n", "226")


async def test_a_client_that_does_not_come_to_the_passive_port_is_425_in_time(ftp, monkeypatch):
    monkeypatch.setattr(limits, "PASSIVE_SECONDS", 0.05)
    talk = await ftp.log_in()
    await talk.say("PASV")
    assert await talk.say("RETR /short") == "150"
    assert await talk.heard() == "425"


async def test_a_connection_that_was_not_used_is_closed_as_unused(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    assert await talk.say("PASV") == "227"
    assert await wire.take() == b""
    [closed] = ftp.of(Closed)
    assert (closed.conn, closed.side, closed.why) == ("1.2", "S", "unused")
    assert ftp.of(Transferred) == []


# What goes over it


async def test_the_events_of_a_store_stand_in_the_order_of_what_happened(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    assert await talk.say("STOR /new") == "125"
    await wire.give(b"some octets")
    assert await talk.heard() == "226"
    whole = ftp.events[-9:]
    arranging, answer, opened, command, begins, block, transferred, closed, stored, ends = ftp.events[-10:]
    kinds = [event.kind for event in whole]
    assert kinds == ["line", "opened", "line", "line", "block", "transferred", "closed", "stored", "line"]
    assert (arranging.raw, answer.raw[:3], ends.raw[:3]) == (b"EPSV\r\n", b"229", b"226")
    assert (opened.because, opened.opener, opened.purpose, opened.server.port) == (arranging.seq, "C", "data", PORTS)
    assert {each.because for each in (begins, block, transferred, stored, ends)} == {command.seq}
    assert (block.side, block.state, block.raw) == ("C", "STOR", b"some octets")
    assert (transferred.length, transferred.kept, transferred.path, transferred.whole) == (11, 11, "/new", True)
    assert transferred.sha256 == stored.sha256 == hashlib.sha256(b"some octets").hexdigest()
    assert (closed.side, closed.why, closed.conn) == ("C", "end-of-file", opened.conn)
    assert stored.conn == command.conn != opened.conn


async def test_the_answer_to_a_store_waits_until_the_log_has_the_content(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    ftp.keeps.clear()
    assert await talk.say("STOR /new") == "125"
    await wire.give(b"some octets")
    await ftp.until(Transferred)
    talk.writer.write(b"NOOP\r\n")
    await ftp.until(Line, len(ftp.of(Line)) + 1)
    assert (ftp.of(Stored), ftp.of(Line)[-1].raw) == ([], b"NOOP\r\n")
    ftp.keeps.set()
    assert (await talk.heard(), await talk.heard()) == ("226", "200")
    assert len(ftp.of(Stored)) == 1


async def test_of_a_megabyte_its_ends_its_length_and_its_hash_are_kept(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    assert await talk.say("RETR /big") == "125"
    assert await wire.take() == BIG
    assert await talk.heard() == "226"
    [transferred] = ftp.of(Transferred)
    assert (transferred.length, transferred.kept) == (len(BIG), 2 * limits.DATA_KEPT)
    assert transferred.sha256 == hashlib.sha256(BIG).hexdigest()
    assert ftp.octets("S", "1.2") == BIG[: limits.DATA_KEPT] + BIG[-limits.DATA_KEPT :]
    assert max(len(block.raw) for block in ftp.of(Block)) <= limits.CHUNK


@pytest.mark.parametrize("number", range(1, 9))
async def test_text_is_converted_the_same_wherever_it_is_split(ftp, number):
    text = b"a\r\r\n\nb\rc\r"
    talk = await ftp.log_in()
    await talk.say("TYPE A N")
    wire = await talk.dial()
    await talk.say("STOR /text")
    wire.writer.write(text[:number])
    await ftp.until(Block)
    await wire.give(text[number:])
    assert await talk.heard() == "226"
    assert ftp.content("/text") == b"a\r\n\nb\rc\r"


async def test_text_that_begins_with_lf_and_ends_with_cr_gets_its_crlf(ftp):
    for files in (ftp.store.of("ftp.halva.fr"),):
        files.store(None, "/text", b"\n" + b"x" * 65_534 + b"\r" + b"\n\n")
    talk = await ftp.log_in()
    await talk.say("TYPE A")
    wire = await talk.dial()
    await talk.say("RETR /text")
    assert await wire.take() == b"\r\n" + b"x" * 65_534 + b"\r\r\n\r\n"


async def test_what_is_over_the_quota_breaks_the_transfer_and_stores_nothing(ftp, monkeypatch):
    talk = await ftp.log_in()
    wire = await talk.dial()
    files = ftp.store.of("ftp.halva.fr")
    room = files.room_for(None, "/new")
    assert room < limits.FILES
    await talk.say("STOR /new")
    wire.writer.write(bytes(room + 1))
    assert await talk.heard() in ("452", "552")
    [transferred] = ftp.of(Transferred)
    assert not transferred.whole
    assert transferred.length > room
    assert (ftp.of(Stored), ftp.of(Closed)[0].why) == ([], "aborted")
    wire.writer.transport.abort()


async def test_what_all_clients_bring_at_once_is_no_more_than_there_is_memory_for(ftp, monkeypatch):
    monkeypatch.setattr(limits, "TRANSFERS", 100_000)
    first, second = await ftp.log_in(), await ftp.log_in()
    wires = [await first.dial(), await second.dial()]
    assert (await first.say("STOR /first"), await second.say("STOR /second")) == ("125", "125")
    wires[0].writer.write(bytes(60_000))
    await ftp.until(Block)
    wires[1].writer.write(bytes(60_000))
    assert await second.heard() in ("452", "552")
    await wires[0].give(b"")
    assert await first.heard() == "226"
    assert ftp.content("/first") == bytes(60_000)
    wire = await second.dial()  # there is room again
    assert await second.say("STOR /second") == "125"
    await wire.give(bytes(60_000))
    assert await second.heard() == "226"


async def test_what_no_memory_holds_is_not_sent_and_the_server_says_so(ftp, monkeypatch):
    monkeypatch.setattr(limits, "TRANSFERS", 100_000)
    talk = await ftp.log_in()
    wire = await talk.dial()
    assert (await talk.say("RETR /big"), await talk.heard()) == ("125", "451")
    assert await wire.take() == b""
    assert await talk.say("NOOP") == "200"


# How it ends early


async def test_a_synch_before_abor_breaks_off_what_is_sent(ftp):
    """IAC IP, then IAC DM whose DM is urgent, then ABOR: RFC 959 section 4.1.3."""
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("RETR /big")
    own = socket.socket(fileno=os.dup(talk.writer.get_extra_info("socket").fileno()))
    own.send(b"\xff\xf4\xff")
    own.send(b"\xf2", socket.MSG_OOB)
    own.send(b"ABOR\r\n")
    own.close()
    assert [await talk.heard() for _ in range(2)] == ["426", "226"]
    assert len(await wire.take()) < len(BIG)
    [transferred], [closed] = ftp.of(Transferred), ftp.of(Closed)
    assert (transferred.whole, closed.side, closed.why) == (False, "S", "aborted")
    [abor] = [line for line in ftp.of(Line) if b"ABOR" in line.raw]
    assert abor.raw == b"\xff\xf4\xff\xf2ABOR\r\n"
    broken, done = ftp.of(Line)[-2:]
    assert (broken.because, done.because) == (transferred.because, abor.seq)
    assert await talk.say("NOOP") == "200"


async def test_abor_in_a_store_leaves_the_file_that_was(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("STOR /log")
    wire.writer.write(b"new")
    await ftp.until(Block)
    assert (await talk.say("ABOR"), await talk.heard()) == ("426", "226")
    assert await wire.take() == b""
    assert ftp.content("/log") == b"old\n"
    assert ftp.of(Stored) == []


async def test_quit_waits_for_the_transfer(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    assert await talk.say("RETR /big") == "125"
    talk.writer.write(b"QUIT\r\n")
    assert await wire.take() == BIG
    assert [await talk.heard() for _ in range(2)] == ["226", "221"]
    assert await talk.is_over()


async def test_stat_is_answered_while_a_transfer_runs_and_its_end_answers_the_transfer(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("RETR /big")
    assert await talk.say("STAT") == "211"
    await wire.take()
    assert await talk.heard() == "226"
    [command] = [line for line in ftp.of(Line) if line.raw == b"RETR /big\r\n"]
    assert ftp.of(Line)[-1].because == ftp.of(Transferred)[0].because == command.seq


async def test_a_client_that_vanishes_takes_its_transfer_with_it(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("STOR /log")
    wire.writer.write(b"new")
    await ftp.until(Block)
    talk.writer.close()
    assert await wire.take() == b""
    await ftp.until(Closed, 2)
    assert [(each.conn, each.why) for each in ftp.of(Closed)] == [("1.2", "aborted"), ("1.1", "closed")]
    assert ftp.content("/log") == b"old\n"


async def test_a_data_connection_that_is_reset_is_426_and_stores_nothing(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("STOR /log")
    wire.writer.write(b"new")
    await ftp.until(Block)
    reset(wire)
    assert await talk.heard() == "426"
    assert ftp.content("/log") == b"old\n"
    assert [(each.side, each.why) for each in ftp.of(Closed)] == [(None, "lost")]


async def test_a_client_that_stops_reading_is_426(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("RETR /big")
    reset(wire)
    assert await talk.heard() == "426"


async def test_a_transfer_in_which_nothing_moves_is_426(ftp, monkeypatch):
    monkeypatch.setattr(limits, "DATA_IDLE_SECONDS", 0.05)
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("STOR /new")
    assert await talk.heard() == "426"
    assert await wire.take() == b""
    assert ftp.of(Line)[-1].why == "transfer-idle"


async def test_a_log_that_is_full_holds_both_connections_and_loses_nothing(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("STOR /new")
    ftp.recorder.hold()
    before = len(ftp.events)
    giving = asyncio.create_task(wire.give(BIG[:2_000_000]))
    talk.writer.write(b"NOOP\r\n" * 300)
    await asyncio.sleep(0.1)
    assert len(ftp.events) == before
    ftp.recorder.release()
    await giving
    assert await talk.heard() == "226"
    assert [await talk.heard() for _ in range(300)] == ["200"] * 300
    assert ftp.content("/new") == BIG[:2_000_000]


async def test_what_came_whole_is_stored_though_its_client_is_gone(ftp):
    talk = await ftp.log_in()
    wire = await talk.dial()
    await talk.say("STOR /new")
    ftp.keeps.clear()
    await wire.give(b"some octets")
    await ftp.until(Transferred)
    reset(Wire(talk.reader, talk.writer))
    ftp.keeps.set()
    await ftp.until(Closed, 2)
    assert ftp.content("/new") == b"some octets"
    assert [event.kind for event in ftp.events[-3:]] == ["closed", "stored", "closed"]
