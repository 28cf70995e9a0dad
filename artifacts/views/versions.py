"""The versions of one artifact: their list, links that name them, one stored again, and two compared."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from artifacts import services
from artifacts.access import find_version, get_artifact
from artifacts.compare_page import read_comparison
from artifacts.downloads import send_blob
from artifacts.forms import PairForm
from artifacts.version_timeline import read_timeline
from artifacts.views.frame import artifact_frame
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from llmspell_web.web.paging import read_position
from sessions.access import get_session, get_session_for_change


@require_safe
def timeline(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Every version outside the trash, newest first; `?before=` is the number that the page before ended with."""
    artifact = get_artifact(request.user, pk)
    before = read_position(request.GET.get("before", ""))
    context = {**artifact_frame(request.user, artifact, "artifacts:timeline"), **read_timeline(artifact, before)}
    return render(request, "artifacts/artifact_versions.html", context)


@require_safe
def at(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """The page of `?artifact=NAME@3`, or of `NAME@latest`, which follows new versions."""
    return redirect(find_version(get_session(request.user, session_pk), request.GET.get("artifact", "")))


@require_safe
def download_at(request: AccountRequest, session_pk: UUID) -> HttpResponseBase:
    artifact = find_version(get_session(request.user, session_pk), request.GET.get("artifact", ""))
    return send_blob(request, artifact.blob, name=artifact.name, mime_type=artifact.mime_type)


@require_http_methods(["GET", "HEAD", "POST"])
def make_current(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once, then stores this version again as the newest one."""
    artifact = get_artifact(request.user, pk)
    get_session_for_change(request.user, artifact.session_id)
    if request.method != "POST":
        context: dict[str, object] = {"artifact": artifact}
        page, part = "artifacts/artifact_make_current.html", "artifacts/_artifact_make_current.html"
        return render_either(request, page, part, context)
    stored = services.make_current(artifact, actor=request.user)
    messages.success(request, f"Stored version {artifact.version} again, as version {stored.version}.")
    return redirect(stored)


@require_safe
def compare(request: AccountRequest) -> HttpResponse:
    """The contents of `?a=` and `?b=`, ids of artifacts, or `selected` twice; else choosing them. `read_comparison`
    says what else can be asked for."""
    form = PairForm.of(request.GET)
    if not form.is_valid():
        return render(
            request, "artifacts/artifact_compare_choose.html", {"form": form}, status=422 if form.is_bound else 200
        )
    a, b = (get_artifact(request.user, form.cleaned_data[name]) for name in ("a", "b"))
    page = read_comparison(a, b, request.GET.dict())
    return render(request, "artifacts/artifact_compare.html", {**page}, status=422 if page["problems"] else 200)
