"""The ways into the sessions table. Every list starts from `visible_to`."""

from typing import TYPE_CHECKING

from django.db import models

from llmspell_web.teams.models import User

if TYPE_CHECKING:
    from sessions.models import Session  # noqa: F401  # named in quotes below


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> "SessionQuerySet":
        """Sessions of the user's teams that are not in the trash. Anonymous users see none."""
        return self.filter(team__memberships__user=user.pk, deleted_at=None)
