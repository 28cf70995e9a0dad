"""In whose list, and in whose trash, the artifacts of a session stand. Artifacts lie above this room: they are reached
as a relation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from sessions.models import Session


def list_artifacts_of(keys: Sequence[UUID]) -> None:
    """Bring `listed_in` and `trashed_in` of these sessions' artifacts up to date: the callers have just written their
    team, or whether they are in the trash, and hold their rows."""
    artifacts: Any = Session._meta.get_field(
        "artifacts"
    ).related_model  # Any: which model that is, this room does not know
    team = Session.objects.filter(pk=OuterRef("session"), deleted_at=None).values("team")
    artifacts.objects.filter(session__in=keys).newest().update(listed_in=Subquery(team))
    artifacts.objects.filter(session__in=keys).in_trash().update(trashed_in=Subquery(team))
