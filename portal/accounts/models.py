"""Who signs in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person. What they may do follows from their enrolments, and is asked of `portal.accounts.may`."""

    demo = models.BooleanField(default=False, help_text="A demo account: it can sign in only in demo mode.")
