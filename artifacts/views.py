"""One artifact: its page, download, deleting it; and storing into and saving a session."""

import functools
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from artifacts import services
from artifacts.access import get_artifact
from artifacts.blobs import open_blob
from artifacts.forms import StoreForm
from artifacts.preview import read_preview
from artifacts.saves import save_session
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.downloads import read_chunks, send_attachment
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from sessions.access import get_session, get_session_for_change, may_change

VERSIONS_SHOWN = 50


@require_safe
def detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    artifact = get_artifact(request.user, pk)
    versions = artifact.session.artifacts.filter(name=artifact.name, deleted_at=None)
    context = {
        "artifact": artifact,
        "versions": versions.select_related("blob", "created_by").order_by("-version")[:VERSIONS_SHOWN],
        "preview": read_preview(artifact),
        "may_change": may_change(get_session(request.user, artifact.session_id)),
    }
    return render(request, "artifacts/artifact_detail.html", context)


@require_safe
def download(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    artifact = get_artifact(request.user, pk)
    blob = artifact.blob
    return send_attachment(
        request,
        functools.partial(read_chunks, functools.partial(open_blob, blob)),
        name=artifact.name,
        mime_type=artifact.mime_type,
        size=blob.size,
        digest=blob.digest,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once, then moves this version to the trash."""
    artifact = get_artifact(request.user, pk)
    session = get_session_for_change(request.user, artifact.session_id)
    if request.method != "POST":
        context: dict[str, object] = {"artifact": artifact}
        return render_either(request, "artifacts/artifact_delete.html", "artifacts/_artifact_delete.html", context)
    services.delete_artifact(artifact, actor=request.user)
    messages.success(request, f"Moved {artifact.name}, version {artifact.version}, to the trash.")
    return redirect(session)


@require_http_methods(["GET", "HEAD", "POST"])
def store(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """Upload one artifact into a session. It is stored whole or not at all."""
    session = get_session_for_change(request.user, session_pk)
    form = StoreForm(request.POST, request.FILES) if request.method == "POST" else StoreForm()
    if form.is_valid():
        with showing_problems(form):
            return redirect(services.store_artifact(session, actor=request.user, **form.values()))
    context = {"form": form, "session": session}
    return render(request, "artifacts/artifact_store.html", context, status=422 if form.is_bound else 200)


@require_POST
def save(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """A numbered snapshot of the session and of the list of its artifacts."""
    session = get_session_for_change(request.user, session_pk)
    saved = save_session(session, actor=request.user)
    messages.success(request, f"Saved {session.name} as number {saved.number}.")
    return redirect(session)
