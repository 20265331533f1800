"""A running portal with a class in it: students who have signed in, and their labs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.running import Portal, running_portal

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.courses.models import Activity
    from portal.labs.models import Lab

OPEN_WITHIN = 30  # seconds


@dataclass
class School:
    """The portal, and its students by number."""

    portal: Portal
    students: list[User]

    def open_lab(self, number: int) -> Lab:
        """The lab of a student, running."""
        from portal.labs.opening import open_activity

        lab = open_activity(find_activity(), self.students[number])
        self.wait_for(lab, "running")
        return lab

    def end_lab(self, lab: Lab) -> None:
        from portal.labs.opening import close

        close(lab)
        self.wait_for(lab, "ended")

    def wait_for(self, lab: Lab, state: str) -> None:
        until = time.monotonic() + OPEN_WITHIN
        while lab.state != state:
            assert time.monotonic() < until, f"{lab} is still {lab.state}"
            time.sleep(0.02)
            lab.refresh_from_db(fields=["state"])

    def cookie(self, number: int) -> str:
        """The session that the student has signed in with."""
        from django.test import Client

        client = Client()
        client.force_login(self.students[number])
        return client.cookies["sessionid"].value


@contextmanager
def running_school(students: int) -> Iterator[School]:
    """A portal whose course has so many students more."""
    import django

    with running_portal(Path(os.environ["LENTIL_VAR"])) as portal:
        django.setup()
        yield School(portal, [enrol(f"student-{number}") for number in range(students)])


def find_activity() -> Activity:
    from portal.courses.demo import SEND_A_MAIL
    from portal.courses.models import Activity

    return Activity.objects.get(slug=SEND_A_MAIL.slug)


def enrol(name: str) -> User:
    from portal.accounts.models import User
    from portal.courses.models import Course, Enrolment

    user, _ = User.objects.get_or_create(username=name)
    Enrolment.objects.get_or_create(user=user, course=Course.objects.get(), role="student")
    return user
