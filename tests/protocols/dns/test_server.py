"""A name server at its sockets: what it records, what it counts, and whom it closes its connections to."""

import asyncio
import socket

import dns.message
import dns.rcode
import pytest

from protocols import limits
from protocols.dns import tap
from protocols.events import Closed, Fault, Message, Opened, Unkept
from tests.protocols.dns.lab import VUW, Running


def make_query(name: str = "www2.vuw.nz", rdtype: str = "A", **options) -> bytes:
    return dns.message.make_query(name, rdtype, flags=0, **options).to_wire()


class Client:
    """A client's connection to ns.vuw.nz."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, lab: Running) -> "Client":
        return cls(*await asyncio.open_connection(VUW, lab.port, local_addr=("127.0.0.9", 0)))

    def send(self, *queries: bytes) -> None:
        self.writer.write(b"".join(len(octets).to_bytes(2, "big") + octets for octets in queries))

    async def receive(self) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readexactly(int.from_bytes(await self.reader.readexactly(2), "big"))

    async def is_closed(self) -> bool:
        async with asyncio.timeout(10):
            return await self.reader.read() == b""


async def test_a_query_and_its_response_are_events_as_they_were_on_the_wire(lab):
    query = make_query()
    response = await lab.exchange(query, VUW)
    asked, answered = lab.of(Message)
    assert (asked.raw, asked.side, asked.because, asked.why) == (query, "C", None, None)
    assert (answered.raw, answered.side, answered.because) == (response, "S", asked.seq)
    assert (answered.why, answered.about) == ("authoritative", ("vuw.nz.",))
    assert (asked.client.host, asked.server.host, asked.transport, asked.conn) == (
        "student.test",
        "ns.vuw.nz",
        "udp",
        None,
    )


async def test_the_same_asked_again_gets_the_same_with_its_own_id(lab):
    first, second = make_query(id=1), make_query(id=2)
    responses = [await lab.exchange(octets, VUW) for octets in (first, second)]
    assert [octets[:2] for octets in responses] == [first[:2], second[:2]]
    assert responses[0][2:] == responses[1][2:]
    assert [event.why for event in lab.messages("S")] == ["authoritative"] * 2


async def test_octets_that_are_no_query_are_answered_with_what_is_wrong(lab):
    response = dns.message.from_wire(await lab.exchange(make_query()[:20], VUW))
    assert response.rcode() == dns.rcode.FORMERR
    assert (lab.messages("S")[0].why, lab.messages("S")[0].about) == ("format", ("short",))


async def test_a_response_that_comes_unasked_is_recorded_and_not_answered(lab):
    response = dns.message.make_response(dns.message.from_wire(make_query())).to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.9", 0))
        own.sendto(response, (VUW, lab.port))
        await lab.until(lambda: lab.messages("C"))
    await lab.exchange(make_query(), VUW)
    assert [event.side for event in lab.of(Message)] == ["C", "C", "S"]


async def test_a_fault_is_answered_and_told(lab, monkeypatch):
    def fail(query, zones):
        raise RuntimeError

    monkeypatch.setattr("protocols.dns.server.look_up", fail)
    response = dns.message.from_wire(await lab.exchange(make_query(), VUW))
    assert response.rcode() == dns.rcode.SERVFAIL
    assert [event.why for event in lab.of(Fault)] == ["server-error"]


# The keeping rule


async def test_what_comes_faster_than_it_is_read_is_counted_and_told(lab, monkeypatch):
    monkeypatch.setattr(tap, "WINDOW", 0.3)
    count = limits.EXCHANGES_KEPT + 250
    for number in range(count):
        name = "www2.vuw.nz" if number % 5 else "nope.vuw.nz"
        await lab.exchange(make_query(name, id=number), VUW)
    lab.lab.keeper.close()
    kept, unkept = lab.messages("S"), lab.of(Unkept)
    assert len(lab.messages("C")) == len(kept)
    assert len(kept) + sum(event.count for event in unkept) == count
    assert unkept[0].names[0] == "www2.vuw.nz. A"
    assert [each.split()[0] for each in unkept[0].rcodes] == ["NOERROR", "NXDOMAIN"]
    for event in unkept:
        assert sum(int(each.split()[1]) for each in event.rcodes) == event.count


async def test_no_exchange_is_recorded_by_half(lab, monkeypatch):
    monkeypatch.setattr(limits, "EXCHANGES_KEPT", 1)
    lab.lab.keeper.left = 1
    await asyncio.gather(*(lab.ask("www.vuw.nz") for _ in range(3)))
    lab.lab.keeper.close()
    assert {event.because for event in lab.messages("S")} == {event.seq for event in lab.messages("C")}
    assert sum(event.count for event in lab.of(Unkept)) >= 2


async def test_while_the_log_takes_nothing_datagrams_are_answered_and_counted(lab):
    lab.recorder.hold()
    for number in range(3):
        await lab.exchange(make_query(id=number), VUW)
    assert lab.events == []
    lab.recorder.release()
    lab.lab.keeper.close()
    (unkept,) = lab.of(Unkept)
    assert (unkept.count, unkept.rcodes) == (3, ("NOERROR 3",))


# Connections


async def test_many_queries_go_over_one_connection_and_are_answered_in_order(lab):
    client = await Client.connect(lab)
    client.send(*(make_query(id=number) for number in range(3)))
    responses = [await client.receive() for _ in range(3)]
    assert [octets[:2] for octets in responses] == [bytes((0, number)) for number in range(3)]
    client.writer.close()
    await lab.until(lambda: lab.of(Closed))
    (opened,), (closed,) = lab.of(Opened), lab.of(Closed)
    assert {event.conn for event in lab.of(Message)} == {opened.conn}
    assert (opened.protocol, closed.conn, closed.side, closed.why) == ("dns", opened.conn, "C", "closed")
    assert [event.transport for event in lab.of(Message)] == ["tcp"] * 6


async def test_what_is_too_long_for_a_datagram_comes_whole_on_a_connection(lab):
    query = make_query("long.vuw.nz", "TXT", use_edns=0)
    cut = dns.message.from_wire(await lab.exchange(query, VUW))
    assert cut.flags & dns.flags.TC
    client = await Client.connect(lab)
    client.send(query)
    assert len(dns.message.from_wire(await client.receive()).answer[0][0].strings) == 8
    client.writer.close()


async def test_a_connection_that_says_nothing_is_closed(lab, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS_DNS", 0.1)
    client = await Client.connect(lab)
    client.writer.write(b"\x00")  # half a length is no query
    assert await client.is_closed()
    await lab.until(lambda: lab.of(Closed))
    assert [(event.side, event.why) for event in lab.of(Closed)] == [("S", "idle")]
    client.writer.close()


async def test_a_server_has_so_many_connections_and_no_more(lab, monkeypatch):
    monkeypatch.setattr(limits, "CONNECTIONS", 2)
    clients = [await Client.connect(lab) for _ in range(2)]
    for client in clients:
        client.send(make_query())
        await client.receive()
    one_more = await Client.connect(lab)
    assert await one_more.is_closed()
    await lab.until(lambda: lab.of(Closed))
    assert [(event.side, event.why) for event in lab.of(Closed)] == [("S", "limit")]
    for client in clients:
        client.send(make_query())
        assert await client.receive()
    for client in (*clients, one_more):
        client.writer.close()


async def test_while_the_log_takes_nothing_connections_are_not_read(lab):
    client = await Client.connect(lab)
    await lab.until(lambda: lab.of(Opened))
    client.send(make_query(id=1))
    await client.receive()
    lab.recorder.hold()
    client.send(make_query(id=2), make_query(id=3))
    await lab.exchange(make_query(), VUW)  # by now it would have come
    assert len(lab.messages("C")) <= 2  # the one that it was waiting for already
    lab.recorder.release()
    assert [(await client.receive())[1] for _ in range(2)] == [2, 3]
    client.writer.close()


async def test_a_server_that_closes_ends_its_connections(lab):
    client = await Client.connect(lab)
    client.send(make_query())
    await client.receive()
    lab.stop("ns.vuw.nz")
    assert await client.is_closed()
    await lab.until(lambda: lab.of(Closed))
    assert [(event.side, event.why) for event in lab.of(Closed)] == [("S", "ended")]
    with pytest.raises(ConnectionRefusedError):
        await Client.connect(lab)
    client.writer.close()
