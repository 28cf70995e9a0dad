"""Content, stored once per digest, and the artifacts and saves that point at it.

A key with `db_index=False` is where another index of its table begins: a second one would only cost.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from artifacts.querysets import ArtifactQuerySet, BlobQuerySet
from llmspell_web.teams.models import Team
from llmspell_web.web.keys import new_key
from sessions.marked_text import Marked
from sessions.models import Session, SessionSave


class Blob(models.Model):
    """Content by its SHA-256. The file is written and complete before the row exists.

    `size` and `stored_size` are bytes before and after `encoding` (RFC 8878 zstd, or identity: as it is).
    `stored_digest` is the SHA-256 of the stored bytes, empty where nobody has computed it yet. Until some time after
    `claimed_at` somebody may be about to point at the blob: see `artifacts/sweeping.py`. `indexed_at`: when its words
    were put among `ContentWords`, or found to be none; None while that waits. Whatever needs a blob (artifacts, saves,
    users' files) protects it; what is made from it (words, renditions) goes with it.
    """

    class Encoding(models.TextChoices):
        IDENTITY = "identity", "As it is"
        ZSTD = "zstd", "zstd"

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    stored_size = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=16, choices=Encoding.choices)
    file = models.FileField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)
    stored_digest = models.CharField(max_length=64, blank=True, default="")
    claimed_at = models.DateTimeField(default=timezone.now)
    indexed_at = models.DateTimeField(null=True)

    objects = BlobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["digest"], condition=models.Q(indexed_at=None), name="blob_by_waiting")]

    def __str__(self) -> str:
        return self.digest

    @property
    def is_compressed(self) -> bool:
        return self.encoding != self.Encoding.IDENTITY

    @property
    def saved_percent(self) -> int:
        """Of its size, by storing it compressed; rounded down, so that nothing seems to take no room."""
        return max(0, self.size - self.stored_size) * 100 // (self.size or 1)


class ContentWords(models.Model):
    """Words of a content (`sessions/words.py`), each once, in order, with a space between them: what the index holds.

    One row, unless there are too many; then every row also holds PART_MARK, which no text does. SQLite's index is the
    FTS5 table `llmspell_artifacts_contentindex`, kept by triggers; PostgreSQL's an index of this table.
    """

    PART_MARK = "\ue000"
    WORDS_MAX_BYTES = 1_000_000  # PostgreSQL holds 1,048,575 in one tsvector

    id = models.BigAutoField(primary_key=True)
    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.PositiveIntegerField()
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "part"], name="one_row_per_part")]

    def __str__(self) -> str:
        return f"part {self.part} of {self.blob_id}"


class DamagedBlob(models.Model):
    """A content that was found wrong or missing, until it is found right or stored again. No key to the blob: also
    damage does not keep a row that nothing else points at."""

    digest = models.CharField(max_length=64, primary_key=True)
    what = models.CharField(max_length=255)
    found_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.digest}: {self.what}"


class BlobCheck(models.Model):
    """How far `verify_blobs` has come: one row while a check is under way."""

    after = models.CharField(max_length=64)
    checked = models.PositiveBigIntegerField()
    damaged = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.checked} checked"


_IS_NEWEST = models.Q(version_count__isnull=False)
_IS_UPLOAD = models.Q(upload_key__isnull=False)
_IS_IN_TRASH = models.Q(deleted_at__isnull=False, purged_at=None)


class Artifact(models.Model):
    """One version of one named thing in a session. Only its tags are ever edited; with `deleted_at` it is trash.

    `size` is the blob's, in bytes: a list is in its order without a join. `version_count` is kept by `versions.py`:
    on the newest version of a name, how many there are outside the trash; None on all others. `listed_in` is the team
    in whose list of artifacts it stands: its session's, on the newest version of a name in a session outside the trash;
    None on all others. It has no constraint, which would lock the team's row at each commit. `run_id` and what begins
    like it say which run stored it, and where in the run: see `services.RunPlace`. `upload_key` is that of an upload
    from a browser: see `services.store_artifact`. `trashed_in` is as `listed_in` for what lies in the trash while its
    session does not. With `purged_at` it was deleted for good: the row is left without content, because it holds the
    last number given to its name (`versions.py`).
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="artifacts", db_index=False)
    name = models.CharField(max_length=255)
    version = models.PositiveIntegerField()
    artifact_type = models.CharField(max_length=64)
    mime_type = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    custom = models.JSONField(default=dict)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="artifacts")
    size = models.PositiveBigIntegerField()
    version_count = models.PositiveIntegerField(null=True, default=1)
    listed_in = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    run_id = models.UUIDField(null=True)
    run_uses = models.PositiveIntegerField(null=True)
    run_chunk = models.CharField(max_length=64, blank=True)
    run_line = models.PositiveIntegerField(null=True)
    upload_key = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    trashed_in = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    purged_at = models.DateTimeField(null=True)

    objects = ArtifactQuerySet.as_manager()
    snippet: Sequence[Marked] = ()  # of the content, in a list that was searched for words (`snippets.py`)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "name", "version"], name="one_artifact_per_version"),
            models.UniqueConstraint(fields=["session", "name"], condition=_IS_NEWEST, name="one_newest_per_name"),
            models.UniqueConstraint(
                fields=["session", "created_by", "upload_key"], condition=_IS_UPLOAD, name="one_artifact_per_upload"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "id"], name="artifact_by_session"),
            models.Index(fields=["artifact_type", "session"], name="artifact_by_type"),
            models.Index(fields=["run_id", "id"], name="artifact_by_run"),
            models.Index(fields=["session", "-id"], condition=_IS_NEWEST, name="newest_by_session"),
            models.Index(fields=["session", "size", "id"], condition=_IS_NEWEST, name="newest_by_size"),
            *(
                models.Index(fields=fields, condition=models.Q(listed_in__isnull=False), name=name)
                for name, fields in {
                    "listed_by_creation": ["listed_in", "-created_at", "-id"],
                    "listed_by_name": ["listed_in", "name", "id"],
                    "listed_by_size": ["listed_in", "-size", "-id"],
                    "listed_by_type": ["listed_in", "artifact_type", "-created_at", "-id"],
                    "listed_by_creator": ["created_by", "listed_in", "-created_at", "-id"],
                    "listed_by_session": ["session", "listed_in", "-created_at", "-id"],
                }.items()
            ),
            models.Index(fields=["session"], condition=_IS_IN_TRASH, name="trashed_by_session"),
            models.Index(
                fields=["trashed_in", "-deleted_at", "-id"],
                condition=models.Q(trashed_in__isnull=False),
                name="trashed_by_time",
            ),
            models.Index(
                fields=["deleted_at", "id"], condition=models.Q(trashed_in__isnull=False), name="trashed_by_age"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("artifacts:detail", args=[self.pk])

    @property
    def tag_names(self) -> list[str]:
        """In the order given. Prefetch `tags` for lists."""
        return [tag.name for tag in self.tags.all()]


class ArtifactTag(models.Model):
    """One tag of one version. `created_at` is the artifact's, so that "tag, newest first" walks one index: make them
    by `of`."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["artifact", "name"], name="one_tag_per_artifact")]
        indexes = [models.Index(fields=["name", "-created_at", "-artifact"], name="artifact_by_tag")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, artifact: Artifact, names: Iterable[str]) -> "list[ArtifactTag]":
        """In this order, not saved yet."""
        created_at = artifact.created_at
        return [cls(artifact=artifact, name=name, position=n, created_at=created_at) for n, name in enumerate(names)]


class ArtifactRecord(models.Model):
    """What an artifact was at some moment. Its content never changes, what else is said of it may."""

    name = models.CharField(max_length=255)
    version = models.PositiveIntegerField()
    artifact_type = models.CharField(max_length=64)
    mime_type = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    custom = models.JSONField(default=dict)
    tags = models.JSONField(default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class SavedArtifact(ArtifactRecord):
    """One line of a save's artifact manifest: what the artifact was then. Shares the content by digest."""

    save_record = models.ForeignKey(SessionSave, on_delete=models.CASCADE, related_name="artifacts", db_index=False)
    artifact_id = models.UUIDField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["save_record", "id"], name="saved_by_save"),
            models.Index(fields=["save_record", "name", "version"], name="saved_by_name"),
        ]


class Rendition(models.Model):
    """What was once drawn of a content, or why it never can be. Only a memory: without the row it is drawn again.

    `what` names the drawing (`previews/renditions.py`); `picture` is WebP, and empty where `problem` is not.
    """

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="renditions", db_index=False)
    what = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    picture = models.BinaryField(default=bytes)
    problem = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "what"], name="one_rendition_of_each")]

    def __str__(self) -> str:
        return f"{self.blob_id} {self.what}"
