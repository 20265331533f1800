"""What an instructor adds to an attempt: comments on its transcript, and points in place of those it reached."""

from __future__ import annotations

from portal.accounts.models import User
from portal.exercises import limits
from portal.exercises.models import Attempt, Comment
from portal.labs.models import Event


class ReviewRefused(Exception):
    """Nothing was kept. The text is one sentence for whoever reviews."""


def comment(attempt: Attempt, author: User, seq: int, text: str) -> Comment:
    """Comment on the event `seq` of the attempt's log. Raises ReviewRefused."""
    text = text.replace("\0", "").strip()
    if not text or len(text) > limits.COMMENT:
        raise ReviewRefused(f"A comment has 1 to {limits.COMMENT:,} characters, and yours has {len(text):,}.")
    if not Event.objects.filter(lab=attempt.lab_id, seq=seq).exists():
        raise ReviewRefused(f"The transcript has no line {seq}; choose one that is there.")
    return Comment.objects.create(attempt=attempt, author=author, seq=seq, text=text)


def adjust(attempt: Attempt, author: User, points: int | None, reason: str) -> None:
    """Have `points` count in place of those that the attempt reached, for a reason that its person reads; with None
    what it reached counts again. Raises ReviewRefused."""
    reason = reason.replace("\0", "").strip()
    if points is None:
        reason = ""
    elif not 0 <= points <= limits.POINTS:
        raise ReviewRefused(f"Points are a number from 0 to {limits.POINTS:,}.")
    elif not reason or len(reason) > limits.REASON:
        raise ReviewRefused(f"Say why, in at most {limits.REASON:,} characters: the student reads it.")
    attempt.adjusted, attempt.reason = points, reason
    attempt.adjusted_by = None if points is None else author
    attempt.save(update_fields=["adjusted", "reason", "adjusted_by"])
