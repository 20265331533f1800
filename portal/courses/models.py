"""Courses, who is in them, and what there is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.safestring import SafeString

from portal.accounts.may import Role
from portal.courses.markdown import to_html

if TYPE_CHECKING:
    from portal.accounts.models import User


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"There is no time zone {name}; Pacific/Auckland, Europe/Berlin and UTC are some.")


class Course(models.Model):
    """A course, as NWEN 243. Times are stored in UTC; what is about the course is shown and typed in its `zone`."""

    slug = models.SlugField(unique=True)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    about = models.TextField(blank=True)
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[_check_zone],
        help_text="Times in this course are shown and typed in it, as Pacific/Auckland.",
    )

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.time_zone)

    def role_of(self, user: User) -> Role | None:
        """The user's role by their enrolment as it is now."""
        enrolment = self.enrolments.filter(user=user, ended=None).first()
        return enrolment.role if enrolment else None  # type: ignore[return-value]


class Enrolment(models.Model):
    """A person's part in a course, from `started` until `ended`."""

    class Role(models.TextChoices):
        STUDENT = "student"
        INSTRUCTOR = "instructor"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    course = models.ForeignKey(Course, models.CASCADE, related_name="enrolments")
    role = models.CharField(max_length=10, choices=Role)
    started = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course"],
                condition=Q(ended=None),
                name="one_enrolment_at_a_time",
                violation_error_message="This person is in this course already; end that enrolment first.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role} of {self.course}"


class Unit(models.Model):
    """A part of a course. Units are shown by `position`."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="units")
    title = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.course.code}: {self.title}"


class Activity(models.Model):
    """Something to do in a unit. `slug` is unique in the course; `text` is Markdown."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="activities")
    slug = models.SlugField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a slug that another activity of the course has."""
        if Activity.objects.filter(unit__course=self.unit.course, slug=self.slug).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": "Another activity of this course has this slug."})

    @property
    def html(self) -> SafeString:
        """The text as HTML that is safe to put into a page."""
        return to_html(self.text)

    def role_of(self, user: User) -> Role | None:
        """The user's role in the course."""
        return self.unit.course.role_of(user)
