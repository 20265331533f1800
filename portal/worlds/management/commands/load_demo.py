"""`python manage.py load_demo`: the demo course with its accounts. Run again, it changes nothing that people made: mail
stays in its mailboxes, and a zone that somebody edited as they wrote it, whatever the world's document says by now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.models import User
from portal.courses.demo import ABOUT, ACCOUNTS, ACTIVITIES, COURSE, PASSWORD, ROLES, DemoActivity
from portal.courses.models import Activity, Course, Enrolment, Unit
from portal.worlds.models import World

LECTURE = settings.BASE / "protocols" / "worlds" / "lecture.yaml"


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
        unit, _ = Unit.objects.update_or_create(course=course, title=demo.unit, defaults={"position": position})
        activity, _ = Activity.objects.update_or_create(
            unit=unit, slug=demo.slug, defaults={"title": demo.title, "summary": demo.summary, "text": demo.text}
        )
        world, _ = World.objects.update_or_create(activity=activity, defaults={"source": LECTURE.read_text()})
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
