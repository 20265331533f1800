"""Who can sign in, and stay signed in."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class Backend(AuthenticationBackend):
    """By username and password. Demo accounts, whose password everybody knows, only in demo mode."""

    def user_can_authenticate(self, user) -> bool:  # type: ignore[no-untyped-def]
        """Whether this account is usable at all; asked at sign-in and for every request of a session."""
        return super().user_can_authenticate(user) and (settings.DEMO or not user.demo)
