"""Goals over a long log: ten of different kinds, none of which is met, so that each is asked to the last event."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import Any

from protocols.events import Event
from protocols.goals.fold import Fold
from protocols.goals.judging import Judge
from protocols.goals.reader import read_goals
from protocols.playing import play
from protocols.sandbox.supervisor import Supervisor
from protocols.world import read_world
from protocols.world.parts import Parts
from tests.benchmarks.table import Row, at_percent

WORLD = Path("protocols/worlds/lecture.yaml")
EVENTS = 10_000
BATCH = 50
RUNS = 7

SESSION = """
connect mx.lentil.edu 25
EHLO mx.halva.fr
MAIL FROM:<alice@halva.fr>
RCPT TO:<nobody@lentil.edu>
RCPT TO:<bob@lentil.edu>
DATA
Subject: Dahl

Do you like dahl?
.
QUIT
connect ftp.eckenfels.net 21
USER ecki
PASS secret
PASV
RETR /pub/README
PORT 10,0,0,1,4,1
STOR /tmp/test.txt
DELE /tmp/test.txt
QUIT
dig www.vuw.ac.nz
dig www.vuw.ac.nz MX
dig +norecurse @a.root-servers.net nope.nz
"""

GOALS: list[dict[str, Any]] = [
    {"command": {"verb": ["HELO", "EHLO"], "argument": "*.lentil.edu"}},
    {"reply": {"code": "25*", "to": ["VRFY", "RCPT"], "text": "*carol*"}},
    {"state": {"protocol": "ftp", "state": "renaming"}},
    {"delivered": {"to": "bob@*", "header": {"subject": "*naan*"}, "body": "*naan*"}},
    {"all": [{"stored": {"path": "/tmp/*", "size": 1}}, {"fetched": {"path": "/pub/*", "type": "I"}}]},
    {"in order": [{"data connection": {"mode": "active"}}, {"gone": {"path": "/tmp/*"}}, {"gone": {"path": "/pub/*"}}]},
    {"on one connection": {"in order": [{"command": {"verb": "RSET"}}, {"command": {"verb": "DATA"}}]}},
    {
        "on one connection": {
            "all": [{"command": {"verb": "PORT"}}, {"command": {"verb": "RETR"}}, {"reply": {"code": "452"}}]
        }
    },
    {"any": [{"answer": {"name": "www.vuw.*", "type": "AAAA", "by": "iteration"}}, {"answer": {"rcode": "REFUSED"}}]},
    {"never": {"any": [{"reply": {"code": "4*"}}, {"answer": {"server": "ns9.*", "rcode": "SERVFAIL"}}]}},
]


def measure() -> Iterator[Row]:
    events = asyncio.run(_record())
    goals = read_goals(Parts({}), [{"title": f"Goal {n}", "needs": needs} for n, needs in enumerate(GOALS)], ())
    folded = [_time(lambda: Fold(goals).feed(events)) for _ in range(RUNS)]
    assert not {verdict.status for verdict in Fold(goals).verdicts()} - {"open", "kept"}
    yield Row(f"goals over {EVENTS:,} events, in all", median(folded) * 1000, "ms", bar=50)
    judge, take_seq = Judge(goals, events), count(EVENTS).__next__
    batches = [events[start : start + BATCH] for start in range(0, EVENTS, BATCH)]
    judged = [_time(lambda batch=batch: judge.judge(batch, take_seq)) for batch in batches]
    yield Row(f"a batch of {BATCH} new events, 95 %", at_percent(judged, 95) * 1000, "ms", bar=2)


def _time(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def _record() -> list[Event]:
    """What a lab says of a session by all three protocols, and again, until there are enough events."""
    supervisor = Supervisor()
    await supervisor.start()
    try:
        session = await play(supervisor, read_world(WORLD), SESSION.strip("\n").split("\n"))
    finally:
        await supervisor.stop()
    return [*_repeat([event for event in session if event.kind != "lab"])]


def _repeat(session: Sequence[Event]) -> Iterator[Event]:
    first = session[0].seq
    for number, event in zip(range(EVENTS), cycle(session), strict=False):
        turn = number // len(session)
        moved = turn * len(session) + 1 - first
        given: dict[str, Any] = {"seq": event.seq + moved}
        if event.because is not None:
            given["because"] = event.because + moved
        if conn := getattr(event, "conn", None):
            given["conn"] = f"{turn}.{conn}"
        yield replace(event, **given)
