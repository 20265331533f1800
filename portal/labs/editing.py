"""An edit of a lab's zone on its way: to the lab's owner while it is up, into the models while it is not."""

from __future__ import annotations

import hashlib

from django.db import transaction

from portal.labs import limits
from portal.labs.asking import NoAnswer, ask
from portal.labs.messages import EditZone
from portal.labs.models import Lab
from portal.worlds.editing import Edit, EditRefused, refuse_stale, save_edit
from protocols.events import ZoneEdited

NO_ANSWER = {
    "starting": "The lab is starting; save the zone again when it runs, in a moment.",
    "heard": "The lab does not answer, so the zone was not changed; save it again in a moment.",
    "reached": "The lab cannot be reached for the moment, so the zone was not changed; save it again in a minute.",
    "time": f"The lab has not answered for {limits.ZONE_ANSWERED} seconds; save the zone again to see what became of "
    "it.",
}
BROKEN = "The servers of the lab could not load this file, and answer from the one they have."


def save_in_lab(lab: Lab, edit: Edit) -> None:
    """Give a lab's zone another master file; returns when that is committed. Raises EditRefused."""
    if not _save_at_rest(lab, edit):
        _command(lab, edit)


def _save_at_rest(lab: Lab, edit: Edit) -> bool:
    """Write the zone into the models, if the lab is not up. Until that is done nobody starts it: its zones have one
    writer at a time."""
    with transaction.atomic():
        lab.state = Lab.objects.select_for_update().values_list("state", flat=True).get(pk=lab.pk)
        if lab.state in Lab.UP:
            return False
        save_edit(edit)
    return True


def _command(lab: Lab, wanted: Edit) -> None:
    """Have the lab's owner do it, and wait for the event that says what became of it."""
    message = EditZone(name_edit(wanted), wanted.zone.name, wanted.serial, wanted.source)
    try:
        answer = ask(lab, message, limits.ZONE_ANSWERED)
    except NoAnswer as error:
        raise EditRefused(NO_ANSWER[error.why]) from error
    why = answer.why if isinstance(answer, ZoneEdited) else "broken"
    if why == "stale":
        raise refuse_stale(wanted.zone)
    if why == "broken":
        raise EditRefused(BROKEN)


def name_edit(edit: Edit) -> str:
    """The id of an edit's command. The same text sent again for the same serial of a zone is the same edit."""
    content = f"{edit.zone.pk}\n{edit.serial}\n{edit.source}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]
