"""A running world: whose it is, who runs it, its log, and who looked at it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.accounts.may import Role
from portal.courses.models import Activity, Course
from portal.labs import limits
from portal.rows import insert, query
from portal.worlds.contents import Content
from portal.worlds.models import World
from protocols import events
from protocols.codec import Words, from_fields, kept, name_words, words_of
from protocols.explain import FINAL, LAB_WHY

if TYPE_CHECKING:
    from portal.accounts.models import User

_COLUMNS = ("kind", "seq", "at", "because", "client_id")  # of an event's fields; the others are in `data`


class Lab(models.Model):
    """A student's own Internet: its world and its log, which go on over every start.

    Who runs it is a lease: `owner` is the worker's name until `lease_until`, and every change of owner raises `epoch`.
    `starts` counts the starts, `last_seq` is the seq of the log's last event, `why` is the code that says why it
    ended or failed. `watched_at` is when a page last showed it, give or take limits.WATCHED; whoever types has one.
    `goals` are what its log is judged by, as `protocols.goals.reader` reads them; they stay what they were when it was
    opened.
    """

    class State(models.TextChoices):
        STARTING = "starting"
        RUNNING = "running"
        ENDED = "ended"
        FAILED = "failed"

    UP = (State.STARTING, State.RUNNING)

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="labs")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="labs")
    world = models.OneToOneField(World, models.PROTECT, related_name="lab")
    state = models.CharField(max_length=10, choices=State, default=State.STARTING)
    owner = models.CharField(max_length=100, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    starts = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveBigIntegerField(default=0)
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    watched_at = models.DateTimeField(default=timezone.now)
    why = models.TextField(blank=True)
    goals = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "person"], condition=Q(state__in=["starting", "running"]), name="one_lab_up"
            )
        ]
        indexes = [models.Index(fields=["lease_until"], condition=Q(state__in=["starting", "running"]), name="leases")]

    def __str__(self) -> str:
        return f"Lab {self.pk}"

    @property
    def course(self) -> Course:
        """The course that it belongs to."""
        return self.activity.unit.course

    @property
    def reason(self) -> str:
        """Why it ended or failed, in words; "" while it has not."""
        return LAB_WHY.get(self.why, self.why)

    @property
    def goes_on(self) -> bool:
        """Whether it can be opened again once it has ended."""
        return self.why not in FINAL

    def role_of(self, user: User) -> Role | None:
        """Owner for the person whose lab it is, instructor for the course's, both while they are enrolled. Classmates
        have none."""
        role = self.course.role_of(user)
        if role and user.pk == self.person_id:
            return "owner"
        return "instructor" if role == "instructor" else None

    def ask_for_start(self) -> None:
        """Ask for a start. A task is to claim it; a request that waits too long is taken up by any worker."""
        self.state = self.State.STARTING
        self.owner = self.why = ""
        self.ended_at = None
        self.watched_at = timezone.now()
        self.lease_until = self.watched_at + timedelta(seconds=limits.STARTING)
        self.save(update_fields=["state", "owner", "why", "ended_at", "watched_at", "lease_until"])

    def record_visit(self, user: User) -> None:
        """Keep that `user` looks at this lab, where it is another's. Looks within limits.VISIT are one visit."""
        recent = timezone.now() - timedelta(seconds=limits.VISIT)
        if user.pk != self.person_id and not self.visits.filter(user=user, at__gt=recent).exists():
            self.visits.create(user=user)

    def record_watching(self) -> None:
        """Keep that a page shows it now."""
        now = timezone.now()
        if self.state in self.UP and self.watched_at < now - timedelta(seconds=limits.WATCHED):
            Lab.up().filter(pk=self.pk).update(watched_at=now)

    @classmethod
    def find(cls, pk: int) -> Lab:
        """The lab with what its pages and its permission need. Raises Lab.DoesNotExist."""
        return cls.objects.select_related("person", "world", "activity__unit__course").get(pk=pk)

    @classmethod
    def up(cls) -> QuerySet[Lab]:
        """The labs that are starting or running."""
        return cls.objects.filter(state__in=cls.UP)

    @staticmethod
    def advance(lab_id: int, epoch: int, before: int, last: int) -> int | None:
        """Move the end of the lab's log from `before` to `last`, and return its world's id; None where that is not its
        end, or its epoch another."""
        # One statement checks and claims: on SQLite nothing else could be between the two, on PostgreSQL it could.
        found = "id = %s AND epoch = %s AND last_seq = %s"
        sql = f"UPDATE labs_lab SET last_seq = %s WHERE {found} RETURNING world_id"
        rows = query(sql, [last, lab_id, epoch, before])
        return rows[0][0] if rows else None


