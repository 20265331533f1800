"""Exercises, the versions that their authors wrote, and what people made of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.accounts.may import Role
from portal.courses.models import Activity, Course
from portal.exercises import limits
from portal.labs.models import Lab

if TYPE_CHECKING:
    from portal.accounts.models import User


class Exercise(models.Model):
    """An activity that has goals. `allowed` is how many attempts a person has, 0 for any number; times are by the
    server's clock, None for never."""

    class Counts(models.TextChoices):
        BEST = "best", "The best attempt counts"
        LAST = "last", "The last attempt counts"

    activity = models.OneToOneField(Activity, models.CASCADE, related_name="exercise")
    allowed = models.PositiveSmallIntegerField(
        "attempts allowed", default=0, validators=[MaxValueValidator(limits.ATTEMPTS)], help_text="0: any number."
    )
    counts = models.CharField(max_length=4, choices=Counts, default=Counts.BEST)
    opens_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Later than that, attempts are marked as late.")
    closes_at = models.DateTimeField(null=True, blank=True, help_text="From then on nothing can be submitted.")

    def __str__(self) -> str:
        return str(self.activity)

    def clean(self) -> None:
        """Refuse times in another order than opens, due, closes."""
        times = [at for at in (self.opens_at, self.due_at, self.closes_at) if at]
        if times != sorted(times):
            raise ValidationError("An exercise opens first, is due then, and closes last; put its times in this order.")

    @property
    def course(self) -> Course:
        """The course that it belongs to."""
        return self.activity.unit.course

    @property
    def gradable(self) -> QuerySet[Attempt]:
        """The attempts that can be graded again: submitted, and with their logs."""
        return self.attempts.filter(submitted_at__isnull=False, lab__isnull=False)

    @property
    def current(self) -> Version | None:
        """The version that attempts are begun on; None while none is published."""
        published = self.versions.filter(published_at__isnull=False).order_by("-number")
        return published.defer(*Version.LONG).first()

    def role_of(self, user: User) -> Role | None:
        """The user's role in the course."""
        return self.course.role_of(user)

    @classmethod
    def find(cls, course: str, activity: str) -> Exercise:
        """The exercise by the slugs of its course and activity. Raises Exercise.DoesNotExist."""
        found = cls.objects.select_related("activity__unit__course")
        return found.get(activity__unit__course__slug=course, activity__slug=activity)


