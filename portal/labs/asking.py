"""A page asks something of a running lab's owner, and waits for the event that says what became of it."""

from __future__ import annotations

import time
from typing import Literal

from portal.labs import limits
from portal.labs.bus import BusError, tell
from portal.labs.messages import EditZone, PlaceFile
from portal.labs.models import Event, Lab
from protocols import events


class NoAnswer(Exception):
    """Nobody said what became of it. `why`: the lab is "starting", nobody "heard" it, the bus was not "reached", or no
    event came in "time"."""

    def __init__(self, why: Literal["starting", "heard", "reached", "time"]) -> None:
        super().__init__(why)
        self.why = why


def ask(lab: Lab, message: EditZone | PlaceFile, seconds: float) -> events.Event:
    """Ask it of the lab's owner; the event with the message's client_id, for which so many seconds are waited. Raises
    NoAnswer."""
    try:
        is_heard = tell(lab.pk, message)
    except BusError as error:
        raise NoAnswer("reached") from error
    if not is_heard:
        raise NoAnswer("starting" if lab.state == Lab.State.STARTING else "heard")
    until = time.monotonic() + seconds
    while True:
        row = Event.objects.filter(lab=lab, client_id=message.client_id).first()
        if row:
            return row.event()
        if time.monotonic() > until:
            raise NoAnswer("time")
        time.sleep(limits.ANSWER_LOOK)
