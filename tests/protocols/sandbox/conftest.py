import pytest

from protocols.sandbox.supervisor import Supervisor
from tests.protocols.sandbox.labs import HOARDERS, HOSTILE, KeptLog


@pytest.fixture
def log():
    return KeptLog()


@pytest.fixture
async def supervisor():
    """The product's own."""
    running = Supervisor()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def hostile():
    """A supervisor whose labs are hostile, in the way that their world's title says."""
    running = Supervisor(zygote=HOSTILE)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def hoarders():
    """A supervisor whose labs handle contents in the way that their world's title says."""
    running = Supervisor(zygote=HOARDERS)
    await running.start()
    yield running
    await running.stop()
