"""What `make run` starts, it restarts and ends."""

import os
import signal
import time
import urllib.request

import pytest

from tests.running import STOPPED_WITHIN, Portal, is_alive, running_portal, start_portal

RESTARTED_WITHIN = 30  # seconds


@pytest.fixture
def portal(tmp_path):
    with running_portal(tmp_path) as portal:
        yield portal


def is_healthy(portal: Portal) -> bool:
    try:
        with urllib.request.urlopen(f"{portal.url}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(condition) -> None:
    until = time.monotonic() + RESTARTED_WITHIN
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_it_prints_the_address_the_accounts_and_their_password(portal):
    said = portal.said()
    assert portal.url in said
    for word in ("alice", "bob", "ivy", "mallory", "password"):
        assert word in said


@pytest.mark.parametrize("part", ["redis-server", "uvicorn", "celery"])
def test_it_restarts_a_part_that_died(portal, part):
    killed = portal.find(part)
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)

    wait_until(lambda: set(portal.find(part)) - set(killed))
    wait_until(lambda: is_healthy(portal))


def test_ctrl_c_ends_every_process(tmp_path):
    with running_portal(tmp_path) as portal:
        processes = portal.processes()
        assert len(processes) > 4
    assert not [args for pid, args in processes.items() if is_alive(pid)]


def test_no_process_outlives_a_first_process_that_was_killed(tmp_path):
    with running_portal(tmp_path) as portal:
        processes = portal.processes()
        portal.process.kill()
        wait_until(lambda: not any(is_alive(pid) for pid in processes if pid != portal.process.pid))


def test_it_keeps_its_state_and_its_secret(tmp_path):
    with running_portal(tmp_path):
        secret = (tmp_path / "secret_key").read_bytes()
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    with running_portal(tmp_path) as again:
        assert (tmp_path / "secret_key").read_bytes() == secret
        assert again.rows("select count(*) from accounts_user where username = 'alice'") == [(1,)]


def test_it_refuses_a_second_portal_on_the_same_state(portal):
    second = start_portal(portal.var / "..", LENTIL_VAR=str(portal.var))
    assert second.process.wait(STOPPED_WITHIN) == 2
    assert "Another Lentil runs on" in second.said()
    assert is_healthy(portal)


def test_it_refuses_a_port_that_is_taken(portal, tmp_path_factory):
    second = start_portal(tmp_path_factory.mktemp("second"), PORT=portal.url.rpartition(":")[2])
    assert second.process.wait(STOPPED_WITHIN) == 2
    assert "set PORT to another" in second.said()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "high"), ("DATABASE_URL", "nonsense://"), ("REDIS_URL", "nonsense"), ("LENTIL_VAR", "/dev/null/var")],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path, name, value):
    portal = start_portal(tmp_path, **{name: value})
    assert portal.process.wait(STOPPED_WITHIN) == 2
    assert name in portal.said()
    assert portal.said().strip().count("\n") == 0


def test_a_database_that_is_not_there_is_named_in_a_sentence(tmp_path):
    portal = start_portal(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert portal.process.wait(STOPPED_WITHIN) == 1
    assert "Traceback" not in portal.said()
    assert "Check DATABASE_URL." in portal.said()


def test_it_serves_loopback_where_browsers_may_use_another_name_too(tmp_path):
    with running_portal(tmp_path, LENTIL_HOSTS="lentil.example") as portal:
        assert is_healthy(portal)
