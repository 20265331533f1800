"""Opening and closing labs, from a person's side: which lab it is, and whether there may be one more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from portal.accounts.models import User
from portal.courses.models import Activity
from portal.labs import limits
from portal.labs.models import Lab
from portal.labs.tasks import close_lab, open_lab

log = structlog.get_logger("portal.labs")


class LimitReached(Exception):
    """A lab cannot be opened now. The text is the sentence for the person."""


def open_activity(activity: Activity, person: User, goals: Sequence[Any] = ()) -> Lab:
    """The person's lab of this activity that is up, else a new one with a copy of the activity's world, which is being
    started. A new one is judged by `goals`, plain values for `protocols.goals.reader`. Raises LimitReached."""
    with transaction.atomic():
        up = _lock_labs_of(person)
        lab = next((lab for lab in up if lab.activity_id == activity.pk), None)
        if lab:
            return lab
        _refuse_past_limit(up)
        world = activity.world.copy_for_lab()
        lab = Lab.objects.create(activity=activity, person=person, world=world, goals=list(goals))
        lab.ask_for_start()
    transaction.on_commit(partial(_enqueue, lab))
    return lab


def open_again(lab: Lab) -> Lab:
    """The lab, which is being started once more; or the person's lab of the same activity, where one is up already.
    Raises LimitReached."""
    with transaction.atomic():
        up = _lock_labs_of(lab.person)
        twin = next((other for other in up if other.activity_id == lab.activity_id), None)
        if twin:
            return twin
        if not lab.goes_on:
            raise LimitReached("The log of this lab is full. Begin a new one; this one stays here to be read.")
        _refuse_past_limit(up)
        lab.ask_for_start()
    transaction.on_commit(partial(_enqueue, lab))
    return lab


def _lock_labs_of(person: User) -> list[Lab]:
    """The person's labs that are up. Until the transaction's end nobody else opens one for them."""
    User.objects.select_for_update().get(pk=person.pk)  # SQLite has one writer at a time anyway
    return list(Lab.up().filter(person=person))


def _refuse_past_limit(up: list[Lab]) -> None:
    if len(up) >= limits.LABS_A_PERSON:
        raise LimitReached(
            f"You have {len(up)} labs running, as many as a person may have. End one of them, then open this one."
        )


def close(lab: Lab) -> bool:
    """Ask for the lab's end; says whether the queue took that."""
    try:
        close_lab.delay(lab.pk)
    except OperationalError:
        return False
    return True


def _enqueue(lab: Lab) -> None:
    try:
        open_lab.delay(lab.pk)
    except OperationalError:
        # The request is in the database: the first worker that looks takes it up.
        log.warning("the queue cannot be reached; the lab waits for a worker", lab=lab.pk)
