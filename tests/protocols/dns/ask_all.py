"""Runs in a lab's network: asks with our console and with Debian's programs, and prints what each of them prints.

    python -m protocols run WORLD -- python -m tests.protocols.dns.ask_all WORLD < COMMANDS

COMMANDS is a list in JSON of pairs of command lines, ours and theirs; so is what is printed, of pairs of outputs.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from protocols.console import Console
from protocols.events import Console as Said
from protocols.events import Event
from protocols.recorder import Recorder
from protocols.world import read_world
from tests.protocols.stores import make_store


async def ask_all(world: Path, commands: list[list[str]]) -> list[list[str]]:
    events: list[Event] = []
    recorder = Recorder(1, lambda: time.time_ns() // 1000, events.append)
    read = read_world(world)
    console = Console(1, read, recorder, make_store(read, recorder))
    outputs = []
    for ours, theirs in commands:
        done = len(events)
        await console.typed(f"line-{done}", ours.encode())
        said = [each for each in events[done:] if isinstance(each, Said) and each.why == "output"]
        printed = "\n".join(each.raw.decode("latin-1") for each in said)
        process = await asyncio.create_subprocess_exec(*theirs.split(), stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        outputs.append([printed, output.decode("latin-1")])
    return outputs


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask_all(Path(sys.argv[1]), json.load(sys.stdin)))))
