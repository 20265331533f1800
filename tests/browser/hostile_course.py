"""A course whose every text is hostile: `python -m tests.browser.hostile_course`, with the settings of a running
portal, puts it into that portal's database."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.worlds.models import World

COURSE = "hostile"
ACTIVITY = "by-hand"
STUDENT = "<script>hacked()</script>"  # a user name
ADMINISTRATOR = "root"
FILES_HOST = "ftp.eckenfels.net"

LONG = "long" + "g" * 300
# What is tried. Each would call hacked() if a page took it for more than text, or break the page's own markup.
PAYLOADS = (
    "<script>hacked()</script>",
    "<img src=x onerror=hacked()>",
    "<svg onload=hacked()>",
    "</script><script>hacked()</script>",
    "</textarea></pre></title><svg/onload=hacked()>",
    "javascript:hacked()",
    '<a href="javascript:hacked()">x</a>',
    "[x](javascript:hacked())",
    "<javascript:hacked()>",
    "\"' autofocus onfocus=hacked() x='",
    "<iframe srcdoc='<script>parent.hacked()</script>'>",
    "<!--<style>*{display:none}</style>-->",
    "<meta http-equiv=refresh content='0;javascript:hacked()'>",
    "{{ 7*7 }}{% debug %}${7*7}",
    "&lt;script&gt;hacked()&lt;/script&gt;",
    "+ADw-script+AD4-hacked()+ADw-/script+AD4-",
    "\u202egnirts \u00e9\u4e2d",
)
BANNER = PAYLOADS[1]  # what the mail server greets with


def fit(limit: int, first: int) -> str:
    """Payloads from number `first` on, as many as fit into `limit` characters."""
    text = ""
    for payload in islice(cycle(PAYLOADS), first, first + len(PAYLOADS)):
        if len(text) + len(payload) + 3 <= limit:
            text = f"{text} | {payload}" if text else payload
    return text


def write_zone(world: World) -> None:
    """Payloads as comments of lentil.edu, as texts, and in names."""
    from portal.worlds.editing import read_edit, save_edit

    zone = world.zones.get(name="lentil.edu")
    texts = [payload.replace("\\", r"\\").replace('"', r"\"") for payload in PAYLOADS if payload.isascii()]
    lines = [f"; {payload}" for payload in PAYLOADS] + [f'hostile TXT "{text}"' for text in texts]
    lines.append(r'\<svg/onload=hacked\(\)\> TXT "name"')
    source = zone.source.replace(str(zone.serial), str(zone.serial + 1), 1) + "\n".join(lines) + "\n"
    save_edit(read_edit(zone, zone.serial, source))


def name_file(payload: str) -> str:
    """The name of a file that has a payload for its name; a slash cannot be in one."""
    return payload.replace("/", "|")


def write_files(world: World) -> None:
    """For each payload a file of that name, with that in it."""
    from portal.labs.placing import Upload, place_in_template

    for payload in PAYLOADS:
        place_in_template(world, Upload(FILES_HOST, "/pub", name_file(payload), "", payload.encode()))


def make() -> None:
    from django.conf import settings

    from portal.accounts.models import User
    from portal.courses.demo import PASSWORD
    from portal.courses.models import Activity, Course, Enrolment, Unit
    from portal.worlds.models import World

    course = Course.objects.create(slug=COURSE, code=fit(40, 2), title=fit(200, 0), about=fit(9_999, 0) + LONG)
    unit = Unit.objects.create(course=course, title=fit(200, 3))
    activity = Activity.objects.create(
        unit=unit, slug=ACTIVITY, title=fit(200, 6), summary=fit(400, 9), text="\n\n".join(PAYLOADS) + "\n\n" + LONG
    )
    source = (settings.BASE / "protocols" / "worlds" / "lecture.yaml").read_text()
    source = source.replace("{host} ESMTP ready", BANNER)
    world = World.objects.create(activity=activity, source=source)
    world.make_mailboxes()
    world.make_zones()
    world.make_files()
    write_zone(world)
    write_files(world)
    student = User.objects.create_user(STUDENT, password=PASSWORD, first_name=fit(150, 16), last_name=fit(150, 1))
    Enrolment.objects.create(user=student, course=course, role="student")
    Enrolment.objects.create(user=User.objects.get(username="ivy"), course=course, role="instructor")
    User.objects.create_superuser(ADMINISTRATOR, password=PASSWORD, first_name=PAYLOADS[2])


if __name__ == "__main__":
    import django

    django.setup()
    make()
