"""Students who are busy in their labs, without browsers: each says a line a second, and takes what comes."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import connect

from tests.benchmarks.school import School

if TYPE_CHECKING:
    from portal.labs.models import Lab

PAUSE = 1.0  # seconds between two lines of a student
CONNECTED_WITHIN = 5  # seconds


@asynccontextmanager
async def busy_students(school: School, labs: list[Lab]) -> AsyncIterator[None]:
    """Have the students of these labs be busy in them: student 1 in the first, and so on."""
    work = [asyncio.create_task(_be_busy(school, number, lab)) for number, lab in enumerate(labs, 1)]
    try:
        await asyncio.sleep(CONNECTED_WITHIN)
        yield
        assert not any(task.done() for task in work), [task.exception() for task in work if task.done()]
    finally:
        for task in work:
            task.cancel()
        await asyncio.wait(work)


async def _be_busy(school: School, number: int, lab: Lab) -> None:
    cookie = await asyncio.to_thread(school.cookie, number)
    url = f"{school.portal.url.replace('http', 'ws', 1)}/ws/labs/{lab.pk}/"
    origin: Any = school.portal.url
    async with connect(url, additional_headers={"Cookie": f"sessionid={cookie}"}, origin=origin, proxy=None) as socket:
        await socket.send(json.dumps({"type": "since", "seq": 0}))
        taking = asyncio.create_task(_take(socket))
        try:
            await asyncio.sleep(random.uniform(0, PAUSE))
            lines = iter(["connect mx.lentil.edu 25", "HELO mx.halva.fr"])
            for place in range(10_000):
                line = {"type": "input", "client_id": f"line-{place}", "console": 1, "text": next(lines, "NOOP")}
                await socket.send(json.dumps(line))
                await asyncio.sleep(PAUSE)
        finally:
            taking.cancel()


async def _take(socket: Any) -> None:
    async for _ in socket:
        pass
