"""Grading the attempts of a large class again, on SQLite and on PostgreSQL: how long it takes from the question to what
is confirmed, and for how long one of its write transactions keeps other writers waiting."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.table import Row
from tests.postgresql import private_postgresql

ATTEMPTS = 300
EXCHANGES = 66  # in the log of each: what was typed, what it became, and the reply
MOST = 10  # seconds
LONGEST = 50  # milliseconds


def measure() -> Iterator[Row]:
    yield from _measure_on("SQLite", f"sqlite:///{os.environ['LENTIL_VAR']}/grading.sqlite3")
    with private_postgresql() as server:
        yield from _measure_on("PostgreSQL", server.url)


def _measure_on(name: str, url: str) -> Iterator[Row]:
    program = [sys.executable, "-m", "tests.benchmarks.grading"]
    ran = subprocess.run(program, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE, check=True)
    seconds, longest = json.loads(ran.stdout)
    what = f"{name}: grading {ATTEMPTS} attempts of {3 * EXCHANGES} events again"
    yield Row(what, seconds, "s", bar=MOST)
    yield Row(f"{name}: the longest write transaction of that", longest, "ms", bar=LONGEST)


def main() -> None:
    """Print the seconds that it takes, and the milliseconds of its longest write transaction, as JSON; measured on the
    database at DATABASE_URL."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    regrade = make_regrade()
    gc.freeze()  # as a worker does

    from portal.exercises import proposals

    times: list[float] = []
    began = time.perf_counter()
    with timed_writing(times):
        proposals.go_on(regrade)
        regrade.state = regrade.State.APPLYING  # as if it was confirmed: there is no queue here
        regrade.save()
        proposals.go_on(regrade)
    seconds = time.perf_counter() - began
    regrade.refresh_from_db()
    assert (regrade.state, regrade.done) == ("applied", ATTEMPTS)
    print(json.dumps([seconds, max(times) * 1000]))


def make_regrade() -> Any:
    """The wish to grade the attempts again, of a class in which each has submitted one, after a goal was mended."""
    from django.utils import timezone

    from portal.accounts.models import User
    from portal.courses.models import Course
    from portal.exercises import grading
    from portal.exercises.document import READY
    from portal.exercises.models import Attempt, Exercise, Regrade
    from portal.labs.models import Event, Lab
    from portal.worlds.models import World
    from tests.portal.exercises.making import SMALL, Session, make_exercise, make_published, make_small_activity

    source = (READY / "mail-by-hand.yaml").read_text()
    activity = make_small_activity(Course.objects.create(slug="large", code="L", title="L"))
    exercise: Exercise = make_exercise(activity, source)
    version = exercise.versions.get()
    session = Session()
    for number in range(EXCHANGES):
        session.say(b"HELO mx.halva.fr\r\n", b"250 mx.lentil.edu\r\n" if number else b"501 not yet\r\n")
    people = User.objects.bulk_create(User(username=f"student-{number}") for number in range(ATTEMPTS))
    for person in people:
        lab = Lab.objects.create(
            activity=exercise.activity, person=person, world=World.objects.create(source=SMALL), state="ended"
        )
        Event.insert([Event.row(lab.pk, event) for event in session.events])
        attempt: Attempt = exercise.attempts.create(
            version=version,
            person=person,
            lab=lab,
            number=1,
            submitted_at=timezone.now(),
            last_seq=len(session.events),
        )
        grading.settle(attempt)
    mended = make_published(exercise, source.replace("reply: {code: 250, to: [HELO, EHLO]}", "reply: {code: 501}"))
    return Regrade.objects.create(exercise=exercise, version=mended, total=ATTEMPTS)


@contextmanager
def timed_writing(times: list[float]) -> Iterator[None]:
    """Add the seconds of each write transaction to `times`: from its first statement to its end."""
    from django.db import connection, transaction

    began: list[float] = []

    def end() -> None:
        times.append(time.perf_counter() - began.pop())

    def note(execute: Callable[..., Any], sql: str, *values: Any) -> Any:
        if connection.in_atomic_block and not began:
            began.append(time.perf_counter())
            transaction.on_commit(end)
        at = time.perf_counter()
        try:
            return execute(sql, *values)
        finally:
            if not connection.in_atomic_block and not sql.startswith("SELECT"):
                times.append(time.perf_counter() - at)

    with connection.execute_wrapper(note):
        yield


if __name__ == "__main__":
    main()
