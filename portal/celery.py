"""The queue that the pages put tasks into, and the worker that runs them (`celery -A portal worker --pool threads`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("portal.labs.bootstep:LabHost")


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Django's LOGGING has been set up already; with a receiver here Celery leaves it alone."""
