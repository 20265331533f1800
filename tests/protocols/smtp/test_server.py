import asyncio
import smtplib
import socket
import struct

import pytest

from protocols import limits
from protocols.events import Block, Closed, Delivered, Fault, Line, Opened
from protocols.smtp import wire
from protocols.smtp.session import Session
from protocols.smtp.states import MACHINE
from tests.protocols.sandbox.labs import until
from tests.protocols.smtp.dialogues import CLASSIC, DATA, EHLO, HELO, MAIL, RCPT, into, line_for, rows

QUIT = b"QUIT\r\n"
ENVELOPE = EHLO + MAIL + RCPT + DATA
TRACE = (
    b"Return-Path: <alice@halva.fr>\r\n"
    b"Received: from mx.halva.fr ([127.0.0.1])\r\n"
    b"\tby mx.lentil.edu with %s id 1-1\r\n"
    b"\tfor <bob@lentil.edu>; Mon, 23 Nov 2026 04:00:00 +0000\r\n"
)


async def test_the_classic_dialogue_is_byte_for_byte_what_the_transcript_shows(mx):
    reader, writer = await asyncio.open_connection(*mx.address)
    heard = []
    for side, raw in CLASSIC:
        if side == "C":
            writer.write(raw)
        else:
            heard.append(await reader.readline())
    assert await reader.read() == b""
    writer.close()
    await mx.until_closed()
    assert heard == [raw for side, raw in CLASSIC if side == "S"]
    assert [(line.side, line.raw) for line in mx.of(Line)] == CLASSIC
    [opened] = mx.of(Opened)
    assert (opened.client.host, opened.client.address) == ("mx.halva.fr", "127.0.0.1")
    assert (opened.server.host, opened.server.port) == ("mx.lentil.edu", mx.address[1])
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("S", "quit")]


async def test_the_message_is_delivered_with_its_trace_before_it_is_accepted(mx):
    await mx.exchange(HELO + MAIL + RCPT + DATA + b"Do you like dahl?\r\n.\r\n" + QUIT)
    [delivered] = mx.of(Delivered)
    assert delivered.raw == TRACE % b"SMTP" + b"\r\nDo you like dahl?\r\n"
    assert (delivered.mailbox, delivered.sender) == ("bob@lentil.edu", "alice@halva.fr")
    [dot] = [line for line in mx.of(Line) if line.raw == b".\r\n"]
    [accepted] = [line for line in mx.of(Line) if line.why == "accepted"]
    assert delivered.because == accepted.because == dot.seq
    assert dot.seq < delivered.seq < accepted.seq


async def test_a_header_joins_the_trace_and_text_without_one_does_not(mx):
    await mx.exchange(ENVELOPE + b"Subject: dahl\r\n\r\nHello\r\n.\r\n" + QUIT)
    assert mx.messages() == [TRACE % b"ESMTP" + b"Subject: dahl\r\n\r\nHello\r\n"]


async def test_each_recipient_gets_a_message_of_their_own(mx):
    await mx.exchange(EHLO + MAIL + RCPT + b"RCPT TO:<alice@lentil.edu>\r\n" + DATA + b"x\r\n.\r\n" + QUIT)
    assert [event.mailbox for event in mx.of(Delivered)] == ["bob@lentil.edu", "alice@lentil.edu"]
    assert [f"for <{event.mailbox}>".encode() in event.raw for event in mx.of(Delivered)] == [True, True]


async def test_a_message_without_its_dot_is_not_delivered(mx):
    await mx.exchange(ENVELOPE + b"Do you like dahl?\r\n")
    await mx.until_closed()
    assert mx.messages() == []
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("C", "closed")]


# The table and the real server


async def test_every_answer_in_every_state_is_a_row_of_the_table(mx):
    """Every state, every verb, good and bad arguments, each on a connection of its own."""
    said = [row for row in rows() if line_for(row) is not None]
    plain = [row for row in said if row.why not in ("message-too-large", "too-many-recipients")]
    for row in plain:
        await mx.exchange(b"".join(into(row)) + (line_for(row) or b""))
        assert mx.whys()[-1] == row.why, row
    asked = {event.seq: event for event in mx.of(Line)}
    replies = [line for line in mx.of(Line) if line.side == "S"]
    assert len(replies) > len(plain)
    for reply in replies:
        verb = wire.verb_of(asked[reply.because].raw, reply.state) if reply.because else wire.UNASKED
        assert MACHINE.step(reply.state, verb, reply.raw[:3].decode(), reply.why), reply


