"""What people outside see by a link: a question first, then what is shared, and nothing else."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from artifacts.parts import PARTS
from artifacts.previews.look import take_look
from artifacts.previews.readers import build_preview
from llmspell_web.shares import contents
from llmspell_web.shares.access import find_share
from llmspell_web.shares.forms import OpenForm
from llmspell_web.shares.models import Share, SharedArtifact
from llmspell_web.shares.services import open_share
from llmspell_web.shares.views.sealing import check_open_to_newcomers, for_opened, sealed
from llmspell_web.shares.visitors import has_opened, remember_opened
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.problems import NotFound
from llmspell_web.web.rate_limits import check_rate, client_address, forgive_try
from llmspell_web.workspace.output import send_output
from llmspell_web.workspace.results import present_result
from llmspell_web.workspace.run_panel import console_start
from sessions.metadata_tree import build_tree

TRIES_OF_ADDRESS, TRIES_OF_SHARE = "20/10m", "60/h"  # of a password


@sealed
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """A button first, with a password where there is one: what only fetches links, as chat programs do, uses up
    none."""
    share = find_share(token)
    if has_opened(request, share):
        return redirect("shares:shared", token) if request.method == "POST" else _show(request, share, token)
    check_open_to_newcomers(share)
    form = OpenForm(bool(share.password), request.POST if request.method == "POST" else None)
    if form.is_valid():
        _count_try(request, share)
        with showing_problems(form):
            open_share(share, form.cleaned_data.get("password", ""), address=client_address(request))
            _forgive(request, share)
            response = redirect("shares:shared", token)
            remember_opened(response, share, token)
            return response
    return render(request, "shares/open.html", {"share": share, "form": form}, status=422 if form.is_bound else 200)


@sealed
@require_safe
@for_opened
def artifact(request: HttpRequest, share: Share, token: str, pk: UUID) -> HttpResponse:
    return _show_artifact(request, share, token, contents.get_artifact(share, pk))


@sealed
@require_safe
@for_opened
def part(request: HttpRequest, share: Share, token: str, pk: UUID, part: str) -> HttpResponseBase:
    """Of an artifact that is shared: see `artifacts.parts`."""
    send = PARTS.get(part)
    if send is None:
        raise NotFound(contents.NOT_SHARED)
    return send(request, contents.get_artifact(share, pk).artifact)


@sealed
@require_safe
@for_opened
def output(request: HttpRequest, share: Share, token: str) -> HttpResponseBase:
    """The whole console of a run as a text file."""
    if share.run_id is None:
        raise NotFound(contents.NOT_SHARED)
    return send_output(share.run_id)


def _show(request: HttpRequest, share: Share, token: str) -> HttpResponse:
    match share.kind:
        case "session":
            page = contents.page_artifacts(share, request.GET.get("after", ""))
            context = {"share": share, "token": token, "session": contents.shared_session(share), "page": page}
            return render(request, "shares/session.html", context)
        case "artifact":
            return _show_artifact(request, share, token, contents.only_artifact(share))
    assert share.run
    context = {
        "share": share,
        "token": token,
        "run": share.run,
        "source_lines": share.run.source.split("\n"),
        "result": present_result(share.run.result),
        **console_start(share.run),
    }
    return render(request, "shares/run.html", context)


def _show_artifact(request: HttpRequest, share: Share, token: str, shown: SharedArtifact) -> HttpResponse:
    custom = shown.custom
    context = {
        "share": share,
        "token": token,
        "shown": shown,
        "artifact": shown.artifact,
        "custom": build_tree(custom, nodes=contents.TREE_NODES) if custom else None,
        "parts": {name: reverse("shares:part", args=[token, shown.artifact_id, name]) for name in PARTS},
        "preview": build_preview(take_look(shown.artifact, request.GET)),
    }
    return render(request, "shares/artifact.html", context)


def _count_try(request: HttpRequest, share: Share) -> None:
    if share.password:
        check_rate(request, "share_password", rate=TRIES_OF_ADDRESS)
        check_rate(request, "share_password", key=str(share.pk), rate=TRIES_OF_SHARE)


def _forgive(request: HttpRequest, share: Share) -> None:
    if share.password:
        forgive_try(request, "share_password", rate=TRIES_OF_ADDRESS)
        forgive_try(request, "share_password", key=str(share.pk), rate=TRIES_OF_SHARE)
