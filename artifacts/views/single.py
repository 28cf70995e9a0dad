"""One artifact: its page, download, deleting it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from artifacts import services
from artifacts.access import get_artifact
from artifacts.glance import glance
from artifacts.parts import PARTS, send_download
from artifacts.previews.look import take_look
from artifacts.previews.readers import build_preview
from artifacts.views.frame import artifact_frame
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from llmspell_web.web.notices import tell_with_undo
from llmspell_web.web.slots import fill
from sessions.access import get_session_for_change

VERSIONS_SHOWN = 5  # beside the preview; the tab has them all


@require_safe
def detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    artifact = get_artifact(request.user, pk)
    versions = artifact.session.artifacts.filter(name=artifact.name, deleted_at=None)
    context = {
        **artifact_frame(request.user, artifact, "artifacts:detail"),
        "versions": versions.select_related("blob", "created_by").order_by("-version")[:VERSIONS_SHOWN],
        "parts": {name: reverse(f"artifacts:{name}", args=[artifact.pk]) for name in PARTS},
        "preview": build_preview(take_look(artifact, request.GET)),
        **fill("artifact", request.user, artifact, request.GET),
    }
    return render_either(request, "artifacts/artifact_detail.html", "artifacts/_artifact_preview.html", context)


@require_safe
def preview(request: AccountRequest, pk: UUID) -> HttpResponse:
    """At a glance, for the list: a part of a page, whoever asks."""
    return render(request, "artifacts/_artifact_glance.html", glance(get_artifact(request.user, pk)))


@require_safe
def download(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    return send_download(request, get_artifact(request.user, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once, then moves this version to the trash."""
    artifact = get_artifact(request.user, pk)
    session = get_session_for_change(request.user, artifact.session_id)
    if request.method != "POST":
        context: dict[str, object] = {"artifact": artifact}
        return render_either(request, "artifacts/artifact_delete.html", "artifacts/_artifact_delete.html", context)
    services.delete_artifact(artifact, actor=request.user)
    text = f"Moved {artifact.name}, version {artifact.version}, to the trash."
    tell_with_undo(request, text, reverse("artifacts:restore", args=[artifact.pk]))
    return redirect(session)
