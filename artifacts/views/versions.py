"""The versions of one artifact: their list, links that name them, one stored again, and two compared."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from artifacts import services
from artifacts.access import find_version, get_artifact
from artifacts.diffs.choice import compare_contents
from artifacts.downloads import send_blob
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
    """The contents of `?a=` and `?b=`, ids of artifacts, or `selected` twice; `layout=split` side by side,
    `lines=all` without folding, `as=text` line by line also for JSON."""
    keys = [request.GET.get("a", ""), request.GET.get("b", "")] if "a" in request.GET else _selected(request)
    if len(keys) != 2:
        context: dict[str, object] = {"selected": len(keys)}
        return render(request, "artifacts/artifact_compare_choose.html", context, status=422 if keys else 200)
    a, b = (get_artifact(request.user, key) for key in keys)
    shown = {name: request.GET[name] for name in ("layout", "lines", "as") if name in request.GET}
    context = {
        "a": a,
        "b": b,
        "is_split": shown.get("layout") == "split",
        "is_unfolded": shown.get("lines") == "all",
        "swapped": _link(b.pk, a.pk, shown),
        "links": {
            "split": _link(a.pk, b.pk, shown | {"layout": "split"}),
            "unified": _link(a.pk, b.pk, shown | {"layout": "unified"}),
            "unfold": _link(a.pk, b.pk, shown | {"lines": "all"}),
            "text": _link(a.pk, b.pk, shown | {"as": "text"}),
        },
        "difference": compare_contents(a, b, as_text=shown.get("as") == "text", fold=shown.get("lines") != "all"),
    }
    return render(request, "artifacts/artifact_compare.html", context)


def _selected(request: HttpRequest) -> list[str]:
    """Older first, as their ids rise in the order stored."""
    return sorted(request.GET.getlist("selected"))


def _link(a: UUID, b: UUID, shown: dict[str, str]) -> str:
    return f"{reverse('artifacts:compare_versions')}?{urlencode({'a': str(a), 'b': str(b), **shown})}"
