"""Which runs wait, and who takes them. The seam for another queue: nothing else knows how runners are found.

The queue is the table of runs itself, and a bell that wakes the runners of this machine.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from llmspell_web.web.bell import Bell, ring
from llmspell_web.workspace.models import Run

RUNNERS = "runner"


def wake_runners() -> None:
    """Have every runner look for queued runs and requests to stop, once the open transaction has committed."""
    transaction.on_commit(lambda: ring(RUNNERS))


def listen() -> Bell:
    return Bell(RUNNERS)


def claim(runner: str, run_id: UUID | None = None) -> Run | None:
    """Take the oldest queued run (or the named one) for this runner; None if there is none. No two runners get the
    same run: the conditional UPDATE decides."""
    while True:
        queued = Run.objects.filter(status=Run.Status.QUEUED)
        if run_id is not None:
            queued = queued.filter(pk=run_id)
        oldest = queued.order_by("id").values_list("pk", flat=True).first()
        if oldest is None:
            return None
        now = timezone.now()
        taken = Run.objects.filter(pk=oldest, status=Run.Status.QUEUED).update(
            status=Run.Status.RUNNING, runner=runner, started_at=now, heartbeat_at=now
        )
        if taken:
            return Run.objects.select_related("user").get(pk=oldest)
