"""A request as the pages of signed-in users get it, for the type checker."""

from __future__ import annotations

from django.http import HttpRequest

from portal.accounts.models import User


class Request(HttpRequest):
    """A request of somebody who has signed in: what `login_required` lets through."""

    user: User
