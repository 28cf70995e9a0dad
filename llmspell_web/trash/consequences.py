"""What goes when something in the trash is deleted for good, before it does."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum

from artifacts.models import Artifact, Blob, SavedArtifact
from artifacts.sweeping import referrers
from llmspell_web.trash.access import Trashed
from sessions.models import Session

CONTENTS_MAX = 10_000  # that are looked at one by one: a page that is waited for


@dataclass(frozen=True)
class Consequences:
    """`artifacts` counts names; `kept_in_saves` are versions whose content a save of their session still holds;
    `is_at_least`: of very many contents, only the first were looked at."""

    sessions: int
    artifacts: int
    versions: int
    saves: int
    freed_bytes: int
    is_at_least: bool
    kept_in_saves: int
    children: int


def foresee(going: Collection[Trashed]) -> Consequences:
    sessions = [it.pk for it in going if isinstance(it, Session)]
    single = [it.pk for it in going if isinstance(it, Artifact)]
    artifacts = Artifact.objects.filter(Q(session__in=sessions) | Q(pk__in=single), purged_at=None)
    saved = SavedArtifact.objects.filter(save_record__session__in=sessions)
    contents = set(artifacts.values_list("blob", flat=True).distinct()[: CONTENTS_MAX + 1])
    contents |= set(saved.values_list("blob", flat=True).distinct()[: CONTENTS_MAX + 1])
    of_single = Artifact.objects.filter(pk__in=single)
    held = SavedArtifact.objects.filter(save_record__session=OuterRef("session"), blob=OuterRef("blob"))
    return Consequences(
        len(sessions),
        artifacts.values("session", "name").distinct().count(),
        artifacts.count(),
        sum(it.save_count for it in going if isinstance(it, Session)),
        _free(sorted(contents)[:CONTENTS_MAX], Q(session__in=sessions) | Q(pk__in=single), sessions),
        len(contents) > CONTENTS_MAX,
        of_single.filter(Exists(held)).count(),
        Session.objects.filter(parent__in=sessions).exclude(pk__in=sessions).count(),
    )


def _free(contents: list[str], going: Q, sessions: list[UUID]) -> int:
    """In bytes, what those of the contents take that nothing else points at."""
    goes_along = {Artifact: going, SavedArtifact: Q(save_record__session__in=sessions)}
    blobs = Blob.objects.filter(pk__in=contents)
    for relation in referrers():
        pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        if relation.related_model in goes_along:
            pointing = pointing.exclude(goes_along[relation.related_model])
        blobs = blobs.filter(~Exists(pointing))
    return int(blobs.aggregate(total=Sum("stored_size", default=0))["total"])
