"""The one place where permission questions are asked: may this user do that to this?

What is asked about says which role the user has there (`role_of`); the table says which roles are enough. Being staff
or superuser is no role: it opens Django's admin, and nobody's lab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from portal.accounts.models import User

Role = Literal["owner", "student", "instructor"]
Action = Literal[
    "see course",
    "open lab",
    "see class",
    "see lab",
    "type",
    "open lab again",
    "end lab",
    "see zones",
    "edit zone",
    "place file",
    "edit template",
    "begin attempt",
    "see attempt",
    "submit attempt",
    "see attempts",
    "comment",
    "adjust points",
    "regrade",
    "author exercise",
]

ENOUGH: dict[Action, frozenset[Role]] = {
    "see course": frozenset({"student", "instructor"}),
    "open lab": frozenset({"student", "instructor"}),
    "see class": frozenset({"instructor"}),
    "see lab": frozenset({"owner", "instructor"}),
    "type": frozenset({"owner"}),
    "open lab again": frozenset({"owner"}),
    "end lab": frozenset({"owner"}),
    "see zones": frozenset({"owner", "instructor"}),  # of a lab; those of an activity's own world have no owner
    "edit zone": frozenset({"owner", "instructor"}),
    "place file": frozenset({"owner"}),  # in a lab, where whoever sees the lab sees its files
    "edit template": frozenset({"instructor"}),  # put a file into an activity's own world
    "begin attempt": frozenset({"student", "instructor"}),  # of an exercise
    "see attempt": frozenset({"owner", "instructor"}),
    "submit attempt": frozenset({"owner"}),  # and answer its questions
    "see attempts": frozenset({"instructor"}),  # of everybody at an exercise
    "comment": frozenset({"instructor"}),  # on an attempt
    "adjust points": frozenset({"instructor"}),  # of an attempt
    "regrade": frozenset({"instructor"}),  # an exercise's attempts
    "author exercise": frozenset({"instructor"}),  # write, publish, duplicate; of a course, where it is a new one
}


class HasRoles(Protocol):
    """Something that permission is asked about."""

    def role_of(self, user: User) -> Role | None:
        """The user's role here; None for an outsider."""


def may(user: User | AnonymousUser, action: Action, thing: HasRoles) -> bool:
    """Whether `user` may do `action` to `thing`."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    return thing.role_of(user) in ENOUGH[action]
