"""A session at a glance, for the list."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from sessions.access import get_session
from sessions.preview import preview_session


@require_safe
def preview(request: AccountRequest, pk: UUID) -> HttpResponse:
    """A part of a page, whoever asks."""
    session = get_session(request.user, pk)
    return render(request, "sessions/_session_preview.html", preview_session(session, request.user))
