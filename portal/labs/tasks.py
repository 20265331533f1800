"""What pages ask of the workers. Each task may be delivered twice, to two workers, late or never."""

from __future__ import annotations

from typing import Any

from portal.celery import app
from portal.labs import bootstep, bus
from portal.labs.messages import End
from portal.labs.models import Lab

ASK_AGAIN = 1  # seconds between two orders to end a lab
ORDERS = 15  # after which its owner is lost anyway, and its lab buried


@app.task
def open_lab(lab_id: int) -> None:
    """Start a lab that asked for it. Delivered twice, the second finds it claimed."""
    bootstep.open_here(lab_id)


@app.task(bind=True, max_retries=ORDERS, throws=(bus.BusError,))
def close_lab(self: Any, lab_id: int) -> None:
    """Have a lab's owner end it in order. A lab that has ended is left as it is."""
    owner = Lab.up().filter(pk=lab_id).values_list("owner", flat=True).first()
    if owner is None:
        return
    try:
        is_heard = bool(owner) and bus.order(owner, End(lab_id))
    except bus.BusError as error:
        raise self.retry(exc=error, countdown=ASK_AGAIN) from error
    if not is_heard:
        raise self.retry(countdown=ASK_AGAIN)
