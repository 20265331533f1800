"""The trial of a version: a worker plays its solution, and publishes it where that meets every goal while an empty
transcript meets none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.courses.models import Activity
from portal.exercises import document, grading, limits
from portal.exercises.models import Exercise, Version
from portal.labs.bootstep import NoOwner, play_here
from portal.worlds.models import World
from portal.worlds.zones import make_zones
from protocols.codec import from_json, to_json
from protocols.dns.generate import whole_zones
from protocols.events import Event
from protocols.playing import NotPlayed
from protocols.sandbox.supervisor import LabRefused
from protocols.world import WorldError

NO_LABS = "The solution could not be played, since no labs can be opened now. Publish the exercise again in a minute."
OVERTAKEN = "A newer version was published meanwhile. Go back to this one, if it is to be the current one."


def play_and_publish(version: Version) -> None:
    """Play the solution of a version whose publication was asked for, keep what that showed, and publish it where that
    is as it must be. Done twice, it is published once."""
    if version.state != "waiting":
        return
    try:
        found = document.read_exercise(version.source)
        events = play_here(found.world, found.solution)
    except (NoOwner, TimeoutError):
        _keep_run(version, _refuse(NO_LABS))
    except (WorldError, NotPlayed, LabRefused) as error:
        _keep_run(version, _refuse(str(error)))
    else:
        run = judge_run(found, events)
        if run["problems"]:
            _keep_run(version, run, _write(events))
        else:
            _publish(version, found, run, _write(events))


def judge_run(found: document.Exercise, events: Sequence[Event]) -> dict[str, Any]:
    """What playing an exercise's solution showed, as `Version.run` has it."""
    graded = grading.judge(found.goals, lambda: [events], found.answers)
    idle = [each for each in grading.judge(found.goals, list, {}).verdicts if each["met"]]
    problems = [
        f"The solution does not meet the goal “{each['title']}”." for each in graded.verdicts if not each["met"]
    ]
    problems += [
        f"Whoever does nothing meets the goal “{each['title']}”. Have it need something as well that is to be done."
        for each in idle
    ]
    return {"problems": problems, "verdicts": graded.verdicts, "met_by_nothing": [each["key"] for each in idle]}


def read_transcript(version: Version) -> list[Event]:
    """The first events of the version's run."""
    return [from_json(json.loads(line)) for line in version.transcript.splitlines()]


def shown_of(found: document.Exercise) -> dict[str, str]:
    """What an activity shows of an exercise."""
    return {"title": found.title, "summary": found.summary, "text": found.text}


def _write(events: Sequence[Event]) -> str:
    return "".join(json.dumps(to_json(event)) + "\n" for event in events[: limits.RUN_EVENTS])


def _refuse(problem: str) -> dict[str, Any]:
    return {"problems": [problem], "verdicts": [], "met_by_nothing": []}


def _keep_run(version: Version, run: dict[str, Any], transcript: str = "") -> None:
    Version.objects.filter(pk=version.pk, published_at=None).update(run=run, transcript=transcript)


def _publish(version: Version, found: document.Exercise, run: dict[str, Any], transcript: str) -> None:
    """From now on the activity says what the version says, and has its world, made anew. Whoever opens a lab gets all
    of the old or all of the new."""
    world = World.objects.create(source=found.world_source)
    left: World | None = world
    try:
        # In transactions of their own, and the zones read outside of one: on SQLite nobody else writes meanwhile.
        world.make_mailboxes()
        make_zones(world, whole_zones(found.world))
        world.make_files()
        with transaction.atomic():
            left = _take_over(version, found, world, run, transcript)
    finally:
        if left:
            left.delete()


def _take_over(
    version: Version, found: document.Exercise, world: World, run: dict[str, Any], transcript: str
) -> World | None:
    """Make the version the current one; the world that is in no use any more."""
    exercise = Exercise.objects.select_for_update().get(pk=version.exercise_id)
    if exercise.versions.filter(number__gt=version.number, published_at__isnull=False).exists():
        _keep_run(version, run | {"problems": [OVERTAKEN]}, transcript)
        return world
    waiting = Version.objects.filter(pk=version.pk, published_at=None)
    if not waiting.update(published_at=timezone.now(), run=run, transcript=transcript):
        return world  # by the same task, delivered twice
    old = World.objects.filter(activity=exercise.activity_id).first()
    World.objects.filter(activity=exercise.activity_id).update(activity=None)
    World.objects.filter(pk=world.pk).update(activity=exercise.activity_id)
    Activity.objects.filter(pk=exercise.activity_id).update(**shown_of(found))
    return old
