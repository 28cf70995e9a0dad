"""What lies below a session, and putting it somewhere else."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import is_partial, render_either
from sessions.access import get_session, get_session_for_change
from sessions.conflicts import overtaken_changes
from sessions.edit_forms import MoveForm
from sessions.hierarchy import move_session, visible_parent
from sessions.offers import possible_parents
from sessions.presentation import child_tree

CHILDREN = "sessions/_children_level.html"


@require_safe
def children(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The next level of the tree; as a page of its own it is the list of the children."""
    session = get_session(request.user, pk)
    if not is_partial(request):
        return redirect(f"{reverse('sessions:list')}?parent={session.pk}")
    return render_either(request, CHILDREN, CHILDREN, child_tree(session, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Choose another parent, or none; `?find=` looks for sessions by a part of their name."""
    session = get_session_for_change(request.user, pk)
    find = request.GET.get("find", "")
    parent = visible_parent(session, request.user)
    form = MoveForm(parent, request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.showing_overtaken():
            move_session(
                session,
                actor=request.user,
                parent=form.cleaned_data["parent"],
                seen=form.cleaned_data["seen"]["parent"],
            )
            messages.success(request, f"{session.name} has a new place.")
            return redirect(session)
    context = {
        "session": session,
        "parent": parent,
        "form": form,
        "find": find,
        "choices": possible_parents(request.user, session, find),
        "overtaken": overtaken_changes(session, form.overtaken, request.user),
    }
    return render(request, "sessions/session_move.html", context, status=form.status)
