"""`python manage.py load_demo`: the demo course with its exercises and accounts. Run again, it changes nothing that
people made: an exercise of which somebody published a version stays as they wrote it, mail stays in its mailboxes, and
a zone that somebody edited is as they left it, whatever the world's document says by now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.courses.demo import ABOUT, ACCOUNTS, ACTIVITIES, COURSE, PASSWORD, ROLES, DemoActivity
from portal.courses.models import Activity, Course, Enrolment, Unit
from portal.exercises import document
from portal.exercises.models import Exercise, Version
from portal.worlds.models import World

_UNITS = list(dict.fromkeys(activity.unit for activity in ACTIVITIES))


class Command(BaseCommand):
    help = "Load the demo course and its accounts (demo mode only)."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo accounts exist only in demo mode: run this with LENTIL_DEMO=1.")
        course, _ = Course.objects.update_or_create(
            slug=COURSE, defaults={"code": "NWEN 243", "title": "Computer networks", "about": ABOUT}
        )
        for position, activity in enumerate(ACTIVITIES):
            self._load_activity(course, position, activity)
        for name in ACCOUNTS:
            self._load_account(name, course)
        if options["verbosity"]:
            self.stdout.write(f"{course} is there. Sign in as {', '.join(ACCOUNTS)} with the password {PASSWORD}.")

    def _load_activity(self, course: Course, position: int, demo: DemoActivity) -> None:
        unit, _ = Unit.objects.update_or_create(
            course=course, title=demo.unit, defaults={"position": _UNITS.index(demo.unit)}
        )
        activity, _ = Activity.objects.update_or_create(unit=unit, slug=demo.slug, defaults={"position": position})
        exercise, _ = Exercise.objects.get_or_create(activity=activity)
        current = exercise.current
        if current and current.author_id:
            return
        source = document.read_source(demo.exercise)
        found = document.read_exercise(source)
        if current is None or current.source != source:
            _add_version(exercise, source, found)
        shown = {"title": found.title, "summary": found.summary, "text": found.text}
        Activity.objects.filter(pk=activity.pk).update(**shown)
        world, _ = World.objects.update_or_create(activity=activity, defaults={"source": found.world_source})
        world.make_mailboxes()
        world.make_zones()
        world.make_files()

    def _load_account(self, name: str, course: Course) -> None:
        user, is_new = User.objects.get_or_create(username=name, defaults={"demo": True})
        if is_new:
            user.set_password(PASSWORD)
            user.save()
        if not user.demo:
            raise CommandError(f"There is an account {name} already that is no demo account; rename it first.")
        role = ROLES.get(name)
        if role:
            Enrolment.objects.get_or_create(user=user, course=course, ended=None, defaults={"role": role})


def _add_version(exercise: Exercise, source: str, found: document.Exercise) -> None:
    """The exercise's next version, published at once: its solution was played by the tests."""
    last = exercise.versions.order_by("-number").first()
    Version.objects.create(
        exercise=exercise,
        number=last.number + 1 if last else 1,
        source=source,
        goals=found.goal_values,
        hints=[asdict(hint) for hint in found.hints],
        published_at=timezone.now(),
    )