class Version(models.Model):
    """What an author wrote, in YAML (`source`, never changed), with the goals and hints in it as plain values.

    `asked_at` is when its publication was asked for last. `run` says what playing its solution showed, {} while it was
    not played: `problems` (sentences; none if it was published), `verdicts` (as an attempt's) and `met_by_nothing` (the
    keys of goals that an empty transcript meets). `transcript` are the run's first events, one a line, in JSON.
    """

    LONG = ("source", "transcript")  # what is read only where it is needed

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    goals = models.JSONField()
    hints = models.JSONField(default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    run = models.JSONField(default=dict)
    transcript = models.TextField(blank=True)  # as text: in jsonb no U+0000 can be, and DNS messages are full of them

    class Meta:
        ordering = ["exercise", "number"]
        constraints = [models.UniqueConstraint(fields=["exercise", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.exercise}"

    @property
    def state(self) -> str:
        """ "published"; "refused", its run says why; "waiting" for its run; or "draft"."""
        if self.published_at:
            return "published"
        if self.run:
            return "refused"
        return "waiting" if self.asked_at else "draft"

    def role_of(self, user: User) -> Role | None:
        """The user's role in the course."""
        return self.exercise.role_of(user)


class Attempt(models.Model):
    """A person's work on one version of an exercise, in a lab of its own, from `started_at` until `submitted_at`.

    `last_seq` is where the lab's log ended when it was submitted: what comes later does not count. `answers` are what
    the person answered to goals that are questions, by their keys: {"text", "right"}. `verdicts` (None: not graded yet)
    are one for each goal, of the version it was graded on last: {"key", "title", "worth", "met", "status", "evidence",
    "steps"}; `points` is what the goals met are worth, `total` what all are. `adjusted` stands in place of the points,
    for a `reason`.
    """

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="attempts")
    version = models.ForeignKey(Version, models.RESTRICT, related_name="attempts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    lab = models.OneToOneField(Lab, models.SET_NULL, null=True, blank=True, related_name="attempt")
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveBigIntegerField(default=0)
    answers = models.JSONField(default=dict, blank=True)
    verdicts = models.JSONField(null=True, blank=True)
    points = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    adjusted = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=limits.REASON, blank=True)
    adjusted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["exercise", "person", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "person", "number"], name="one_attempt_a_number"),
            models.UniqueConstraint(
                fields=["exercise", "person"], condition=Q(submitted_at=None), name="one_attempt_up"
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.person} at {self.exercise}"

    @property
    def course(self) -> Course:
        """The course that it belongs to."""
        return self.exercise.course

    @property
    def is_up(self) -> bool:
        """Whether it was not submitted yet."""
        return self.submitted_at is None

    @property
    def is_late(self) -> bool:
        """Whether it was submitted after the exercise was due."""
        due = self.exercise.due_at
        return bool(due and self.submitted_at and self.submitted_at > due)

    @property
    def reached(self) -> int:
        """The points that count."""
        return self.points if self.adjusted is None else self.adjusted

    def role_of(self, user: User) -> Role | None:
        """Owner for the person whose attempt it is, instructor for the course's, both while they are enrolled.
        Classmates have none."""
        role = self.course.role_of(user)
        if role and user.pk == self.person_id:
            return "owner"
        return "instructor" if role == "instructor" else None

    @classmethod
    def find(cls, pk: int) -> Attempt:
        """The attempt with what its pages and its permission need. Raises Attempt.DoesNotExist."""
        related = ("person", "version", "lab", "exercise__activity__unit__course")
        long = [f"version__{name}" for name in Version.LONG]
        return cls.objects.select_related(*related).defer(*long).get(pk=pk)

    @classmethod
    def up(cls) -> QuerySet[Attempt]:
        """The attempts that were not submitted yet."""
        return cls.objects.filter(submitted_at=None)


class Comment(models.Model):
    """What an instructor says of a line of an attempt's transcript: of the event `seq` in its lab's log."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="comments")
    seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["seq", "pk"]

    def __str__(self) -> str:
        return f"Comment on event {self.seq} of {self.attempt}"


class Regrade(models.Model):
    """Grading the submitted attempts again, on the goals of `version`. Nothing of an attempt changes until somebody
    confirms what is proposed. `done` of `total` attempts are graded; `moved_at` is when that last became more."""

    class State(models.TextChoices):
        WORKING = "working"
        PROPOSED = "proposed"
        APPLYING = "applying"
        APPLIED = "applied"
        DROPPED = "dropped"

    OPEN = (State.WORKING, State.PROPOSED, State.APPLYING)

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="regrades")
    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WORKING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exercise"],
                condition=Q(state__in=["working", "proposed", "applying"]),
                name="one_regrade_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"Grading of {self.exercise} on version {self.version.number}"

    def is_stuck(self, now: datetime) -> bool:
        """Whether whoever worked at it seems to be lost: it can be asked for again, which does nothing twice."""
        is_worked_at = self.state in (self.State.WORKING, self.State.APPLYING)
        return is_worked_at and self.moved_at < now - timedelta(seconds=limits.REGRADE_STUCK)

    def role_of(self, user: User) -> Role | None:
        """The user's role in the course."""
        return self.exercise.role_of(user)


class Regraded(models.Model):
    """What one attempt has and would get: `before` and `after` are {"verdicts", "points", "total"}."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="proposals")
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="+")
    before: models.JSONField[Any, Any] = models.JSONField()
    after: models.JSONField[Any, Any] = models.JSONField()
    is_applied = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrade", "attempt"], name="one_proposal_an_attempt")]

    def __str__(self) -> str:
        return f"Proposal for {self.attempt}"
