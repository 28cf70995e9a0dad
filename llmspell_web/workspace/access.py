"""The way to one run."""

from uuid import UUID

from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from llmspell_web.workspace.models import Run


def get_run(user: User, run_id: UUID | str) -> Run:
    """Raises NotFound alike for a run that is hidden, missing or misnamed."""
    try:
        return Run.objects.visible_to(user).select_related("user", "session").get(pk=UUID(str(run_id)))
    except (ValueError, Run.DoesNotExist):
        raise NotFound(f"run not found: {run_id}") from None