class Event(models.Model):
    """One event of a lab's log (`protocols.events`), by its `seq`. `data` holds the fields that have no column."""

    lab = models.ForeignKey(Lab, models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=16)
    at = models.BigIntegerField(help_text="The lab's clock, in microseconds since the Unix epoch.")
    because = models.PositiveBigIntegerField(null=True, blank=True)
    client_id = models.CharField(max_length=36, null=True, blank=True)  # noqa: DJ001 - NULL is not unique, "" would be
    raw = models.BinaryField()
    data = models.JSONField()  # of texts that have no U+0000: the supervisor lets none through, jsonb refuses them

    class Meta:
        ordering = ["lab", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["lab", "seq"], name="one_event_a_seq"),
            models.UniqueConstraint(fields=["lab", "client_id"], name="one_event_a_client_id"),
        ]
        indexes = [models.Index(fields=["lab", "seq"], condition=Q(kind="goal"), name="goals_judged")]

    def __str__(self) -> str:
        return f"Event {self.seq} of lab {self.lab_id}"

    @classmethod
    def insert(cls, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add the rows that `row` made of events."""
        insert(cls, ("lab_id", *_COLUMNS, "raw", "data"), rows)

    @staticmethod
    def row(lab_id: int, event: events.Event) -> tuple[Any, ...]:
        """The row of an event, not saved yet."""
        columns = [getattr(event, name, None) for name in _COLUMNS]
        return (lab_id, *columns, getattr(event, "raw", b""), _write_data(words_of(event)))

    def event(self) -> events.Event:
        """The event that this row keeps."""
        columns = {name: getattr(self, name) for name in _COLUMNS if getattr(self, name) is not None}
        return from_fields(self.data | columns, bytes(self.raw))


@kept
def _write_data(words: Words) -> str:
    """The fields of an event that have no column, as JSON."""
    fields = {name: word for name, word in name_words(words).items() if name not in _COLUMNS}
    return json.dumps(fields, separators=(",", ":"))


class KnownContent(models.Model):
    """A content that a lab may name in its log: it handed it over, or was given it. With `is_logged` it did so, and the
    content stays for as long as the log; another goes when the lab ends."""

    lab = models.ForeignKey(Lab, models.CASCADE, related_name="known_contents")
    content = models.ForeignKey(Content, models.PROTECT, related_name="known_to")
    is_logged = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lab", "content"], name="one_content_a_lab")]

    def __str__(self) -> str:
        return f"{self.content} in lab {self.lab_id}"


class ArrivingContent(models.Model):
    """The content that a lab hands over, one at a time, of which it says that it has this SHA-256."""

    lab = models.OneToOneField(Lab, models.CASCADE, related_name="arriving_content")
    sha256 = models.CharField(max_length=64)
    content = models.OneToOneField(Content, models.CASCADE, related_name="arriving_for")

    def __str__(self) -> str:
        return f"{self.content} from lab {self.lab_id}"


class Visit(models.Model):
    """That somebody looked at another's lab, and when they began."""

    lab = models.ForeignKey(Lab, models.CASCADE, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user} at lab {self.lab_id}"
