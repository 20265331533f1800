"""Whether the portal can do its work."""

import json

import pytest
from django.db import OperationalError, connection

from portal.labs.bus import connect
from portal.labs.workers import Worker, announce, take_leave

pytestmark = pytest.mark.usefixtures("db", "redis_server")


@pytest.fixture(autouse=True)
def no_workers(redis_server):
    connect().flushall()


def ask(client) -> tuple[int, list[str]]:
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.content)["missing"]


def test_all_is_there(client):
    announce(Worker("one", complete=False))
    announce(Worker("two", complete=True))
    assert ask(client) == (200, [])


def test_no_worker(client):
    assert ask(client) == (503, ["a worker"])


def test_a_worker_that_left(client):
    worker = Worker("one", complete=True)
    announce(worker)
    take_leave(worker)
    assert ask(client) == (503, ["a worker"])


def test_a_worker_that_says_nothing_more_is_forgotten():
    announce(Worker("one", complete=True))
    assert 0 < connect().ttl("lentil:worker:one") <= 8


def test_no_complete_sandbox(client):
    announce(Worker("one", complete=False))
    assert ask(client) == (503, ["a worker with a complete sandbox"])


def test_no_redis(client, redis_server):
    with redis_server.away():
        assert ask(client) == (503, ["Redis", "a worker"])


def test_no_database(client, monkeypatch):
    def fail(*values):
        raise OperationalError("the password is beluga")

    announce(Worker("one", complete=True))
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", fail)
        assert ask(client) == (503, ["the database"])
