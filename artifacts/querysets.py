"""The ways into the artifacts table. Every list starts from `visible_to`, or from a session that was found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models

from llmspell_web.teams.models import Membership, User
from sessions import matching

if TYPE_CHECKING:
    from artifacts.models import Artifact, Blob  # noqa: F401  # named in quotes below


class BlobQuerySet(models.QuerySet["Blob"]):
    def waiting(self) -> "BlobQuerySet":
        """Whose words are not in the index yet."""
        return self.filter(indexed_at=None)


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    def visible_to(self, user: User) -> "ArtifactQuerySet":
        """Artifacts, not in the trash, of sessions that the user can see. As `SessionQuerySet.visible_to`."""
        membership = Membership.objects.filter(team=models.OuterRef("session__team"), user=user.pk)
        return self.filter(models.Exists(membership), session__deleted_at=None, deleted_at=None)

    def trash_visible_to(self, user: User) -> "ArtifactQuerySet":
        """Artifacts in the trash, of sessions that are not and that the user can see."""
        membership = Membership.objects.filter(team=models.OuterRef("session__team"), user=user.pk)
        return self.in_trash().filter(models.Exists(membership), session__deleted_at=None)

    def in_trash(self) -> "ArtifactQuerySet":
        """Whether or not their session is there, too. What was deleted for good is not."""
        return self.filter(deleted_at__isnull=False, purged_at=None)

    def newest(self) -> "ArtifactQuerySet":
        """The newest version of each name, outside the trash."""
        return self.filter(version_count__isnull=False)

    def named_like(self, pattern: str) -> "ArtifactQuerySet":
        """A glob when it holds `*` or `?`, else a part of the name; in any case."""
        return self.filter(matching.is_like("name", pattern))

    def tagged(self, name: str) -> "ArtifactQuerySet":
        """Asked of each row: for lists that are small or have an order of their own."""
        from artifacts.models import ArtifactTag  # it imports this module

        return self.filter(models.Exists(ArtifactTag.objects.filter(artifact=models.OuterRef("pk"), name=name)))

    def inside(self, text: str) -> "ArtifactQuerySet":
        """Whose content holds every word of the text: see `content_search.inside`."""
        from artifacts.content_search import inside  # its models import this module

        return self.filter(inside(text))

    def unread(self) -> "ArtifactQuerySet":
        """Outside the trash, and not searched by `inside` yet."""
        return self.filter(deleted_at=None, blob__indexed_at=None)

    def add_snippets(self, artifacts: "Sequence[Artifact]", text: str) -> None:
        """See `snippets.add_snippets`. Here for lists of rooms below, which reach artifacts as a relation."""
        from artifacts.snippets import add_snippets  # its models import this module

        add_snippets(artifacts, text)
