"""What all pages share: the request's id, the error pages, the log."""

import json

import pytest
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError
from django.test import Client

from portal.versions import find_version
from protocols import limits

LOG = settings.VAR / "log" / "portal.log"


def read_log(request_id: str) -> list[dict]:
    lines = [json.loads(line) for line in LOG.read_text().splitlines()]
    return [line for line in lines if line.get("request_id") == request_id]


def test_the_help_is_for_anyone(db, client):
    assert client.get("/help/").status_code == 200


def test_a_page_that_is_not_there_shows_the_id_that_the_log_has(db, client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    request_id = answer["X-Request-ID"]
    assert request_id in answer.content.decode()
    assert {"path": "/nowhere/", "status": 404} in [
        {"path": line["path"], "status": line["status"]} for line in read_log(request_id) if "path" in line
    ]


def test_a_form_from_elsewhere_is_refused_with_the_id_that_the_log_has(db):
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "alice"})
    assert answer.status_code == 403
    assert answer["X-Request-ID"] in answer.content.decode()
    assert read_log(answer["X-Request-ID"])


def test_a_failure_shows_the_id_under_which_the_log_has_its_cause(alice, client, monkeypatch):
    def fail(*values):
        raise RuntimeError("the cause")

    monkeypatch.setattr("portal.courses.models.Course.role_of", fail)
    client.force_login(alice)
    client.raise_request_exception = False
    answer = client.get("/courses/nwen243/")
    assert answer.status_code == 500
    assert "the cause" not in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()
    assert any("RuntimeError: the cause" in line.get("exception", "") for line in read_log(answer["X-Request-ID"]))


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_is_said_in_a_sentence(alice, client, monkeypatch, error):
    def fail(*values):
        raise error("the cause")

    monkeypatch.setattr("portal.courses.models.Course.role_of", fail)
    client.force_login(alice)
    client.raise_request_exception = False
    answer = client.get("/courses/nwen243/")
    assert answer.status_code == 503
    assert "database does not answer for the moment" in answer.content.decode()
    assert "the cause" not in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


def test_every_request_has_an_id_of_its_own(db, client):
    assert client.get("/help/")["X-Request-ID"] != client.get("/help/")["X-Request-ID"]


def test_the_log_holds_no_password_and_no_cookie(alice, client):
    client.post("/accounts/login/", {"login": "alice", "password": "pease-porridge"})
    client.post("/accounts/login/", {"login": "alice", "password": "mushy-peas"})
    client.get("/?secret=beluga")
    said = LOG.read_text()
    for secret in ("pease-porridge", "mushy-peas", "beluga", client.cookies["sessionid"].value):
        assert secret not in said


@pytest.mark.parametrize("path", ["css/base.css", "js/lab-socket.js"])
def test_static_files_are_served_from_where_they_lie_for_browsers_to_keep(path, db, client):
    answer = client.get(settings.STATIC_URL + path)
    assert answer.status_code == 200
    assert answer.content == (settings.BASE / "static" / path).read_bytes()
    assert "immutable" in answer["Cache-Control"]


def test_a_static_file_that_changes_changes_all_their_addresses(tmp_path):
    versions = set()
    for name, text in (("a.js", "1"), ("a.js", "2"), ("b.js", ""), ("deep/c.js", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        versions.add(find_version(tmp_path))
    assert len(versions) == 4


@pytest.mark.parametrize("path", ["../portal/settings.py", "%2e%2e/portal/settings.py", "nothing"])
def test_nothing_else_is_served(path, db, client):
    assert client.get(settings.STATIC_URL + path).status_code == 404


def test_limits_in_the_help_are_the_limits(db, client):
    text = client.get("/help/").content.decode()
    assert f"at most {limits.LABEL} octets and a name {limits.NAME}" in text
    assert f"up to {limits.EXCHANGES_KEPT} exchanges a second" in text
    assert f"after {limits.RESOLVE_SECONDS} seconds or {limits.RESOLVE_QUERIES} queries" in text
    assert (limits.CACHE_SECONDS, limits.CACHE_SECONDS_NEGATIVE) == (7 * 86_400, 3 * 3_600)
    assert "A week is the most it keeps, and three hours" in text