# The tap against the octets


async def test_what_smtplib_says_and_hears_is_what_the_events_hold(mx, relay):
    def send() -> None:
        with smtplib.SMTP(relay.address[0], relay.address[1], local_hostname="mx.halva.fr") as client:
            client.sendmail("alice@halva.fr", ["bob@lentil.edu"], "Subject: dahl\r\n\r\n.dots\r\nHello\r\n")

    await asyncio.to_thread(send)
    await mx.until_closed()
    assert mx.octets("C") == bytes(relay.said)
    assert mx.octets("S") == bytes(relay.heard)
    assert mx.messages() == [TRACE % b"ESMTP" + b"Subject: dahl\r\n\r\n.dots\r\nHello\r\n"]


async def test_the_transcript_is_the_same_octets_wherever_they_are_split(mx):
    stream = HELO + MAIL + RCPT + DATA + b"..a\r\nb\n.\r\n\r\n.\r\n" + b"NOOP\n" + QUIT
    whole = await mx.exchange(stream)
    for number in range(1, len(stream)):
        reader, writer = await asyncio.open_connection(*mx.address)
        writer.write(stream[:number])
        await asyncio.sleep(0)
        writer.write(stream[number:])
        heard = await reader.read()
        writer.close()
        conn = f"1.{number + 1}"
        assert heard == whole
        assert mx.octets("C", conn) == stream
        assert mx.octets("S", conn) == heard
    assert len(mx.messages()) == len(stream)


async def test_replies_to_a_pipelining_client_cite_their_commands(mx):
    bad = b"RCPT TO:<carol@lentil.edu>\r\n"
    await mx.exchange(EHLO + MAIL + bad + RCPT + b"NOOP\r\n" + DATA + b"x\r\n.\r\n" + QUIT)
    lines = {line.seq: line for line in mx.of(Line)}
    pairs = [
        (lines[line.because].raw, line.why)
        for line in lines.values()
        if line.side == "S" and line.because and line.raw[3:4] == b" "
    ]
    assert pairs == [
        (EHLO, "hello-extended"),
        (MAIL, "sender-ok"),
        (bad, "unknown-mailbox"),
        (RCPT, "recipient-ok"),
        (b"NOOP\r\n", "nothing-done"),
        (DATA, "enter-mail"),
        (b".\r\n", "accepted"),
        (QUIT, "bye"),
    ]
    counted_on = [(line.raw, line.state) for line in lines.values() if line.side == "C"]
    assert counted_on == [
        (EHLO, "connected"),
        (MAIL, "greeted"),
        (bad, "sender"),
        (RCPT, "recipients"),
        (b"NOOP\r\n", "recipients"),
        (DATA, "recipients"),
        (b"x\r\n", "data"),
        (b".\r\n", "data"),
        (QUIT, "greeted"),
    ]


async def test_text_behind_a_refused_data_is_answered_line_by_line(mx):
    await mx.exchange(EHLO + MAIL + DATA + b"Subject: x\r\n\r\nHello there, Bob\r\n.\r\n" + QUIT)
    assert mx.whys()[3:] == [
        "data-before-rcpt",
        "header-before-data",
        "empty-line",
        "text-before-data",
        "dot-outside-data",
        "bye",
    ]
    lines = {line.seq: line for line in mx.of(Line)}
    assert [lines[line.because].raw for line in lines.values() if line.why in ("empty-line", "dot-outside-data")] == [
        b"\r\n",
        b".\r\n",
    ]


