"""Transcripts for goals to be tried on, made by hand."""

from __future__ import annotations

import struct
from typing import Any

import dns.flags
import dns.message
import dns.rcode

from protocols.events import (
    Closed,
    Delivered,
    Endpoint,
    Event,
    Line,
    Message,
    Opened,
    Stored,
    Transferred,
    TreeChanged,
    ZoneEdited,
)

STUDENT = Endpoint("mx.halva.fr", "10.0.0.1", 40_000)
SERVER = Endpoint("ftp.eckenfels.net", "212.227.90.117", 21)
ZONE = "@ 60 SOA ns1.lentil.edu. root.lentil.edu. {serial} 1 1 1 60\n@ NS ns1.lentil.edu.\nns1 A 10.2.0.53\n"


class Talk:
    """A transcript that grows: each method adds events, and returns the seq of the last."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, kind: type[Event], because: int | None = None, **values: Any) -> int:
        seq = len(self.events) + 1
        self.events.append(kind(seq=seq, at=seq, because=because, **values))
        return seq

    def connect(self, conn: str, protocol: str = "smtp", **values: Any) -> int:
        return self.add(Opened, conn=conn, protocol=protocol, client=STUDENT, server=SERVER, **values)

    def say(self, conn: str, text: str, protocol: str = "smtp", state: str = "greeted") -> int:
        raw = f"{text}\r\n".encode()
        return self.add(Line, conn=conn, protocol=protocol, side="C", raw=raw, state=state)

    def answer(self, conn: str, text: str, to: int | None, *, why: str, protocol: str = "smtp", state: str) -> int:
        raw = f"{text}\r\n".encode()
        return self.add(Line, to, conn=conn, protocol=protocol, side="S", raw=raw, state=state, why=why)

    def exchange(self, conn: str, text: str, reply: str, *, why: str = "", **where: str) -> int:
        where = {"protocol": "smtp", "state": "greeted"} | where
        return self.answer(conn, reply, self.say(conn, text, **where), why=why, **where)

    def ftp(self, conn: str, text: str, reply: str) -> int:
        return self.exchange(conn, text, reply, protocol="ftp", state="ready")

    def deliver(self, conn: str, mailbox: str, raw: bytes, sender: str = "alice@halva.fr") -> int:
        return self.add(Delivered, conn=conn, mailbox=mailbox, sender=sender, raw=raw)

    def store(self, path: str, size: int = 5, conn: str | None = None, sha256: str = "ab") -> int:
        given: dict[str, Any] = {"owner": "ecki", "mode": 0o644, "modified": 0}
        return self.add(Stored, host=SERVER.host, path=path, size=size, sha256=sha256, conn=conn, **given)

    def transfer(self, conn: str, side: str, path: str, because: int, length: int = 5, whole: bool = True) -> int:
        given = {"kept": length, "sha256": "ab"}
        return self.add(Transferred, because, conn=conn, side=side, path=path, length=length, whole=whole, **given)

    def open_data(self, conn: str, opener: str, because: int) -> int:
        return self.connect(conn, "ftp", purpose="data", opener=opener, because=because)

    def change(self, change: str, path: str, to: str = "") -> int:
        return self.add(TreeChanged, host=SERVER.host, change=change, path=path, to=to)

    def close(self, conn: str) -> int:
        return self.add(Closed, conn=conn, side="S", why="quit")

    def resolve(
        self,
        name: str,
        rdtype: str = "A",
        *,
        rcode: str = "NOERROR",
        server: str = "ns1.lentil.edu",
        client: Endpoint = STUDENT,
        rd: bool = True,
        aa: bool = False,
        why: str = "answer",
        about: tuple[str, ...] = (),
    ) -> int:
        query = dns.message.make_query(name, rdtype)
        if not rd:
            query.flags = 0
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.from_text(rcode))
        response.flags |= dns.flags.AA if aa else 0
        common: dict[str, Any] = {"protocol": "dns", "transport": "udp"}
        common |= {"client": client, "server": Endpoint(server, "10.2.0.53", 53)}
        asked = self.add(Message, side="C", raw=query.to_wire(), **common)
        return self.add(Message, asked, side="S", raw=response.to_wire(), why=why, about=about, **common)

    def edit(self, records: str, why: str = "loaded", zone: str = "lentil.edu", client_id: str | None = "a") -> int:
        raw = (ZONE.format(serial=2) + records).encode()
        return self.add(ZoneEdited, zone=zone, serial=2, why=why, raw=raw, client_id=client_id)


def cut(raw: bytes) -> bytes:
    """A response whose header announces a question that is not there."""
    return struct.pack(">HHHHHH", 1, 0x8000, 1, 0, 0, 0) + raw
