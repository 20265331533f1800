"""The tap at a name server: its messages, as events, in the order in which they came and went; and what comes faster
than anybody reads, counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from protocols import limits
from protocols.events import Endpoint, Message, Unkept
from protocols.recorder import Address, Recorder

WINDOW = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Exchange:
    """A query that is recorded, and what its response's event needs."""

    client: Address
    values: dict[str, Any]  # of both messages
    seq: int


@dataclass(slots=True)
class Counted:
    """What is told of exchanges that are not recorded: what was asked ("www.vuw.ac.nz. A") and the answer's rcode, as
    often as `times`."""

    asked: str
    rcode: str
    times: int = 0


class Keeper:
    """Says which exchanges of a lab are recorded: limits.EXCHANGES_KEPT a second, and none while the log takes no
    events. The others are counted, and told every second."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.left = limits.EXCHANGES_KEPT  # of this second
        self._counted: list[Counted] = []
        self._turn: asyncio.TimerHandle | None = None

    def takes(self) -> bool:
        """Whether the exchange that begins now is recorded."""
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_later(WINDOW, self._turn_over)
        if self.left and self._recorder.has_room():
            self.left -= 1
            return True
        return False

    def count(self, counted: Counted) -> None:
        """An exchange was answered that `takes` did not take. The same `counted` may come again and again."""
        if not counted.times:
            self._counted.append(counted)
        counted.times += 1

    def close(self) -> None:
        """Tell what was counted so far."""
        if self._turn is not None:
            self._turn.cancel()
        self._tell()

    def _turn_over(self) -> None:
        self.left = limits.EXCHANGES_KEPT
        if self._counted and not self._recorder.has_room():
            self._turn = asyncio.get_running_loop().call_later(WINDOW, self._turn_over)  # it is told once there is room
            return
        self._turn = None
        self._tell()

    def _tell(self) -> None:
        counted, self._counted = self._counted, []
        if not counted:
            return
        names, rcodes = Counter[str](), Counter[str]()
        for each in counted:
            names[each.asked] += each.times
            rcodes[each.rcode] += each.times
            each.times = 0
        self._recorder.record(
            Unkept,
            protocol="dns",
            count=rcodes.total(),
            names=tuple(name for name, _ in names.most_common(limits.NAMES_COUNTED)),
            rcodes=tuple(f"{rcode} {times}" for rcode, times in rcodes.most_common()),
        )


class Tap:
    """Records the messages of the server at `own`. `names` are the hosts' by their addresses."""

    def __init__(self, recorder: Recorder, own: Endpoint, names: dict[str, str]) -> None:
        self._recorder = recorder
        self.own = own
        self._names = names

    def asked(
        self, octets: bytes, client: Address, because: int | None, transport: Literal["udp", "tcp"], conn: str | None
    ) -> Exchange:
        """A query came from `client`."""
        values: dict[str, Any] = {
            "protocol": "dns",
            "transport": transport,
            "client": self.endpoint(client),
            "server": self.own,
            "conn": conn,
        }
        seq = self._recorder.record(Message, because=because, side="C", raw=octets, **values)
        self._recorder.hears(client, seq)
        return Exchange(client, values, seq)

    def answered(self, exchange: Exchange, octets: bytes, why: str, about: tuple[str, ...]) -> None:
        """The server answers: called before its octets go out."""
        told = about[: limits.EVENT_TEXTS]
        seq = self._recorder.record(
            Message, because=exchange.seq, side="S", raw=octets, why=why, about=told, **exchange.values
        )
        self._recorder.answers(exchange.client, seq)

    def endpoint(self, address: Address) -> Endpoint:
        """The end of an exchange that has that address and port."""
        return Endpoint(self._names.get(address[0], ""), *address)
