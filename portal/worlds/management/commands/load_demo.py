"""`python manage.py load_demo`: the demo course with its accounts. Run again, it changes nothing that people made."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.models import User
from portal.courses.demo import ACCOUNTS, COURSE, PASSWORD, ROLES
from portal.courses.models import Activity, Course, Enrolment, Unit
from portal.worlds.models import World

LECTURE = settings.BASE / "protocols" / "worlds" / "lecture.yaml"

TEXT = """\
You are the mail host **mx.halva.fr**. Alice wrote two lines to Bob, whose mailbox is bob@lentil.edu:

    Do you like dahl?
    How about with naan?

Bring them to him by hand. Everything you type goes over the wire as it is.

1. Connect to **mx.lentil.edu**, port 25, and wait for its greeting.
2. Say who you are: `HELO mx.halva.fr`
3. Start the envelope with its sender: `MAIL FROM: <alice@halva.fr>`
4. Name the recipient: `RCPT TO: <bob@lentil.edu>`
5. Say `DATA`. When the server tells you to go on, type Alice's two lines.
6. End the message with a dot on a line by itself.
7. Say `QUIT`, then look into Bob's mailbox.

Choose any line of the transcript to see what it means, and why the server answered so. Mistakes are welcome: the server
answers them as a real one does.
"""


class Command(BaseCommand):
    help = "Load the demo course and its accounts (demo mode only)."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo accounts exist only in demo mode: run this with LENTIL_DEMO=1.")
        course, _ = Course.objects.update_or_create(
            slug=COURSE,
            defaults={"code": "NWEN 243", "title": "Computer networks", "about": "How mail finds its way, by hand."},
        )
        self._load_activity(course)
        for name in ACCOUNTS:
            self._load_account(name, course)
        if options["verbosity"]:
            self.stdout.write(f"{course} is there. Sign in as {', '.join(ACCOUNTS)} with the password {PASSWORD}.")

    def _load_activity(self, course: Course) -> None:
        unit, _ = Unit.objects.get_or_create(course=course, title="Mail")
        activity, _ = Activity.objects.update_or_create(
            unit=unit,
            slug="send-a-mail-by-hand",
            defaults={
                "title": "Send a mail by hand",
                "summary": "Speak SMTP with a mail server yourself, and see the mail arrive.",
                "text": TEXT,
            },
        )
        world, _ = World.objects.update_or_create(activity=activity, defaults={"source": LECTURE.read_text()})
        world.make_mailboxes()

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
