"""The workspace page, and starting a run from it."""

from pathlib import Path
from urllib.parse import unquote_to_bytes

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from llmspell_web.teams.models import User
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import add_problem
from llmspell_web.web.htmx import wants_json
from llmspell_web.web.problems import InvalidField, Problem
from llmspell_web.workspace.access import get_run
from llmspell_web.workspace.arguments import write_arguments
from llmspell_web.workspace.files import list_files
from llmspell_web.workspace.forms import ScriptForm, UploadForm
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.run_panel import run_panel
from llmspell_web.workspace.runs import create_run

EXAMPLE = Path(__file__).parent.parent / "examples" / "complete_workflow.lua"
RECENT_RUNS = 12


@require_safe
def editor(request: AccountRequest) -> HttpResponse:
    """The script of `?run=`, else the account's last one, else the example (also with `?example`)."""
    wanted = request.GET.get("run")
    last = request.user.runs.order_by("-pk").first()
    run = get_run(request.user, wanted) if wanted else last
    source = EXAMPLE.read_text() if run is None or "example" in request.GET else run.source
    form = ScriptForm(initial={"source": source, "arguments": "\n".join(write_arguments(run.arguments if run else []))})
    is_chosen = bool(wanted) or "example" in request.GET
    return render(request, "workspace/editor.html", workspace_context(request.user, form, run, is_chosen=is_chosen))


@require_POST
def run(request: AccountRequest) -> HttpResponse:
    form = ScriptForm(request.POST)
    try:
        refuse_other_encodings(request)
        if form.is_valid():
            new = create_run(request.user, source=form.cleaned_data["source"], arguments=form.cleaned_data["arguments"])
            if wants_json(request):
                return JsonResponse({"id": str(new.pk), "url": new.get_absolute_url()}, status=201)
            return redirect(new)
    except Problem as problem:
        form.is_valid()
        add_problem(form, problem)
    if wants_json(request):
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"message": words}, status=422)
    return render(request, "workspace/editor.html", workspace_context(request.user, form, None), status=422)


@require_safe
def recent_runs(request: AccountRequest) -> HttpResponse:
    """The panel of last runs, which the page fetches again when a run ends."""
    return render(request, "workspace/_recent_runs.html", {"recent_runs": list_recent(request.user)})


def workspace_context(user: User, form: ScriptForm, run: Run | None, *, is_chosen: bool = False) -> dict[str, object]:
    return {
        "form": form,
        "upload_form": UploadForm(),
        "files": list_files(user),
        "recent_runs": list_recent(user),
        "is_chosen": is_chosen,
        "new_run_url": reverse("workspace:run_script"),
        **run_panel(run, user),
    }


def list_recent(user: User) -> list[Run]:
    return list(Run.objects.visible_to(user).for_lists().order_by("-pk")[:RECENT_RUNS])


def refuse_other_encodings(request: AccountRequest) -> None:
    """Django would put replacement characters where a body is not UTF-8, and run another script than was sent."""
    if request.content_type != "application/x-www-form-urlencoded":
        return
    try:
        unquote_to_bytes(request.body.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        raise InvalidField("source", "text in UTF-8", f"other bytes at position {error.start}") from None
