"""The runs of the team: list, one run, its output, and stopping it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.errors import sentence
from llmspell_web.web.htmx import is_partial, render_either, wants_json
from llmspell_web.web.paging import newest_first, read_position
from llmspell_web.web.problems import Conflict
from llmspell_web.web.slots import fill
from llmspell_web.workspace.access import get_run, may_change_runs, with_session_in_sight
from llmspell_web.workspace.console import ConsoleStream
from llmspell_web.workspace.layers import describe_layers
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.output import send_output
from llmspell_web.workspace.run_panel import run_panel
from llmspell_web.workspace.run_uses import describe_uses
from llmspell_web.workspace.runs import request_stop
from llmspell_web.workspace.session_runs import describe_runs, page_session_runs
from sessions.access import get_session
from sessions.presentation import session_frame

PAGE_SIZE = 50


@require_safe
def run_list(request: AccountRequest) -> HttpResponse:
    runs = with_session_in_sight(Run.objects.visible_to(request.user).for_lists(), request.user)
    page = newest_first(runs, request.GET.get("after", ""), size=PAGE_SIZE)
    return render_either(request, "workspace/run_list.html", "workspace/_run_table.html", {"page": page})


@require_safe
def session_runs(request: AccountRequest, pk: UUID) -> HttpResponse:
    """A tab of the session's page: the runs that belong to it; `?status=` filters, `?after=` pages."""
    session = get_session(request.user, pk)
    status = request.GET.get("status", "")
    context = session_frame(session, request.user, "workspace:session_runs")
    context |= {"statuses": Run.Status.choices, "status": status, "is_known": status in ("", *Run.Status.values)}
    if context["is_known"]:
        page = page_session_runs(session, request.user, status=status, after=request.GET.get("after", ""))
        context |= {"page": page, "rows": describe_runs(page.items, session, request.user)}
    return render(request, "workspace/session_runs.html", context, status=200 if context["is_known"] else 422)


@require_safe
def run_detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The page of a run; for htmx only how it ended, and on this page what it read and stored."""
    run = get_run(request.user, pk)
    context = run_panel(run, request.user) | {
        "source_lines": run.source.split("\n"),
        "layers": describe_layers(run.layers),
        "may_share": may_change_runs(run),
    }
    if not is_partial(request) or request.htmx.current_url_abs_path == run.get_absolute_url():
        context |= describe_uses(run, request.user)
    if not is_partial(request):
        context |= fill("run", request.user, run, request.GET)
    return render_either(request, "workspace/run_detail.html", "workspace/_outcome_update.html", context)


@require_safe
def console(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    """The console behind `?after=`, as lines of JSON until the run ends (workspace/console.py)."""
    run = get_run(request.user, pk)
    stream = ConsoleStream(run.pk, read_position(request.GET.get("after", "")) or 0, request.user)
    response = StreamingHttpResponse(stream, content_type="application/x-ndjson")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@require_safe
def output(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    """The whole console as a text file, both streams in order."""
    return send_output(get_run(request.user, pk).pk)


@require_POST
def stop(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Stopping what has just ended is no mistake: both doors say how it ended."""
    run = get_run(request.user, pk)
    try:
        request_stop(run, actor=request.user)
    except Conflict as conflict:
        if not wants_json(request):
            messages.info(request, sentence(str(conflict)))
    return JsonResponse({"id": str(run.pk)}) if wants_json(request) else redirect(run)
