"""A hundred thousand inputs that no client should send."""

from random import Random
from typing import Any

import pytest

from protocols import limits
from protocols.events import Block, Fault, Line
from protocols.explain import describe
from protocols.recorder import Recorder
from protocols.smtp import wire
from protocols.smtp.session import Answer, Session
from protocols.smtp.states import MACHINE
from protocols.smtp.tap import Tap
from tests.protocols.smtp.dialogues import MX
from tests.protocols.smtp.mutations import lead_in, mutate

INPUTS = 100_000
SESSION = 40  # inputs in a session, at most
HELD = 2_000  # octets that a session may keep of a line without an end


class Talk:
    """A session and its tap, as a server has them, without a socket."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.said = bytearray()
        self.answered = bytearray()
        self.session: Any = Session(MX)
        self.tap: Any = Tap(Recorder(1, lambda: 0, self.events.append), "1.1", ("10.0.0.1", 49152))
        self._answer(self.session.open())

    def say(self, octets: bytes) -> None:
        """The client says `octets`, and gets its answers."""
        self.said += octets
        self.tap.received(octets)
        self.session.receive(octets)
        while answer := self.session.next():
            self._answer(answer)
        if self.session.state != "closed":
            assert len(self.session._buffer) < HELD
            assert not self.said.endswith(b"\n") or self.tap._state == self.session.state, "both know what to expect"

    def end(self) -> None:
        """The client ends: what was recorded is what was said, on both sides."""
        self.tap.ended()
        assert self.octets("C") == bytes(self.said)
        assert self.octets("S") == bytes(self.answered)
        numbers = {event.seq for event in self.events if event.side == "C"}
        for event in self.events:
            assert len(event.raw) <= limits.CHUNK
            assert event.because is None or (event.because in numbers and event.because < event.seq)

    def octets(self, side: str) -> bytes:
        return b"".join(event.raw for event in self.events if event.side == side)

    def _answer(self, answer: Answer) -> None:
        code = answer.lines[-1][:3].decode()
        assert MACHINE.step(answer.state, answer.verb, code, answer.why) == answer.then == self.session.state
        for line in answer.lines:
            assert line.endswith(b"\r\n")
            assert line.isascii()
            assert len(line) <= limits.REPLY_LINE
        if answer.message is not None:
            assert len(answer.message.content) <= limits.MESSAGE
        self.answered += b"".join(answer.lines)
        self.tap.answered(answer)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_inputs_are_recorded_as_they_are_and_answered_by_the_table(seed):
    chance = Random(seed)
    left = INPUTS // 4
    reached = set()
    while left:
        talk = Talk()
        for line in lead_in(chance):
            talk.say(line)
        for _ in range(min(left, chance.randrange(1, SESSION))):
            if talk.session.state != "closed":
                talk.say(mutate(chance))
                left -= 1
        talk.end()
        reached |= {event.why for event in talk.events if event.side == "S"}
    assert len(reached) > 50, "the inputs do not get far"


async def test_mutated_inputs_over_a_socket_are_recorded_and_answered_alike(mx, capfd):
    chance = Random(5321)
    for number in range(1, 151):
        lines = [*lead_in(chance), *(mutate(chance) for _ in range(chance.randrange(1, SESSION)))]
        heard = await mx.exchange(b"".join(lines))
        await mx.until_closed(number)
        conn = f"1.{number}"
        assert mx.octets("S", conn) == heard
        assert b"".join(lines).startswith(mx.octets("C", conn))  # what follows QUIT need not be read
    known = {event.seq: event for event in mx.events}
    for event in mx.events:
        assert describe(event, known.get(event.because or 0)).to_json()
    said = {event.seq: event for event in mx.events if isinstance(event, Line | Block)}
    for reply in mx.of(Line):
        command = said.get(reply.because or 0)
        if reply.side == "S" and not isinstance(command, Block):
            verb = wire.verb_of(command.raw, reply.state) if command else wire.UNASKED
            assert MACHINE.step(reply.state, verb, reply.raw[:3].decode(), reply.why or "")
    assert mx.of(Fault) == []
    assert capfd.readouterr().err == ""
