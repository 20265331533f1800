import pytest

from protocols.dns import recursion
from tests.protocols.dns.lab import AT, WORLD, make_running


@pytest.fixture
async def lab(monkeypatch):
    """A small world whose name servers all run."""
    running = make_running(lambda: AT)
    monkeypatch.setattr(recursion, "PORT", running.port)
    for host in WORLD.hosts:
        if host.dns:
            await running.start(host.name)
    yield running
    for each in running.servers.values():
        each.close()
