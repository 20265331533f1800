"""Where files are: in a lab, or in the world of an activity, of which labs get copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.urls import reverse

from portal.courses.models import Activity, Course
from portal.labs.models import Lab
from portal.labs.placing import Upload, place_in_lab, place_in_template
from portal.worlds.files import VirtualFile
from portal.worlds.models import World


@dataclass(frozen=True, slots=True)
class Place:
    """A lab or an activity, with the world whose files these are. `route` with `values` is the address of a file, and
    with an s of all; `put` puts a file there, or raises PlaceRefused."""

    course: Course
    activity: Activity
    lab: Lab | None
    world: World
    route: str
    values: dict[str, object]
    put: Callable[[Upload], None]

    @property
    def url(self) -> str:
        """The address of all files, which also takes a file that is to be put there."""
        return reverse(f"{self.route}s", kwargs=self.values)

    def url_of(self, file: VirtualFile, part: str = "") -> str:
        """The address of a file's page, or with "-content" that of its octets."""
        return reverse(f"{self.route}{part}", kwargs=self.values | {"file": file.pk})


def find_place(lab: Lab) -> Place:
    """The place of a lab's files."""
    put = partial(place_in_lab, lab)
    return Place(lab.course, lab.activity, lab, lab.world, "lab-file", {"lab": lab.pk}, put)


def find_template(activity: Activity) -> Place:
    """The place of the files that an activity's new labs begin with."""
    values: dict[str, object] = {"course": activity.unit.course.slug, "activity": activity.slug}
    put = partial(place_in_template, activity.world)
    return Place(activity.unit.course, activity, None, activity.world, "activity-file", values, put)
