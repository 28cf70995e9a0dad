"""Editing an artifact's tags, and taking what was deleted out of the trash."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from artifacts import services
from artifacts.access import get_artifact, get_trashed_artifact
from artifacts.forms import TagsForm
from artifacts.models import Artifact
from artifacts.tagging import TagsOvertaken, edit_tags
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import add_problem, showing_problems
from llmspell_web.web.paging import read_position
from llmspell_web.web.problems import NotFound
from sessions.access import get_session_for_change
from sessions.models import SessionEvent


@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The form sends what its author saw. Who comes second is told, and sees what the tags are now."""
    artifact = get_artifact(request.user, pk)
    get_session_for_change(request.user, artifact.session_id)
    form = TagsForm.of(artifact, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with showing_problems(form):
                values = form.cleaned_data
                edit_tags(artifact, actor=request.user, tags=values["tags"], seen=values["seen"])
                return redirect(artifact)
        except TagsOvertaken as problem:
            form = TagsForm.of(artifact, request.POST, seen=problem.now)
            add_problem(form, problem, field="tags")
            context = {"artifact": artifact, "form": form}
            return render(request, "artifacts/artifact_tags.html", context, status=409)
    context = {"artifact": artifact, "form": form}
    return render(request, "artifacts/artifact_tags.html", context, status=422 if form.is_bound else 200)


@require_POST
def restore(request: AccountRequest, pk: UUID) -> HttpResponse:
    artifact = get_trashed_artifact(request.user, pk)
    get_session_for_change(request.user, artifact.session_id)
    services.restore_artifact(artifact, actor=request.user)
    messages.success(request, f"Took {artifact.name}, version {artifact.version}, out of the trash.")
    return redirect(artifact)


@require_POST
def restore_some(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """What the user deleted by hand in this session, in its events `?after=` to `?to=`."""
    session = get_session_for_change(request.user, session_pk)
    after, to = (read_position(request.GET.get(name, "")) for name in ("after", "to"))
    if after is None or to is None:
        raise NotFound("there is nothing to take back")
    events = session.events.filter(
        number__gt=after, number__lte=to, kind=SessionEvent.Kind.ARTIFACT_DELETED, actor=request.user, run_id=None
    )
    keys = [event["artifact_id"] for event in events.values_list("details", flat=True)]
    trashed = list(Artifact.objects.filter(pk__in=keys, deleted_at__isnull=False).select_related("blob", "session"))
    refused = services.restore_artifacts(trashed, actor=request.user)
    for reason in sorted({str(problem) for _, problem in refused}):
        messages.error(request, f"Not everything was restored: {reason}.")
    count = len(trashed) - len(refused)
    messages.success(request, f"Took {count} {'version' if count == 1 else 'versions'} out of the trash.")
    return redirect(session)
