"""What is left of what was deleted for good: that it was, by whom, and what went."""

from django.conf import settings
from django.db import models

from llmspell_web.teams.models import Team
from llmspell_web.web.keys import new_key
from llmspell_web.web.request_ids import current_request_id


class PurgeRecord(models.Model):
    """One session or artifact that was deleted for good. Points at nothing of it, so that it stays.

    `actor` is None where it went by itself, after the days of the setting. `session_id` and `session_name` are those of
    an artifact's session. `deleted_by` and `deleted_at` tell of its way into the trash. Of a session went `versions` of
    artifacts and `saves`. `freed_bytes` is what stored contents took that nothing points at any more; it grows until
    `ended_at`, which is None while rows are still to be taken away (`removal.py`). `team` has no constraint: checked at
    the commit, it would lock the team behind the session, against the order of `sessions/hierarchy.py`.
    """

    class Kind(models.TextChoices):
        SESSION = "session", "Session"
        ARTIFACT = "artifact", "Artifact"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    request_id = models.UUIDField(null=True, default=current_request_id)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    object_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=255)
    version = models.PositiveIntegerField(null=True)
    session_id = models.UUIDField(null=True)
    session_name = models.CharField(max_length=255, blank=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    deleted_at = models.DateTimeField()
    versions = models.PositiveIntegerField(default=1)
    saves = models.PositiveIntegerField(default=0)
    freed_bytes = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-id"], name="purge_by_team"),
            models.Index(fields=["team", "-at", "-id"], name="purge_by_time"),
            models.Index(fields=["actor", "team", "-at", "-id"], name="purge_by_actor"),
            models.Index(fields=["id"], condition=models.Q(ended_at=None), name="purge_by_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
