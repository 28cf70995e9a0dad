"""The way to one run."""

from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from llmspell_web.teams.models import Membership, User
from llmspell_web.web.problems import NotFound
from llmspell_web.workspace.models import Run
from sessions.models import Session


def with_session_in_sight(runs: "QuerySet[Run]", user: User) -> "QuerySet[Run]":
    """Runs with their account, and with `session` None where this user may not see it: whoever is in two teams may
    start a run of one of them in a session of the other."""
    return runs.select_related("user").prefetch_related(Prefetch("session", Session.objects.visible_to(user)))


def find_run(user: User, run_id: UUID) -> Run | None:
    """None alike for a run that is hidden or missing."""
    return with_session_in_sight(Run.objects.visible_to(user), user).filter(pk=run_id).first()


def get_run(user: User, run_id: UUID | str) -> Run:
    """With `asker_role`. Raises NotFound alike for a run that is hidden, missing or misnamed."""
    role = Membership.objects.filter(team=OuterRef("team"), user=user.pk).values("role")
    runs = Run.objects.visible_to(user).annotate(
        asker_role=Subquery(role)  # type: ignore[no-redef]  # the model declares what is annotated
    )
    try:
        return with_session_in_sight(runs, user).get(pk=UUID(str(run_id)))
    except (ValueError, Run.DoesNotExist):
        raise NotFound(f"run not found: {run_id}") from None


def may_change_runs(run: Run) -> bool:
    """Whether the user for whom `get_run` loaded it may do more in its team than look."""
    return run.asker_role != Membership.Role.VIEWER
