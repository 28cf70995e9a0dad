"""Runs of scripts with their output, and each account's files.

A key with `db_index=False` is where another index of its table begins: a second one would only cost.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse

from artifacts.models import Blob
from llmspell_web.teams.models import Team
from llmspell_web.web.keys import new_key
from llmspell_web.workspace.querysets import OPENING_CHARACTERS, RunQuerySet
from sessions.models import Session

TITLE_CHARACTERS = 80


class Run(models.Model):
    """One execution of one script: what was asked (frozen when asked), what happened, and what it used.

    A queued run is never lost and a started one is never started twice: `runner` is set once, by a conditional
    UPDATE. `heartbeat_at` shows that its process lives. `usage` is `{limit name: {"used": n, "allowed": n}}`.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        LIMIT = "limit", "Limit reached"
        STOPPED = "stopped", "Stopped"
        INTERRUPTED = "interrupted", "Interrupted"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="runs", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="runs", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="runs")
    name = models.CharField(max_length=255, default="main.lua")
    source = models.TextField()
    arguments = models.JSONField(default=list)  # [[key, value], …]: integers and text as keys
    limits = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    limit = models.CharField(max_length=32, blank=True)
    error_message = models.TextField(blank=True)
    error_line = models.PositiveIntegerField(null=True)
    error_traceback = models.TextField(blank=True)
    result = models.TextField(blank=True)  # JSON text as the script returned it; empty: nothing
    usage = models.JSONField(default=dict)
    layers = models.JSONField(default=dict)
    runner = models.CharField(max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    asker_role: str  # the role of the user it was loaded for, in its team: set by `access.get_run`

    class Meta:
        indexes = [
            models.Index(fields=["status", "id"], name="run_queue"),
            models.Index(fields=["user", "-id"], name="run_by_user"),
            models.Index(fields=["team", "-id"], name="run_by_team"),
            *(
                models.Index(fields=[*whose, column, "-id"], condition=condition, name=name)
                for name, whose, column, condition in (
                    ("run_by_start", ["team"], "-created_at", None),
                    ("run_by_end", ["team"], "-ended_at", models.Q(ended_at__isnull=False)),
                    ("run_by_user_start", ["user", "team"], "-created_at", None),
                    ("run_by_user_end", ["user", "team"], "-ended_at", models.Q(ended_at__isnull=False)),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.status})"

    def get_absolute_url(self) -> str:
        return reverse("workspace:run", args=[self.pk])

    @property
    def title(self) -> str:
        """What tells this run from others: the first words of its script, else its name. In lists, see `for_lists`."""
        opening: str = getattr(self, "opening", None) or self.source[:OPENING_CHARACTERS]
        for line in opening.splitlines():
            if words := line.strip().lstrip("-#!= ").strip():
                return words if len(words) <= TITLE_CHARACTERS else f"{words[: TITLE_CHARACTERS - 1]}…"
        return self.name

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED


class RunOutput(models.Model):
    """A stretch of a run's console, in order of `id`. Bytes that are not UTF-8 are held escaped (`\\xff`)."""

    class Stream(models.TextChoices):
        STDOUT = "stdout", "Output"
        STDERR = "stderr", "Errors"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="output", db_index=False)
    stream = models.CharField(max_length=8, choices=Stream.choices)
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="output_by_run")]

    def __str__(self) -> str:
        return self.text


class RunTouch(models.Model):
    """A session or artifact that a run created, changed or read by its id, in order of first touch."""

    class Kind(models.TextChoices):
        SESSION = "session", "Session"
        ARTIFACT = "artifact", "Artifact"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="touches", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    object_id = models.UUIDField(db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "kind", "object_id"], name="one_touch_per_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class RunUse(models.Model):
    """What a run has read, and which of its account's files it has written: the first time of each, numbered by
    `position` from 1. Which artifacts it stored, and after which position, they say themselves.

    `digest` is that of the content read. `chunk` and `line` are where the script says that it did (`lua.Caller`). A run
    that uses ever more things ends with one row of `MORE`.
    """

    class Act(models.TextChoices):
        READ = "read", "Read"
        WROTE = "wrote", "Wrote"
        MORE = "more", "And more"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="uses", db_index=False)
    position = models.PositiveIntegerField()
    act = models.CharField(max_length=8, choices=Act.choices)
    artifact_id = models.UUIDField(null=True)
    path = models.CharField(max_length=1024, blank=True)  # of a file of the run's account; empty for an artifact
    digest = models.CharField(max_length=64, blank=True)
    chunk = models.CharField(max_length=64, blank=True)
    line = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="one_use_per_position")]
        indexes = [
            models.Index(
                fields=["artifact_id", "-run"], condition=models.Q(artifact_id__isnull=False), name="use_by_artifact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.path or self.artifact_id or ''}"


class UserFile(models.Model):
    """A file of one account, as `io.open` sees it. `path` is normal: no leading slash, no `.` or `..` part."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="files", db_index=False)
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="one_file_per_path")]

    def __str__(self) -> str:
        return self.path


class FeedMark(models.Model):
    """How far an account has read the feed of its teams: everything before `since`, and up to `until` the entries with
    their keys in `read` (`feed/mark.py` says why). Without a row: what happened before there was the account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    read = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.user_id} until {self.until}"


class RunnerBeat(models.Model):
    """A runner process that is, or lately was, alive; for the status page."""

    runner = models.CharField(max_length=64, primary_key=True)
    layers = models.JSONField(default=dict)
    refusal = models.TextField(blank=True)  # why this machine cannot run scripts; empty: it can
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.runner
