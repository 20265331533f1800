"""Settings from the environment: what cannot be used is named in one sentence."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment

READERS: dict[str, Callable[[], Any]] = {
    "PORT": lambda: environment.read_port("PORT", 8000),
    "LENTIL_DEMO": lambda: environment.read_flag("LENTIL_DEMO"),
    "LENTIL_SANDBOX_OFF": lambda: environment.read_names("LENTIL_SANDBOX_OFF", known=frozenset({"seccomp"})),
    "DATABASE_URL": lambda: environment.read_database("DATABASE_URL", Path("/var/x.sqlite3")),
    "REDIS_URL": lambda: environment.read_redis("REDIS_URL", Path("/var/redis.sock")),
}


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    for name in READERS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "high"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("PORT", "²"),
        ("LENTIL_DEMO", "maybe"),
        ("LENTIL_SANDBOX_OFF", "seccomp,walls"),
        ("DATABASE_URL", "mysql://localhost/lentil"),
        ("DATABASE_URL", "lentil.sqlite3"),
        ("DATABASE_URL", "postgresql://localhost:port/lentil"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as raised:
        READERS[name]()
    sentence = str(raised.value)
    assert sentence.startswith(f"{name} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("value", [None, "", " "])
def test_nothing_needs_to_be_set(value, monkeypatch):
    if value is not None:
        for name in READERS:
            monkeypatch.setenv(name, value)
    found = {name: read() for name, read in READERS.items()}
    assert found["PORT"] == 8000
    assert found["LENTIL_DEMO"] is False
    assert found["LENTIL_SANDBOX_OFF"] == []
    assert found["REDIS_URL"] == "unix:///var/redis.sock"
    assert found["DATABASE_URL"]["NAME"] == "/var/x.sqlite3"
    assert found["DATABASE_URL"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://lentil:secret@db.example:5433/lentil")
    database = READERS["DATABASE_URL"]()
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "lentil")


def test_a_secret_of_an_address_is_not_told(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://lentil:secret@db.example:port/lentil")
    with pytest.raises(ImproperlyConfigured) as raised:
        READERS["DATABASE_URL"]()
    assert "secret" not in str(raised.value)


def test_celery_has_its_own_way_to_write_a_unix_socket():
    assert environment.to_broker("unix:///var/redis.sock") == "redis+socket:///var/redis.sock"
    assert environment.to_broker("redis://localhost/1") == "redis://localhost/1"


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "secret_key"
    secret = environment.keep_secret(path)
    assert len(secret) >= 50
    assert environment.keep_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_secret_that_cannot_be_kept_is_said_with_its_place(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="nowhere/secret_key"):
        environment.keep_secret(tmp_path / "nowhere" / "secret_key")


def test_the_settings_load_with_nothing_set_but_where_their_state_is(tmp_path):
    settings = {"PATH": os.environ["PATH"], "LENTIL_VAR": str(tmp_path / "var")}
    program = "from portal import settings; print(settings.DEBUG, settings.DEMO, settings.REDIS_URL)"
    done = subprocess.run([sys.executable, "-c", program], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout == f"False False unix://{tmp_path}/var/redis.sock\n"
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