async def test_the_later_lines_of_a_message_come_in_blocks(mx):
    text = b"".join(b"line %d\r\n" % number for number in range(50_000))
    await mx.exchange(ENVELOPE + text + b".\r\n" + QUIT)
    lines = [line for line in mx.of(Line) if line.state == "data" and line.side == "C"]
    assert len(lines) == limits.LINES_SHOWN + 1
    assert lines[-1].raw == b".\r\n"
    blocks = mx.of(Block)
    assert len(blocks) <= len(text) / limits.CHUNK + 200
    assert max(len(block.raw) for block in blocks) <= limits.CHUNK
    assert mx.octets("C") == ENVELOPE + text + b".\r\n" + QUIT
    [message] = mx.messages()
    assert message.endswith(b"\r\n\r\n" + text)


async def test_an_endless_line_is_recorded_and_refused(mx):
    stream = b"a" * 300_000 + b"\r\n" + QUIT
    await mx.exchange(stream)
    assert mx.octets("C") == stream
    assert len(mx.of(Block)) > 1
    assert mx.whys() == ["ready", "line-too-long", "bye"]


async def test_what_the_end_of_a_connection_leaves_is_recorded(mx):
    await mx.exchange(b"HELO mx.halva")
    assert mx.octets("C") == b"HELO mx.halva"
    assert mx.whys() == ["ready"]


async def test_a_line_cites_what_was_typed(mx):
    own = socket.socket()
    own.bind(("127.0.0.1", 0))
    name = own.getsockname()
    mx.recorder.sends(name, b"", 901)
    own.connect(mx.address)
    mx.recorder.sends(name, HELO, 902)
    own.send(HELO)
    mx.recorder.sends(name, QUIT, 903)
    own.send(QUIT)
    await mx.until_closed()
    own.close()
    assert mx.of(Opened)[0].because == 901
    assert [line.because for line in mx.of(Line) if line.side == "C"] == [902, 903]


# One end of data is one message


LINE_BREAKS = [b"\r\n", b"\n", b"\r"]  # the nine spellings are these before and after the dot
STRANGER_BREAKS = [b"\n\r", b"\n\n", b"\r\r", b"\r\r\n", b"\n\r\n", b"\r\n\n", b"\r\n\r", b"\r\x00\n", b"\x0b", b"\x85"]
DOTS = [b"..", b". ", b" .", b"\x00.", b".\x00", b"\xae", b"\xe3\x80\x82"]  # what may be taken for a lone dot
STRANGE = [
    spelling
    for strange in STRANGER_BREAKS
    for usual in LINE_BREAKS
    for spelling in (strange + b"." + usual, usual + b"." + strange, strange + b"." + strange)
    if wire.END_OF_DATA not in spelling
] + [b"\r\n" + dot + b"\r\n" for dot in DOTS]


@pytest.mark.parametrize("before", LINE_BREAKS)
@pytest.mark.parametrize("after", LINE_BREAKS)
async def test_no_spelling_of_end_of_data_makes_two_messages(mx, before, after):
    spelling = before + b"." + after
    if spelling == wire.END_OF_DATA:
        assert await smuggle(mx, spelling) == [b"real\r\n", b"smuggled\r\n"]
    else:
        assert await smuggle(mx, spelling) == [as_text(spelling)]


async def test_nothing_else_that_resembles_end_of_data_makes_two_messages(mx):
    for spelling in STRANGE:
        assert await smuggle(mx, spelling) == [as_text(spelling)], spelling


async def smuggle(mx, spelling: bytes) -> list[bytes]:
    """What is delivered of a message with `spelling` and a whole second transaction in it."""
    before = len(mx.messages())
    await mx.exchange(ENVELOPE + b"real" + spelling + MAIL + RCPT + DATA + b"smuggled\r\n.\r\n" + QUIT)
    return [raw.partition(b"\r\n\r\n")[2] for raw in mx.messages()[before:]]


def as_text(spelling: bytes) -> bytes:
    """The one message that it is where `spelling` is but text: a dot that begins a line was the client's to add."""
    return (b"real" + spelling + MAIL + RCPT + DATA + b"smuggled\r\n").replace(b"\r\n.", b"\r\n")


async def test_a_lone_dot_that_ends_nothing_is_noted(mx):
    await mx.exchange(ENVELOPE + b"a\n.\r\nb\r\n.\nc\r\n.\r\n" + QUIT)
    dots = [(line.raw, line.why) for line in mx.of(Line) if line.side == "C" and line.raw.strip() == b"."]
    assert dots == [(b".\r\n", "not-the-end"), (b".\n", "not-the-end"), (b".\r\n", None)]


