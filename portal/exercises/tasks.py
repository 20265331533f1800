"""What pages ask of the workers. Each task may be delivered twice, to two workers, late or never."""

from __future__ import annotations

from portal.celery import app
from portal.exercises import proposals, trial
from portal.exercises.models import Regrade, Version


@app.task
def publish_version(pk: int) -> None:
    """Try a version whose publication was asked for, and publish it where it is as it must be."""
    version = Version.objects.filter(pk=pk).first()
    if version:
        trial.play_and_publish(version)


@app.task
def go_on_regrading(pk: int) -> None:
    """Go on with grading again: propose, or apply what was confirmed."""
    regrade = Regrade.objects.filter(pk=pk).select_related("version", "exercise").first()
    if regrade:
        proposals.go_on(regrade)
