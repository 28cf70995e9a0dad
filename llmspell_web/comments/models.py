"""What people say about sessions, artifacts and runs, whom that tells something, and what happened to it.

A key with `db_index=False` is where another index of its table begins: a second one would only cost.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.http import urlencode

from artifacts.models import Artifact
from llmspell_web.comments.querysets import CommentNoticeQuerySet, CommentQuerySet
from llmspell_web.teams.models import Team
from llmspell_web.web.keys import new_key
from llmspell_web.web.request_ids import current_request_id
from llmspell_web.workspace.models import Run
from sessions.models import Session

_IS_THERE = models.Q(deleted_at=None)
_IS_OPEN = models.Q(thread=None, resolved_at=None, deleted_at=None)
_IS_RESOLVED = models.Q(resolved_at__isnull=False, deleted_at=None)


class Comment(models.Model):
    """One comment on a session, an artifact or a run, or with `thread` an answer to one.

    Of the three, the one that it is about is set; of an artifact, its session, too. `team` is that of what it is about:
    `services.py` takes it from there and moves it along. It has no constraint, which would lock the team's row at each
    commit. `line` to `last_line` or `path` say where in an artifact's content; `pointer` is the path as RFC 6901 has
    it. `html` is for `markdown.show_html` alone. `edits` counts how often the text was edited. Of one that was deleted,
    the row stays for the answers to it, without text. Only what begins a thread is resolved.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="comments", db_index=False)
    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, null=True, related_name="comments", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="comments", db_index=False)
    thread = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="answers", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    html = models.TextField()
    line = models.PositiveIntegerField(null=True)
    last_line = models.PositiveIntegerField(null=True)
    path = models.TextField(blank=True)
    pointer = models.TextField(blank=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    edits = models.PositiveIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(session__isnull=False, run=None) | models.Q(run__isnull=False, session=None),
                name="about_one_thing",
            )
        ]
        # SQLite looks into the table for a column that only the index's condition names.
        indexes = [
            models.Index(fields=["session", "id"], name="comment_by_session"),
            models.Index(
                fields=["artifact", "id"], condition=models.Q(artifact__isnull=False), name="comment_by_artifact"
            ),
            models.Index(fields=["run", "id"], condition=models.Q(run__isnull=False), name="comment_by_run"),
            models.Index(fields=["thread", "id"], condition=models.Q(thread__isnull=False), name="comment_by_thread"),
            models.Index(
                fields=["session", "id", "thread", "resolved_at", "deleted_at"],
                condition=_IS_OPEN,
                name="open_by_session",
            ),
            *(
                models.Index(fields=[*whose, column, "-id", "deleted_at"], condition=condition, name=name)
                for name, whose, column, condition in (
                    ("comment_by_time", ["team"], "-created_at", _IS_THERE),
                    ("comment_by_author", ["author", "team"], "-created_at", _IS_THERE),
                    ("comment_by_resolving", ["team"], "-resolved_at", _IS_RESOLVED),
                    ("comment_by_resolver", ["resolved_by", "team"], "-resolved_at", _IS_RESOLVED),
                )
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        """Leads to wherever it stands on its page."""
        return reverse("comments:comment", args=[self.pk])

    @property
    def place_url(self) -> str:
        """Of the place in the content, where the comment is about one."""
        url = reverse("artifacts:detail", args=[self.artifact_id])
        if self.line is not None:
            return f"{url}?view=source#L{self.line}"
        return f"{url}?{urlencode({'path': self.pointer})}"

    @property
    def anchor(self) -> str:
        """Where in the content, in words; empty for all of it."""
        if self.line is None:
            return self.path
        return f"line {self.line}" if self.last_line == self.line else f"lines {self.line} to {self.last_line}"


class CommentNotice(models.Model):
    """Somebody whom a comment tells something: it mentions them, or answers in a thread that they take part in. `id`
    rises. Whether they can see the comment is asked whenever they look."""

    class Kind(models.TextChoices):
        MENTION = "mention", "Mentioned you"
        ANSWER = "answer", "Answered"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    read_at = models.DateTimeField(null=True)

    objects = CommentNoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="one_notice_per_account")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["user", "read_at"], condition=models.Q(read_at=None), name="unread_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class CommentEvent(models.Model):
    """One thing that was done to a comment. Rows are only ever added, and stay when the comment, or what it was about,
    is deleted for good: `comment_id` and `session_id` point at what may be gone, and `details` names it.

    `team` and `session_id` are as `Comment` has them, but a run's session counts: the session takes its events along.
    `object_id` is the key of what it is about. `details` is `{"about": "session" | "artifact" | "run", "name": …}`,
    `"where"` in an artifact's content, and `"text": {"before": …, "after": …}` where that changed, None for none.
    """

    class Kind(models.TextChoices):
        WRITTEN = "written", "Commented"
        EDITED = "edited", "Comment edited"
        DELETED = "deleted", "Comment deleted"
        RESOLVED = "resolved", "Comment resolved"
        REOPENED = "reopened", "Comment reopened"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    request_id = models.UUIDField(null=True, default=current_request_id)
    comment_id = models.UUIDField()
    object_id = models.UUIDField()
    session_id = models.UUIDField(null=True, db_index=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-at", "-id"], name="comment_event_by_time"),
            models.Index(fields=["actor", "team", "-at", "-id"], name="comment_event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"
