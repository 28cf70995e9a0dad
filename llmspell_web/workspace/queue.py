"""Which runs wait, and who takes them. The seam for another queue: nothing else knows how runners are found.

The queue is the table of runs itself, and a bell that wakes the runners of this machine.
"""

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


def claim(runner: str) -> Run | None:
    """Take the oldest queued run for this runner; None if there is none. No two runners get the
    same run: the conditional UPDATE decides."""
    queued = Run.objects.filter(status=Run.Status.QUEUED).select_related("user").order_by("id")
    while run := queued.first():
        now = timezone.now()
        claimed = {"status": Run.Status.RUNNING, "runner": runner, "started_at": now, "heartbeat_at": now}
        if Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED).update(**claimed):
            for name, value in claimed.items():
                setattr(run, name, value)
            return run
    return None
