"""The one edit that an artifact knows: its tags."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from artifacts.models import Artifact, ArtifactTag
from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict, NotFound
from sessions.fields import clean_tags
from sessions.history import COUNT_EVENT, record_event
from sessions.models import Session, SessionEvent
from sessions.tag_text import join_tags


class TagsOvertaken(Conflict):
    """Somebody changed the tags since the author of this edit saw them. Nothing was saved; `now` are the tags."""

    def __init__(self, now: list[str]) -> None:
        super().__init__(f"somebody changed these tags meanwhile, to {join_tags(now) or 'none'}: nothing was saved")
        self.now = now


def edit_tags(artifact: Artifact, *, actor: User, tags: object, seen: Sequence[str]) -> None:
    """Give the artifact these tags, in any status of its session, as the session's own tags.

    `seen` are the tags that the author of the edit had before them: `TagsOvertaken` where they are others now, unless
    they are those asked for. An edit that changes nothing leaves no event.
    """
    wanted = clean_tags(tags)
    now = timezone.now()
    with transaction.atomic():
        # The session's row is held first, so that of two edits the second sees what the first one left.
        if not Session.objects.select_for_update().filter(pk=artifact.session_id, deleted_at=None).exists():
            raise NotFound(f"artifact not found: {artifact.pk}")
        if not Artifact.objects.filter(pk=artifact.pk, deleted_at=None).exists():
            raise NotFound(f"artifact not found: {artifact.pk}")
        held = [tag.name for tag in ArtifactTag.objects.filter(artifact=artifact)]
        if wanted in (held, list(seen)):
            return
        if held != list(seen):
            raise TagsOvertaken(held)
        ArtifactTag.objects.filter(artifact=artifact).delete()
        ArtifactTag.objects.bulk_create(
            ArtifactTag(artifact=artifact, name=name, position=place) for place, name in enumerate(wanted)
        )
        Session.objects.filter(pk=artifact.session_id).update(updated_at=now, **COUNT_EVENT)
        details = {
            "artifact_id": str(artifact.pk),
            "name": artifact.name,
            "version": artifact.version,
            # Not `tags`: that key tells of the session's own (`history.last_change`).
            "artifact_tags": {"before": held, "after": wanted},
        }
        record_event(artifact.session, SessionEvent.Kind.ARTIFACT_TAGGED, actor=actor, at=now, details=details)
    artifact.__dict__.pop("_prefetched_objects_cache", None)
