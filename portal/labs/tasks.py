"""What pages ask of the workers. Each task may be delivered twice, to two workers, late or never."""

from __future__ import annotations

from portal.celery import app


@app.task
def open_lab(lab_id: int) -> None:
    """Start a lab that asked for it. Delivered twice, the second finds it claimed."""


@app.task
def close_lab(lab_id: int) -> None:
    """End a lab in order."""
