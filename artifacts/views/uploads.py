"""Storing files into a session: several in a form, or one at a time by a script that shows their progress."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from artifacts.access import get_artifact
from artifacts.forms import StoreForm
from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.errors import sentence
from llmspell_web.web.forms import add_problem
from llmspell_web.web.htmx import wants_json
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound, Problem
from sessions.access import get_session_for_change
from sessions.models import Session


@require_http_methods(["GET", "HEAD", "POST"])
def store(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """Upload into a session, with `?replace=ID` as the next version of an artifact. Each file is stored whole or not at
    all; the page says which were and which were not."""
    session = get_session_for_change(request.user, session_pk)
    form = StoreForm(request.POST, request.FILES) if request.method == "POST" else _empty_form(request, session)
    stored = _store_files(request, session, form) if form.is_bound and form.is_valid() else []
    if wants_json(request) and form.is_bound:
        return _answer_script(form, stored)
    if form.is_bound and not form.errors:
        if len(stored) > 1:
            messages.success(request, f"Stored {len(stored)} files.")
        return redirect(stored[0] if len(stored) == 1 else session)
    context = {"form": form, "session": session, "stored": stored}
    return render(request, "artifacts/artifact_store.html", context, status=422 if form.is_bound else 200)


def _empty_form(request: AccountRequest, session: Session) -> StoreForm:
    """A new version keeps the name, the type and the tags, unless they are changed in the form."""
    if not (replaced := request.GET.get("replace")):
        return StoreForm()
    artifact = get_artifact(request.user, replaced, session=session)
    values = {"name": artifact.name, "type": artifact.artifact_type, "tags": artifact.tag_names}
    return StoreForm(initial={**values, "description": artifact.description})


def _store_files(request: AccountRequest, session: Session, form: StoreForm) -> list[Artifact]:
    """Those that were stored; the form says why others were not. What no file could mend ends it at once."""
    stored: list[Artifact] = []
    uploads: list[UploadedFile[bytes]] = form.cleaned_data["content"]
    for upload in uploads:
        name = form.cleaned_data["name"] or cast(str, upload.name)
        try:
            stored.append(
                store_artifact(session, actor=request.user, name=name, content=upload, **form.shared_values())
            )
        except Problem as problem:
            if isinstance(problem, Conflict | Forbidden | NotFound) and not stored:
                raise
            if isinstance(problem, InvalidField) and problem.field in {"content", "name"} and len(uploads) > 1:
                form.add_error("content", f"{name}: {sentence(str(problem))}")
                continue
            add_problem(form, problem)
            break
    return stored


def _answer_script(form: StoreForm, stored: list[Artifact]) -> JsonResponse:
    """201 with the address of the artifact, or 422 with every error in words."""
    if form.errors:
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"message": words}, status=422)
    return JsonResponse({"url": stored[0].get_absolute_url(), "version": stored[0].version}, status=201)
