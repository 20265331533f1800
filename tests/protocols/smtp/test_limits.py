"""SMTP's limits: each has the protocol's own reply, and holds whatever a client does. The numbers are stated in
protocols/limits.py; here they stand as the course is told them."""

import asyncio
import socket
import tracemalloc

import pytest

from protocols import limits
from protocols.events import Closed, Line
from protocols.recorder import Recorder
from protocols.smtp.session import Session
from protocols.smtp.tap import Tap
from tests.protocols.smtp.dialogues import DATA, EHLO, HELO, MAIL, MX, RCPT

QUIT = b"QUIT\r\n"
ENVELOPE = EHLO + MAIL + RCPT + DATA


async def test_an_idle_client_is_told_so(mx, monkeypatch):
    assert limits.IDLE_SECONDS == 10 * 60
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.05)
    heard = await mx.exchange(HELO, ends=False)
    await mx.until_closed()
    assert heard.splitlines()[-1].startswith(b"421 4.4.2 ")
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("S", "idle")]


async def test_a_client_that_goes_on_talking_is_not_idle(mx, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection(*mx.address)
    await reader.readline()
    for _ in range(5):
        await asyncio.sleep(0.1)
        writer.write(b"NOOP\r\n")
        assert (await reader.readline()).startswith(b"250")
    writer.close()


async def test_twenty_connections_are_served_and_what_more_come_are_told_to_come_later(mx):
    served = [await asyncio.open_connection(*mx.address) for _ in range(20)]
    for reader, _ in served:
        assert (await reader.readline()).startswith(b"220")
    for refused in await asyncio.gather(*(mx.exchange(b"", ends=False) for _ in range(200))):
        assert refused.startswith(b"421 mx.lentil.edu")
    for reader, writer in served:
        writer.write(b"NOOP\r\n")
        assert (await reader.readline()).startswith(b"250")
    assert {(closed.side, closed.why) for closed in mx.of(Closed)} == {("S", "limit")}
    served[0][1].close()
    await mx.until_closed(201)
    assert (await mx.exchange(QUIT)).startswith(b"220")
    for _, writer in served:
        writer.close()


async def test_a_session_has_at_most_a_thousand_commands(mx):
    heard = await mx.exchange(b"NOOP\r\n" * (limits.COMMANDS + 10))
    assert heard.count(b"250 ") == limits.COMMANDS
    assert heard.splitlines()[-1].startswith(b"421 4.7.0 ")


@pytest.mark.parametrize(
    ("size", "why"),
    [(1_048_576, "accepted"), (1_048_577, "message-too-large"), (4_000_000, "message-too-large")],
)
async def test_a_message_has_at_most_a_megabyte(mx, size, why):
    line = b"." + b"x" * 997 + b"\r\n"
    text = line * (size // len(line))
    text += b"y" * (size - len(text) - 2) + b"\r\n"
    await mx.exchange(ENVELOPE + text.replace(b"\r\n.", b"\r\n..").replace(b".", b"..", 1) + b".\r\n" + MAIL + QUIT)
    assert mx.whys()[-3:] == [why, "sender-ok", "bye"]
    assert [raw.endswith(text) for raw in mx.messages()] == ([True] if why == "accepted" else [])


@pytest.mark.parametrize(("length", "why"), [(1000, "accepted"), (1001, "text-line-too-long")])
async def test_a_line_of_text_has_at_most_a_thousand_octets(mx, length, why):
    await mx.exchange(ENVELOPE + b"." + b"." + b"x" * (length - 3) + b"\r\n.\r\n" + QUIT)
    assert mx.whys()[-2:] == [why, "bye"]


async def test_a_client_that_does_not_read_is_let_go(mx, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 1)
    monkeypatch.setattr(limits, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(limits, "COMMANDS", 10**9)
    monkeypatch.setattr(limits, "CHUNK", 4096)  # answered in much less than a second
    client = socket.create_connection(mx.address)
    client.setblocking(False)
    sent = unread = 0
    while not mx.of(Closed) and sent < 200_000_000:
        try:
            sent += client.send(b"HELP\r\n" * 10_000)
        except BlockingIOError:
            await asyncio.sleep(0.02)
        except ConnectionError:
            break
        await asyncio.sleep(0)
        unread = max([unread, *(one._wire.get_write_buffer_size() for one in mx.server.connections)])
    await mx.until_closed()
    client.close()
    assert mx.of(Closed)[0].why == "idle"
    assert 0 < unread < 100_000  # octets kept for it


@pytest.mark.parametrize(("length", "why"), [(512, "nothing-done"), (513, "line-too-long")])
async def test_a_command_line_has_at_most_512_octets(mx, length, why):
    await mx.exchange(b"NOOP " + b"a" * (length - 7) + b"\r\n" + QUIT)
    assert mx.whys() == ["ready", why, "bye"]


async def test_of_three_thousand_recipients_a_hundred_are_taken(mx):
    heard = await mx.exchange(EHLO + MAIL + RCPT * 3_000)
    codes = [line[:3] for line in heard.splitlines() if line[3:4] == b" "]
    told = limits.COMMANDS - len([EHLO, MAIL]) - 100
    assert codes == [b"220"] + [b"250"] * 102 + [b"452"] * told + [b"421"]
    assert mx.messages() == []


async def test_a_message_goes_to_those_of_its_recipients_that_were_taken(mx):
    heard = await mx.exchange(EHLO + MAIL + RCPT * 150 + DATA + b"x\r\n.\r\n" + QUIT)
    assert heard.count(b"452 4.5.3 ") == 50
    assert mx.whys()[-3:] == ["enter-mail", "accepted", "bye"]
    assert len(mx.messages()) == 1


async def is_cut_off(writer: asyncio.StreamWriter) -> bool:
    """Whether a client that would say NOOP ten million times is kept from it."""
    try:
        for _ in range(1_000):
            writer.write(b"NOOP\r\n" * 10_000)
            await writer.drain()
    except ConnectionError:
        return True
    return False


async def test_the_last_words_reach_a_client_that_goes_on_sending(mx):
    reader, writer = await asyncio.open_connection(*mx.address)
    writer.write(b"NOOP\r\n" * 2_000 + b"x" * 500_000)
    async with asyncio.timeout(10):
        heard = await reader.read()
    assert heard.splitlines()[-1].startswith(b"421 4.7.0 ")
    writer.write(b"and more")
    writer.close()
    await mx.until_closed()
    assert [(closed.side, closed.why) for closed in mx.of(Closed)] == [("S", "limit")]


async def test_a_client_that_never_stops_sending_is_cut_off(mx, monkeypatch):
    monkeypatch.setattr(limits, "LINGER_SECONDS", 60)
    _, writer = await asyncio.open_connection(*mx.address)
    assert await is_cut_off(writer)
    await mx.until_closed()
    writer.close()


async def test_a_flood_of_noop_ends_with_the_session(mx):
    _, writer = await asyncio.open_connection(*mx.address)
    assert await is_cut_off(writer)
    await mx.until_closed()
    writer.close()
    replies = [line for line in mx.of(Line) if line.side == "S"]
    assert [reply.why for reply in replies] == ["ready", *["nothing-done"] * 1_000, "too-many-commands"]
    assert len(mx.octets("C")) <= limits.CHUNK  # what comes after the end is not recorded
    assert (await mx.exchange(QUIT)).startswith(b"220")


@pytest.mark.parametrize(
    ("before", "octets", "kept"),
    [
        (b"", b"a", 500_000),
        (b"", b"\x00", 500_000),
        (b"", b"\r", 500_000),
        (ENVELOPE, b"a", 5 * limits.MESSAGE),
        (ENVELOPE, b"\r\n..", 5 * limits.MESSAGE),
    ],
)
def test_an_endless_line_takes_a_bounded_room(before, octets, kept):
    session, tap = Session(MX), Tap(Recorder(1, lambda: 0, lambda event: None), "1.1", ("10.0.0.1", 49152))
    tap.answered(session.open())
    chunk = octets * (limits.CHUNK // len(octets))
    tracemalloc.start()
    try:
        for data in [before, *[chunk] * 320]:  # 20 MB
            tap.received(data)
            session.receive(data)
            while answer := session.next():
                tap.answered(answer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < kept
