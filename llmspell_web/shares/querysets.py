"""The ways into the table of shares. What ends a link, and what only stops it for a while, is said here alone."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from artifacts.models import Artifact
from llmspell_web.teams.models import Membership, User

if TYPE_CHECKING:
    from llmspell_web.shares.models import Share  # noqa: F401  # named in quotes below


class ShareQuerySet(QuerySet["Share"]):
    def visible_to(self, user: User) -> "ShareQuerySet":
        """All of the teams where the user is an admin, and the user's own in the others."""
        places = Membership.objects.filter(user=user.pk)
        of_admin = Q(team__in=places.filter(role=Membership.Role.ADMIN).values("team"))
        return self.filter(of_admin | Q(created_by=user.pk, team__in=places.values("team")))

    def open(self) -> "ShareQuerySet":
        """Neither revoked nor expired. They may be used up, which ends them for newcomers alone."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def standing(self) -> "ShareQuerySet":
        """Those that give something at this moment: a link gives what its maker may share in its team then."""
        return self.open().filter(_maker_stands(), _is_there())

    def with_standing(self) -> "ShareQuerySet":
        """Each with `maker_stands` and `is_there`, the two conditions of that."""
        return self.annotate(
            maker_stands=ExpressionWrapper(_maker_stands(), output_field=BooleanField()),  # type: ignore[no-redef]  # the model declares what is annotated
            is_there=ExpressionWrapper(_is_there(), output_field=BooleanField()),
        )

    def of_session(self, key: UUID) -> "ShareQuerySet":
        return self.filter(session=key, run=None, artifact_name="")

    def of_artifact(self, artifact: Artifact) -> "ShareQuerySet":
        """Of any version of its name."""
        return self.filter(session=artifact.session_id, artifact_name=artifact.name)

    def of_run(self, key: UUID) -> "ShareQuerySet":
        return self.filter(run=key)


def _maker_stands() -> Q:
    """Who was removed and came back makes new ones: the membership is another one."""
    places = Membership.objects.filter(team=OuterRef("team"), user=OuterRef("created_by"), user__is_active=True)
    places = places.filter(joined_at__lte=OuterRef("created_at")).exclude(role=Membership.Role.VIEWER)
    return Q(Exists(places))


def _is_there() -> Q:
    """The run, session or artifact is in the share's team, and not in the trash."""
    from llmspell_web.shares.models import SharedArtifact  # it imports this module

    newest = Artifact.objects.newest().filter(session=OuterRef("session"), name=OuterRef("artifact_name"))
    frozen = SharedArtifact.objects.filter(share=OuterRef("pk"), artifact__deleted_at=None)
    artifact = Q(artifact_name="") | (Q(Exists(newest), is_live=True)) | (Q(Exists(frozen), is_live=False))
    return Q(run__team=F("team")) | (Q(session__team=F("team"), session__deleted_at=None) & artifact)
