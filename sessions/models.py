"""Sessions, their tags, their history, their saves, and which one each account is working in.

A key with `db_index=False` is where another index of its table begins: a second one would only cost.
"""

from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import models
from django.urls import reverse

from llmspell_web.teams.models import Team
from llmspell_web.web.keys import new_key
from llmspell_web.web.request_ids import current_request_id
from sessions.bulk_models import BulkAction, BulkResult, BulkTargets
from sessions.querysets import SessionQuerySet
from sessions.saved_views_models import ListPreference, SavedView

__all__ = [
    "BulkAction",
    "BulkResult",
    "BulkTargets",
    "CurrentSession",
    "ListPreference",
    "SavedView",
    "Session",
    "SessionEvent",
    "SessionSave",
    "SessionTag",
]

NO_KEY = UUID(int=0)


class Session(models.Model):
    """A conversation, interaction or workflow that artifacts belong to. `lifecycle.py` holds what its status may do.

    `artifact_count` and `total_artifact_size` (bytes, every version) are kept by the functions that store and
    delete artifacts: lists show them without counting. `event_count` is the number of its last event, rising with every
    change (`history.COUNT_EVENT`). A session with `deleted_at` is in the trash; with `purged_at`, too, it was deleted
    for good, and its rows are about to go.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    metadata = models.JSONField(default=dict)
    artifact_count = models.PositiveIntegerField(default=0)
    total_artifact_size = models.PositiveBigIntegerField(default=0)
    save_count = models.PositiveIntegerField(default=0)
    event_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="deleted_sessions"
    )
    purged_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    asker_role: str  # the role of the user it was loaded for, in its team: set by `sessions.access`
    has_children: bool  # set by `sessions.hierarchy`
    description_start: str  # set by `sessions.columns` where a list shows it

    class Meta:
        # Lists walk one range for each team. The time at the end of the first two answers for a range of the one time
        # along the order of the other. SQLite looks into the table for a column that only the index's condition names.
        indexes = [
            models.Index(fields=[*fields, "deleted_at"], name=name, condition=models.Q(deleted_at=None))
            for name, fields in {
                "session_by_creation": ["team", "-created_at", "-id", "updated_at"],
                "session_by_update": ["team", "-updated_at", "-id", "created_at"],
                "session_by_name": ["team", "name", "id"],
                "session_by_status": ["team", "status", "id"],
                "session_by_artifacts": ["team", "-artifact_count", "-id"],
                "session_by_size": ["team", "-total_artifact_size", "-id"],
                "session_by_status_update": ["team", "status", "-updated_at", "-id"],
                "session_by_owner": ["created_by", "team", "-updated_at", "-id"],
            }.items()
        ]
        indexes += [
            models.Index(fields=fields, name=name, condition=models.Q(deleted_at__isnull=False, purged_at=None))
            for name, fields in {
                "session_by_trash": ["team", "-deleted_at", "-id"],
                "session_by_trash_age": ["deleted_at", "id"],
            }.items()
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return _detail_url().replace(str(NO_KEY), str(self.pk))

    @property
    def tag_names(self) -> list[str]:
        """In the order given. Prefetch `tags` for lists."""
        return [tag.name for tag in self.tags.all()]


@cache
def _detail_url() -> str:
    """With NO_KEY in place of the key: a list prints fifty, and `reverse` would take a twentieth of its time."""
    return reverse("sessions:detail", args=[NO_KEY])


class SessionTag(models.Model):
    """One tag of one session. Carries the session's key, so that "tag, newest first" walks one index."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["session", "name"], name="one_tag_per_session")]
        indexes = [models.Index(fields=["name", "-session"], name="session_by_tag")]

    def __str__(self) -> str:
        return self.name


class SessionDocument(models.Model):
    """What text search looks through: name, description and tags of one session, folded (see `sessions.search_text`).

    `sessions.search_index` keeps it. A trigram index leads from text to rows: on SQLite an FTS5 table that triggers of
    this table keep (an alteration that makes the table anew has to make them anew), on PostgreSQL pg_trgm.
    """

    id = models.BigAutoField(primary_key=True)  # what the FTS5 table calls a row: stays when the file is vacuumed
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="document")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:80]


class TextIndex(models.Model):
    """SQLite's FTS5 table over the documents, for asking alone."""

    document = models.OneToOneField(
        SessionDocument, on_delete=models.DO_NOTHING, primary_key=True, db_column="rowid", related_name="+"
    )
    match = models.TextField(db_column="llmspell_sessions_textindex")  # FTS5 calls the whole row by its own name

    class Meta:
        managed = False

    def __str__(self) -> str:
        return f"row {self.pk}"


class SessionValue(models.Model):
    """One value somewhere in one session's metadata, as the digest of its path and itself (`search_text.digest`)."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(SessionDocument, on_delete=models.CASCADE, related_name="values", db_index=False)
    digest = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "digest"], name="one_digest_per_document")]
        indexes = [models.Index(fields=["digest", "document"], name="session_by_value")]

    def __str__(self) -> str:
        return f"{self.digest}"


class SessionEvent(models.Model):
    """One thing that happened to a session: its history, the audit log and the live feed are these rows.

    `number` counts the session's events from 1: a number that is missing was lost. `id` rises over all sessions.
    `team` is the session's (`history.py` takes it from there, `placement.py` keeps it): what happened in a team is
    walked along an index, newest first. Without a constraint, which would lock the team's row at each commit.
    `run_id` is the workspace run that did it, if a script did; `request_id`: `web/request_ids.py`. `details` says what
    changed: `{"field": {"before": …, "after": …}}` for edits, facts of the artifact for artifact events; `bulk` is the
    id of the bulk action that it was a part of.
    """

    class Kind(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Edited"
        SUSPENDED = "suspended", "Suspended"
        RESUMED = "resumed", "Resumed"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        LOADED = "loaded", "Brought back to active"
        SAVED = "saved", "Saved"
        COPIED = "copied", "Save opened as a new session"
        DELETED = "deleted", "Moved to trash"
        RESTORED = "restored", "Taken out of the trash"
        ARTIFACT_STORED = "artifact_stored", "Artifact stored"
        ARTIFACT_DELETED = "artifact_deleted", "Artifact deleted"
        ARTIFACT_RESTORED = "artifact_restored", "Artifact taken out of the trash"
        ARTIFACT_UPDATED = "artifact_updated", "Artifact edited"

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events", db_index=False)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False, editable=False
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    run_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True, default=current_request_id)
    at = models.DateTimeField()
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="one_event_per_number")]
        indexes = [
            models.Index(fields=["team", "-at", "-id"], name="event_by_time"),
            models.Index(fields=["actor", "team", "-at", "-id"], name="event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


class SessionSave(models.Model):
    """An immutable, numbered snapshot of a session's fields. Its artifact manifest is `artifacts.SavedArtifact`."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="saves", db_index=False)
    number = models.PositiveIntegerField()
    fields = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    run_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="one_save_per_number")]

    def __str__(self) -> str:
        return f"save {self.number}"


class CurrentSession(models.Model):
    """Which session an account works in. Read it through `sessions.access.get_current_session`, which checks sight."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.session_id}"
