"""Editing an artifact's tags, and taking what was deleted out of the trash."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from artifacts import services
from artifacts.access import get_artifact, get_trashed_artifact
from artifacts.forms import TagsForm
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import add_problem, showing_problems
from sessions.access import get_session_for_change


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
                services.update_artifact_tags(
                    artifact, actor=request.user, tags=values["tags"], seen=list(values["seen"])
                )
                return redirect(artifact)
        except services.TagsOvertaken as problem:
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
