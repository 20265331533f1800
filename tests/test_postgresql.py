"""The portal on PostgreSQL, with nothing else changed; and the server that the tests start for it."""

import os
import subprocess
import sys
import time

import psycopg

from tests.postgresql import ROOT, private_postgresql
from tests.running import running_portal
from tests.student import Student

GONE_WITHIN = 15  # seconds
KEPT = "with private_postgresql() as server: print(server.url, flush=True); time.sleep(60)"
DIALOGUE = [
    ("connect mx.lentil.edu 25", "220"),
    ("HELO mx.halva.fr", "250"),
    ("MAIL FROM:<alice@halva.fr>", "250"),
    ("RCPT TO:<bob@lentil.edu>", "250"),
    ("DATA", "354"),
    ("Do you like dahl?", None),
    (".", "250"),
    ("QUIT", "221"),
]


def test_a_whole_portal_needs_nothing_but_its_address(tmp_path):
    with private_postgresql() as server, running_portal(tmp_path, DATABASE_URL=server.url) as portal:
        page = Student(portal, "alice").open_lab()
        for text, code in DIALOGUE:
            page.say(text, code)
        with psycopg.connect(server.url) as database:
            messages = database.execute("select raw from worlds_message").fetchall()
        assert [raw.endswith(b"\r\nDo you like dahl?\r\n") for (raw,) in messages] == [True]
        assert [each["seq"] for each in page.shown] == list(range(1, page.last + 1))
    assert not (tmp_path / "lentil.sqlite3").exists()


def test_nothing_is_left_of_a_server_whose_user_was_killed():
    command = f"import time; from tests.postgresql import private_postgresql\n{KEPT}"
    user = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert user.stdout
    folder = user.stdout.readline().strip().partition("?host=")[2]
    assert find_processes(folder)
    user.kill()
    until = time.monotonic() + GONE_WITHIN
    while find_processes(folder) or os.path.exists(folder):
        assert time.monotonic() < until
        time.sleep(0.1)


def find_processes(folder: str) -> list[str]:
    table = subprocess.run(["ps", "-ewwo", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in table.splitlines() if folder in line]
