"""A supervisor to be killed: it opens three labs that do not stop, says the processes that there are, and waits."""

import asyncio
import json
import sys

from protocols.sandbox.supervisor import Supervisor
from tests.protocols.sandbox.labs import KeptLog, make_world


async def keep(module: str) -> None:
    supervisor = Supervisor(zygote=module)
    await supervisor.start()
    labs = [await supervisor.open(make_world("goes deaf"), KeptLog()) for _ in range(3)]
    print(json.dumps([supervisor.zygote_pid, *(lab.child.born.result() for lab in labs)]), flush=True)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(keep(sys.argv[1]))
