"""Saves of a session: making one, looking into it as it was, and going on from it in a new session."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from artifacts.comparison import describe_fields
from artifacts.copies import open_save
from artifacts.downloads import send_blob
from artifacts.saves import save_session
from artifacts.states import get_save, saved_artifact, saved_state
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.paging import read_position
from sessions.access import get_session, get_session_for_change, may_change
from sessions.models import SessionSave

MANIFEST_SHOWN = 100


@require_POST
def save(request: AccountRequest, session_pk: UUID) -> HttpResponse:
    """A numbered snapshot of the session and of the list of its artifacts."""
    session = get_session_for_change(request.user, session_pk)
    saved = save_session(session, actor=request.user)
    messages.success(request, f"Saved {session.name} as number {saved.number}.")
    return redirect(session)


@require_safe
def saved(request: AccountRequest, session_pk: UUID, number: int) -> HttpResponse:
    """The session as that save recorded it; `?after=` says behind which line of the manifest the list goes on."""
    session = get_session(request.user, session_pk)
    state = saved_state(get_save(session, number), session)
    context = {
        "session": session,
        "save": state.save,
        "state": state,
        "facts": describe_fields(state),
        "may_change": may_change(session),
        **_manifest(state.save, request.GET.get("after", "")),
    }
    return render(request, "artifacts/saved.html", context)


def _manifest(save: SessionSave | None, after: str) -> dict[str, object]:
    assert save is not None
    lines = save.artifacts.select_related("blob").order_by("pk")
    if (position := read_position(after)) is not None:
        lines = lines.filter(pk__gt=position)
    found = list(lines[: MANIFEST_SHOWN + 1])
    more = len(found) > MANIFEST_SHOWN
    return {"lines": found[:MANIFEST_SHOWN], "after": found[MANIFEST_SHOWN - 1].pk if more else ""}


@require_safe
def download_saved(request: AccountRequest, session_pk: UUID, number: int, pk: int) -> HttpResponseBase:
    """The content as it was then, also of an artifact that lies in the trash since."""
    session = get_session(request.user, session_pk)
    line = saved_artifact(get_save(session, number), pk)
    return send_blob(request, line.blob, name=line.name, mime_type=line.mime_type, modified=line.save_record.created_at)


@require_POST
def open_as_session(request: AccountRequest, session_pk: UUID, number: int) -> HttpResponse:
    session = get_session_for_change(request.user, session_pk)
    copy = open_save(get_save(session, number), actor=request.user)
    messages.success(request, f"This is {copy.name}, a new session: {session.name} stays as it is.")
    return redirect(copy)
