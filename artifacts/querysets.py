"""The ways into the artifacts table. Every list starts from `visible_to`."""

from typing import TYPE_CHECKING

from django.db import models

from llmspell_web.teams.models import Membership, User

if TYPE_CHECKING:
    from artifacts.models import Artifact  # noqa: F401  # named in quotes below


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    def visible_to(self, user: User) -> "ArtifactQuerySet":
        """Artifacts, not in the trash, of sessions that the user can see. As `SessionQuerySet.visible_to`."""
        membership = Membership.objects.filter(team=models.OuterRef("session__team"), user=user.pk)
        return self.filter(models.Exists(membership), session__deleted_at=None, deleted_at=None)
