"""The ways into the sessions table. Every list starts from `visible_to`."""

from typing import TYPE_CHECKING

from django.db import models

from llmspell_web.teams.models import Membership, User

if TYPE_CHECKING:
    from sessions.models import Session  # noqa: F401  # named in quotes below


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> "SessionQuerySet":
        """Sessions of the user's teams that are not in the trash. Anonymous users see none.

        A condition on each row and not a join, for rows that something else leads to. Lists of everything are walked
        team by team: see `source.py`.
        """
        return self.in_teams_of(user).filter(deleted_at=None)

    def trash_visible_to(self, user: User) -> "SessionQuerySet":
        """The sessions in the trash that `visible_to` would hold if they were not there."""
        return self.in_teams_of(user).in_trash()

    def in_trash(self) -> "SessionQuerySet":
        """What can be taken out of it: what was deleted for good is not there, whether or not rows are left."""
        return self.filter(deleted_at__isnull=False, purged_at=None)

    def in_teams_of(self, user: User) -> "SessionQuerySet":
        """In the trash, too: only to tell somebody who saw a session where it went."""
        return self.filter(models.Exists(Membership.objects.filter(team=models.OuterRef("team"), user=user.pk)))
