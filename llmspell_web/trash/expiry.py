"""What has lain in the trash for the days of the setting goes by itself."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from artifacts.models import Artifact
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.web.problems import Conflict
from sessions.models import Session


def goes_at(deleted_at: datetime) -> datetime | None:
    """When something deleted then goes; None: never."""
    return deleted_at + timedelta(days=settings.TRASH_DAYS) if settings.TRASH_DAYS else None


def purge_expired() -> bool:
    """Delete for good the session, else the artifact, that has lain there longest, if its days are over. Whether there
    was one. Two queries where there is not."""
    if not settings.TRASH_DAYS:
        return False
    return purge_one_older_than(timezone.now() - timedelta(days=settings.TRASH_DAYS)) is not None


def purge_one_older_than(moment: datetime) -> PurgeRecord | None:
    """One that was deleted before that moment; None if there is none. Where somebody is faster, the next one."""
    while True:
        try:
            if session := Session.objects.in_trash().filter(deleted_at__lt=moment).order_by("deleted_at").first():
                return purge_session(session, actor=None)
            lying = Artifact.objects.in_trash().filter(trashed_in__isnull=False, deleted_at__lt=moment)
            if artifact := lying.order_by("deleted_at").first():
                return purge_artifact(artifact, actor=None)
        except Conflict:
            continue
        return None
