"""One act on many sessions or artifacts: what was asked for, how far it is, and what became of each."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.keys import new_key

KEPT_DAYS = 30  # after the end of an action: what it changed, why not, and taking it back


class BulkActionQuerySet(models.QuerySet["BulkAction"]):
    def visible_to(self, user: User) -> "BulkActionQuerySet":
        """Those that the user asked for: nobody sees another's."""
        return self.filter(actor=user.pk)


class BulkAction(models.Model):
    """Which sessions, or what else `kind` is about (`bulk_subjects.py`), is frozen in `targets` when it is asked for;
    the first `done` of them have had their turn.

    `argument` is the reason, the tag, or a tag and behind a line end what it becomes; `query` the filter of the list,
    only to be shown, where everything that matched was chosen. `refusals` is `{reason: how many}`. `worker` goes on
    with it as long as it is running and `heartbeat_at` is recent; that moment also says who has waited longest.
    KEPT_DAYS after its end only this row is left, without `targets` and `results` (`bulk_work.forget_piece`).
    """

    class Kind(models.TextChoices):
        SUSPEND = "suspend", "Suspend"
        RESUME = "resume", "Resume"
        COMPLETE = "complete", "Complete"
        FAIL = "fail", "Mark as failed"
        ADD_TAG = "add_tag", "Add a tag"
        REMOVE_TAG = "remove_tag", "Remove a tag"
        DELETE = "delete", "Move to trash"
        TRASH_ARTIFACTS = "trash_artifacts", "Move artifacts to trash"
        TAG_ARTIFACTS = "tag_artifacts", "Add a tag to artifacts"
        UNTAG_ARTIFACTS = "untag_artifacts", "Remove a tag from artifacts"
        RETAG_ARTIFACTS = "retag_artifacts", "Rename a tag of artifacts"

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        BROKEN = "broken", "Stopped by a fault of the server"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    argument = models.CharField(max_length=1000, blank=True)
    # At most one undo of each action, whoever asks at the same time.
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")
    query = models.TextField(null=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=dict)
    worker = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["actor", "-id"], name="bulk_by_actor"),
            models.Index(fields=["status", "heartbeat_at"], name="bulk_by_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.total}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:bulk", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.status not in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def refused(self) -> int:
        return self.done - self.changed

    @property
    def is_past(self) -> bool:
        """Which ones it changed is no longer told."""
        return self.ended_at is not None and self.ended_at < timezone.now() - timedelta(days=KEPT_DAYS)

    @property
    def can_undo(self) -> bool:
        """Once, after its end and before it is past. An undo is not undone."""
        is_free = self.undoes_id is None and not hasattr(self, "undone_by")
        return self.is_finished and self.changed > 0 and is_free and not self.is_past


class BulkTargets(models.Model):
    """The keys of up to TARGETS_A_ROW targets in rising order, 16 bytes each; `start` of them stand in earlier rows.

    A row a target would take the write lock for seconds when a million are chosen.
    """

    TARGETS_A_ROW = 1000

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="targets", db_index=False)
    start = models.PositiveIntegerField()
    keys = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "start"], name="one_row_per_start")]

    def __str__(self) -> str:
        return f"targets from {self.start}"


class BulkResult(models.Model):
    """What became of one target: changed where `reason` is empty, else why not. It may be gone since."""

    id = models.BigAutoField(primary_key=True)
    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="results", db_index=False)
    target_id = models.UUIDField()
    reason = models.CharField(max_length=255, blank=True)

    class Meta:
        indexes = [models.Index(fields=["action", "reason", "id"], name="bulk_result_by_reason")]

    def __str__(self) -> str:
        return self.reason or "changed"
