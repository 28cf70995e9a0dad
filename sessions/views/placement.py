"""Giving a session another owner or team, or keeping it private."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from llmspell_web.teams.models import Team
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from llmspell_web.web.problems import Forbidden
from sessions.access import get_session
from sessions.conflicts import overtaken_changes
from sessions.edit_forms import PlaceForm
from sessions.placement import consequences, may_place, place_session

TEMPLATES = "sessions/session_place.html", "sessions/_session_place.html"


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Choose (GET), see in `?team=` and `?owner=` what comes of it, and do it (POST)."""
    session = get_session(request.user, pk)
    if not may_place(session, request.user):
        raise Forbidden("you may not give this session another owner or team: ask its owner or an admin of the team")
    sent = request.POST if request.method == "POST" else request.GET if "team" in request.GET else None
    form = PlaceForm(session, request.user, sent)
    context: dict[str, object] = {"session": session, "form": form}
    if form.is_valid():
        team, owner = form.chosen
        if request.method == "POST":
            with form.showing_overtaken():
                place_session(session, actor=request.user, team=team, owner=owner, seen=form.cleaned_data["seen"])
                messages.success(request, f"{session.name} belongs to {owner.username}, {_where(team)}.")
                return redirect(session)
            context["overtaken"] = overtaken_changes(session, form.overtaken, request.user)
        context |= {"owner": owner, "coming": consequences(session, team)}
    status = form.status if request.method == "POST" else 422 if form.errors else 200
    return render_either(request, *TEMPLATES, context, status=status)


def _where(team: Team) -> str:
    return "who alone sees it" if team.private_to_id else f"in the team {team.name}"