# Faults, and ends


async def test_a_log_that_is_full_holds_the_client_back_and_loses_nothing(mx):
    mx.recorder.hold()
    reader, writer = await asyncio.open_connection(*mx.address)
    stream = b"NOOP\r\n" * 500
    writer.write(stream)
    await asyncio.sleep(0.1)
    assert mx.octets("C") == b""
    mx.recorder.release()
    writer.write_eof()
    heard = await reader.read()
    assert mx.octets("C") == stream
    assert heard.count(b"250 ") == 500
    writer.close()


async def test_one_chunk_is_read_before_its_time_and_waits_for_it_unrecorded(mx, monkeypatch):
    monkeypatch.setattr(limits, "CHUNK", 600)
    reader, writer = await asyncio.open_connection(*mx.address)
    await reader.readline()
    [connection] = mx.server.connections
    connection.pause_writing()  # as asyncio does while the client reads no answers
    stream = b"NOOP\r\n" * 500
    writer.write(stream)
    await until(lambda: not connection._wire.is_reading())
    assert len(mx.octets("C")) == 600
    connection.resume_writing()
    writer.write_eof()
    heard = await reader.read()
    assert mx.octets("C") == stream
    assert heard.count(b"250 ") == 500
    whose = "".join(line.side for line in mx.of(Line))[1:]
    assert whose == ("C" * 100 + "S" * 100) * 5  # each chunk is answered before the next is heard
    writer.close()


async def test_a_fault_of_the_server_is_an_event_and_a_451(mx, monkeypatch, capfd):
    monkeypatch.setattr(Session, "_help", lambda session, command: 1 / 0)
    heard = await mx.exchange(b"HELP\r\nNOOP\r\n" + QUIT)
    assert [line[:3] for line in heard.splitlines()] == [b"220", b"451", b"250", b"221"]
    assert b"ZeroDivision" not in heard
    assert [(fault.why, fault.conn) for fault in mx.of(Fault)] == [("server-error", "1.1")]
    assert capfd.readouterr().err == ""


async def test_a_fault_outside_of_any_command_ends_the_connection(mx, monkeypatch, capfd):
    monkeypatch.setattr(Session, "open", lambda session: 1 / 0)
    assert await mx.exchange(b"") == b""
    await mx.until_closed()
    assert len(mx.of(Fault)) == 1
    assert mx.of(Closed)[0].why == "fault"
    assert capfd.readouterr().err == ""


async def test_a_message_for_many_waits_for_the_log_between_its_deliveries(mx):
    reader, writer = await asyncio.open_connection(*mx.address)
    writer.write(EHLO + MAIL + RCPT + b"RCPT TO:<alice@lentil.edu>\r\n" + DATA)
    while not (await reader.readline()).startswith(b"354"):
        pass
    take = mx.recorder.record

    def record(kind, **values):
        if kind is Delivered:
            mx.recorder.hold()
        return take(kind, **values)

    mx.recorder.record = record
    writer.write(b"x\r\n.\r\n")
    async with asyncio.timeout(10):
        while not mx.messages():
            mx.changed.clear()
            await mx.changed.wait()
    await asyncio.sleep(0.05)
    assert len(mx.messages()) == 1
    assert mx.whys()[-1] == "enter-mail"
    mx.recorder.record = take
    mx.recorder.release()
    assert (await reader.readline()).startswith(b"250")
    assert len(mx.messages()) == 2
    writer.close()


async def test_a_client_that_resets_the_connection_is_lost(mx, capfd):
    reader, writer = await asyncio.open_connection(*mx.address)
    await reader.readline()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    await mx.until_closed()
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [(None, "lost")]
    assert capfd.readouterr().err == ""


async def test_the_end_of_the_server_is_said_to_its_clients(mx):
    reader, writer = await asyncio.open_connection(*mx.address)
    await reader.readline()
    mx.server.close()
    assert (await reader.read()).startswith(b"421 4.3.2 ")
    writer.close()
    await mx.server.wait_closed()
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("S", "ended")]
