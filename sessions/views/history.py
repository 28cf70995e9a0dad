"""The history of a session, one event of it, and what is new since the page was shown."""

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from llmspell_web.web.problems import NotFound
from sessions.access import get_session
from sessions.event_view import view_events
from sessions.history_page import NUMBER_MAX, HistoryFilter, known_actors, read_around, read_new, read_number, read_page
from sessions.models import Session, SessionEvent
from sessions.presentation import first_children, mark_children, metadata_body, session_frame


@require_safe
def history(request: AccountRequest, pk: UUID) -> HttpResponse:
    """`?kind=` (several) and `?actor=` filter; `?before=` and `?after=` page by the events' numbers."""
    session = get_session(request.user, pk)
    wanted = HistoryFilter.read(request.GET)
    context = _frame(request, session, wanted)
    if not wanted.problems:
        page = read_page(session, wanted, request.GET, request.user)
        context |= {"page": page, "events": None if page.newer else "1"}
    status = 422 if wanted.problems else 200
    return render(request, "sessions/session_history.html", context, status=status)


@require_safe
def event(request: AccountRequest, pk: UUID, number: int) -> HttpResponse:
    """One event among those around it, for good: also when it was lost, as long as it had been there."""
    session = get_session(request.user, pk)
    if not 1 <= number <= session.event_count:
        raise NotFound(f"this session has no event {number}")
    context = _frame(request, session, HistoryFilter())
    context |= {"page": read_around(session, number, request.user), "chosen": number}
    return render(request, "sessions/session_history.html", context)


@require_safe
def event_changes(request: AccountRequest, pk: UUID, number: int) -> HttpResponse:
    """Everything that an event says, uncut."""
    session = get_session(request.user, pk)
    found = session.events.select_related("actor").filter(number=min(number, NUMBER_MAX)).first()
    if found is None:
        raise NotFound(f"this session has no event {number}")
    [view] = view_events([found], request.user, shorten=False)
    context: dict[str, object] = {"session": session, "view": view, "is_whole": True}
    return render_either(request, "sessions/session_event.html", "sessions/_event_changes.html", context)


@require_safe
def live(request: AccountRequest, pk: UUID) -> HttpResponse:
    """What changed since event `?after=`, as parts that find their places on the page of `?tab=`; 204: nothing.
    With `?events` also the new events, under the history's filter. `?children=` and `?tree=` are the marks of the
    children and the metadata that the page shows."""
    session = get_session(request.user, pk)
    after = read_number(request.GET.get("after", ""))
    has_news = after is None or after < session.event_count
    if not has_news and not _has_other_children(request, session):
        return HttpResponse(status=204)
    wanted = HistoryFilter.read(request.GET)
    context = session_frame(session, request.user, request.GET.get("tab", ""))
    context |= {"oob": True, "has_news": has_news, "events": request.GET.get("events")}
    context["has_other_children"] = request.GET.get("children") != context["children_mark"]
    context["has_other_metadata"] = request.GET.get("tree") != context["metadata_mark"]
    if context["has_other_metadata"] and context["tab"] == "sessions:metadata":
        context |= _metadata_body(request, session)
    if context["events"] and not wanted.problems:
        context["new"] = read_new(session, wanted, after or 0, request.user)
    return render(request, "sessions/_live.html", context)


def _has_other_children(request: AccountRequest, session: Session) -> bool:
    shown = request.GET.get("children")
    return shown is not None and shown != mark_children(first_children(session, request.user))


def _metadata_body(request: AccountRequest, session: Session) -> dict[str, object]:
    """As the page has it; all of it where the place that was shown is gone."""
    try:
        return metadata_body(session, request.GET)
    except NotFound:
        return metadata_body(session, QueryDict())


def _frame(request: AccountRequest, session: Session, wanted: HistoryFilter) -> dict[str, object]:
    return {
        **session_frame(session, request.user, "sessions:history"),
        "wanted": wanted,
        "kinds": [(value, label, value in wanted.kinds) for value, label in SessionEvent.Kind.choices],
        "actors": sorted({*known_actors(session), *([wanted.actor] if wanted.actor else [])}),
    }
