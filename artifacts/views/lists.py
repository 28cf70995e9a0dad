"""The artifacts of a session: older versions, what is new, and what is done with several at once."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from artifacts import services
from artifacts.bundles import Entry, all_entries, entries_of, gather, make_zip, pick_artifacts
from artifacts.forms import read_selection
from artifacts.models import Artifact
from artifacts.zip_names import safe_segment
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.downloads import send_made
from llmspell_web.web.htmx import render_either
from llmspell_web.web.notices import tell_with_undo
from llmspell_web.web.paging import read_position
from llmspell_web.web.problems import InvalidField, NotFound, Problem
from sessions.access import get_session, get_session_for_change, may_change
from sessions.artifact_list import ArtifactFilterForm
from sessions.fields import is_storable
from sessions.models import Session, SessionEvent

VERSIONS_SHOWN = 50
NEWS_MAX = 100  # more are told as "100 or more"
NAMED_MAX = 10  # of many artifacts, so many are named in a message
KINDS = (SessionEvent.Kind.ARTIFACT_STORED, SessionEvent.Kind.ARTIFACT_DELETED)


@require_safe
def versions(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """Every version of `?name=` outside the trash; `before` is the number that the page before ended with."""
    session = get_session(request.user, session_pk)
    name = request.GET.get("name", "")
    rows = session.artifacts.filter(name=name, deleted_at=None) if is_storable(name) else session.artifacts.none()
    if (before := read_position(request.GET.get("before", ""))) is not None:
        rows = rows.filter(version__lt=before)
    found = list(rows.select_related("created_by").order_by("-version")[: VERSIONS_SHOWN + 1])
    if not found:
        raise NotFound("there is no artifact of this name, or no older version of it")
    more, found = len(found) > VERSIONS_SHOWN, found[:VERSIONS_SHOWN]
    context: dict[str, object] = {
        "session": session,
        "name": name,
        "versions": found,
        "before": found[-1].version if more else None,
        "may_change": may_change(session),
    }
    return render_either(request, "artifacts/version_list.html", "artifacts/_version_list.html", context)


@require_safe
def news(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """What others and scripts have stored and deleted since the event `after`; 204 while nothing came after `seen`."""
    session = get_session(request.user, session_pk)
    after = read_position(request.GET.get("after", "")) or 0
    seen = max(after, read_position(request.GET.get("seen", "")) or 0)
    events = session.events.filter(kind__in=KINDS).exclude(actor=request.user, run_id=None)
    newest = events.filter(number__gt=seen).order_by("-number").values_list("number", flat=True).first()
    if newest is None:
        return HttpResponse(status=204)
    kinds = list(events.filter(number__gt=after).values_list("kind", flat=True)[:NEWS_MAX])
    context = {
        "session": session,
        "after": after,
        "seen": newest,
        "stored": kinds.count(SessionEvent.Kind.ARTIFACT_STORED),
        "deleted": kinds.count(SessionEvent.Kind.ARTIFACT_DELETED),
        "is_cut": len(kinds) == NEWS_MAX,
        "here": request.htmx.current_url_abs_path or session.get_absolute_url(),
    }
    return render(request, "artifacts/_news.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: AccountRequest, session_pk: UUID) -> HttpResponseBase:
    """A ZIP of the chosen artifacts, or of all that the filter in the URL leaves, `?versions=all` with old versions."""
    session = get_session(request.user, session_pk)
    given = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" or "artifact" in given:
        chosen, missing = pick_artifacts(session, read_selection(given.getlist("artifact")))
        made = make_zip(entries_of(chosen), missing)
    else:
        made = make_zip(_filtered(request, session))
    name = safe_segment(session.name) or "artifacts"
    return send_made(request, lambda: gather(made), name=f"{name}.zip", mime_type="application/zip", size=len(made))


def _filtered(request: AccountRequest, session: Session) -> Iterable[Entry]:
    form = ArtifactFilterForm(request.GET)
    if not form.is_valid():
        raise InvalidField("filter", "a link of the session's page", request.GET.urlencode())
    every = session.artifacts.filter(deleted_at=None)
    wanted = every if request.GET.get("versions") == "all" else session.artifacts.newest()
    return all_entries(form.narrow(wanted, request.user))


@require_POST
def delete_some(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """Asks once, then moves the chosen versions to the trash, each for itself, and says which could not be. Asking is a
    POST, too: the list of what was chosen can be longer than an address."""
    session = get_session_for_change(request.user, session_pk)
    chosen, gone = pick_artifacts(session, read_selection(request.POST.getlist("artifact")))
    if "confirmed" not in request.POST:
        context: dict[str, object] = {"session": session, "chosen": chosen, "gone": gone}
        return render_either(request, "artifacts/artifacts_delete.html", "artifacts/_artifacts_delete.html", context)
    refused = services.delete_artifacts(chosen, actor=request.user)
    event = session.events.order_by("-number").values_list("number", flat=True).first()
    undo = f"{reverse('artifacts:restore_some', args=[session.pk])}?after={session.event_count}&to={event}"
    _tell_deleted(request, len(chosen) - len(refused), refused, gone, undo)
    return redirect(session)


def _tell_deleted(
    request: AccountRequest, count: int, refused: list[tuple[Artifact, Problem]], gone: list[Artifact], undo: str
) -> None:
    if count:
        tell_with_undo(request, f"Moved {count} {'version' if count == 1 else 'versions'} to the trash.", undo)
    if gone:
        messages.warning(request, f"In the trash already: {_name_some(gone)}.")
    reasons: dict[str, list[Artifact]] = {}
    for artifact, problem in refused:
        reasons.setdefault(str(problem), []).append(artifact)
    for reason, artifacts in reasons.items():
        messages.error(request, f"Not deleted: {_name_some(artifacts)}, because {reason}.")


def _name_some(artifacts: list[Artifact]) -> str:
    named = ", ".join(f"{artifact.name} v{artifact.version}" for artifact in artifacts[:NAMED_MAX])
    return f"{named} and {len(artifacts) - NAMED_MAX} more" if len(artifacts) > NAMED_MAX else named
