"""The ways into the table of runs. Every list starts from `visible_to`."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Substr

from llmspell_web.teams.models import Membership, User

if TYPE_CHECKING:
    from llmspell_web.workspace.models import Run  # noqa: F401  # named in quotes below


OPENING_CHARACTERS = 400  # of a script: enough to find its first words behind an empty line or two


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User) -> "RunQuerySet":
        """Runs of the user's teams: the team sees what anyone ran, with which script, and what came out.

        A condition on each row and not a join: so a list walks the keys, newest first, and stops when the page is full.
        """
        membership = Membership.objects.filter(team=models.OuterRef("team"), user=user.pk)
        return self.filter(models.Exists(membership))

    def for_lists(self) -> "RunQuerySet":
        """With what a row of a list shows, and without the whole source and result."""
        opening = Substr("source", 1, OPENING_CHARACTERS)
        return self.select_related("user").defer("source", "result").annotate(opening=opening)
