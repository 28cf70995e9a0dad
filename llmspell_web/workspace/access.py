"""The ways to runs: one, or a list."""

from uuid import UUID

from django.db.models import QuerySet

from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from llmspell_web.workspace.models import Run


def visible_runs(user: User) -> QuerySet[Run]:
    """Runs of the user's teams: the team sees what anyone ran, with which script, and what came out."""
    return Run.objects.filter(team__memberships__user=user.pk)


def get_run(user: User, run_id: UUID | str) -> Run:
    """Raises NotFound alike for a run that is hidden, missing or misnamed."""
    try:
        return visible_runs(user).select_related("user", "session").get(pk=UUID(str(run_id)))
    except (ValueError, Run.DoesNotExist):
        raise NotFound(f"run not found: {run_id}") from None
