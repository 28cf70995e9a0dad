"""The trash: what lies there, taking it out, and deleting it for good."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.trash.access import admin_teams, load_for_purge, parse_items
from llmspell_web.trash.consequences import foresee
from llmspell_web.trash.forms import ConfirmForm, FilterForm
from llmspell_web.trash.listing import page_trash, recent_purges
from llmspell_web.trash.presentation import told_purged, told_restored
from llmspell_web.trash.services import Outcome, purge_items, restore_items
from llmspell_web.web.errors import sentence
from llmspell_web.web.navigation import go_back
from llmspell_web.web.problems import Problem

PURGES_SHOWN = 20


@require_safe
def trash_list(request: AccountRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    is_valid = form.is_valid()
    admin_of = admin_teams(request.user)
    context = {
        "form": form,
        "trash_days": settings.TRASH_DAYS,
        "are_ticked": request.GET.get("ticked") == "page",
        "is_filtered": any(request.GET.get(name) for name in ("q", "kind", "by")),
        "page": page_trash(request.user, form.wanted, form.cleaned_data["after"]) if is_valid else None,
        "admin_of": admin_of,
        "purges": recent_purges(admin_of, PURGES_SHOWN) if admin_of else [],
    }
    return render(request, "trash/list.html", context, status=200 if is_valid else 422)


@require_POST
def restore(request: AccountRequest) -> HttpResponse:
    outcome = restore_items(request.user, parse_items(request.POST.getlist("item")))
    messages.success(request, told_restored(outcome.done, request.user))
    _tell_refused(request, outcome, "could not be taken out")
    return go_back(request, reverse("trash:list"))


@require_http_methods(["GET", "HEAD", "POST"])
def purge(request: AccountRequest) -> HttpResponse:
    """Says what goes and asks to type it; then deletes it for good. Asking may be a POST with `ask`, too."""
    sent = request.POST if request.method == "POST" else request.GET
    is_sent = request.method == "POST" and "ask" not in sent
    found = load_for_purge(request.user, parse_items(sent.getlist("item")))
    going = {item: it for item, it in found.items() if not isinstance(it, Problem)}
    refused = [it for it in found.values() if isinstance(it, Problem)]
    if not going:
        raise refused[0]
    form = ConfirmForm(list(going.values()), request.POST if is_sent else None)
    if form.is_valid():
        outcome = purge_items(request.user, going)
        messages.success(request, told_purged(outcome.done))
        _tell_refused(request, outcome, "could not be deleted")
        return redirect("trash:list")
    context = {"form": form, "going": going, "refused": refused, "foreseen": foresee(list(going.values()))}
    return render(request, "trash/purge.html", context, status=422 if is_sent else 200)


def _tell_refused(request: AccountRequest, outcome: Outcome, what: str) -> None:
    if outcome.refused:
        reasons = " ".join(sentence(words) for words in outcome.problems)
        messages.error(request, f"{outcome.refused:,} {what}. {reasons}")
