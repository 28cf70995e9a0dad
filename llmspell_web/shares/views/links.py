"""Links that members give to people outside: listing, making and revoking them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from llmspell_web.shares.access import get_share_to_revoke, get_shareable
from llmspell_web.shares.forms import ShareForm
from llmspell_web.shares.models import Share
from llmspell_web.shares.presentation import describe_shares, frame_of
from llmspell_web.shares.services import create_share, newest_shares, revoke_share
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back, own_path
from llmspell_web.web.paging import newest_first

PAGE_SIZE = 50


@require_safe
def link_list(request: AccountRequest) -> HttpResponse:
    """All of the teams where the account is an admin, its own in the others; `?after=` goes on."""
    shares = Share.objects.visible_to(request.user).with_standing().select_related("created_by", "team")
    page = newest_first(shares, request.GET.get("after", ""), size=PAGE_SIZE)
    context = {"rows": describe_shares(page.items, request.user), "after": page.after}
    return render(request, "shares/list.html", context)


@require_safe
def links_of(request: AccountRequest, kind: str, pk: UUID) -> HttpResponse:
    thing = get_shareable(request.user, kind, pk)
    context = {**frame_of(kind, thing), "rows": describe_shares(newest_shares(thing), request.user)}
    return render(request, "shares/links.html", context)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: AccountRequest, kind: str, pk: UUID) -> HttpResponse:
    """The answer to the form is the only page that ever holds the link: it is stored nowhere, so that no redirection
    could lead to it."""
    thing = get_shareable(request.user, kind, pk)
    form = ShareForm(request.POST if request.method == "POST" else None)
    context = {**frame_of(kind, thing), "form": form}
    if form.is_valid():
        with showing_problems(form):
            share, token = create_share(thing, actor=request.user, **form.given)
            link = request.build_absolute_uri(reverse("shares:shared", args=[token]))
            return render(request, "shares/made.html", {**context, "share": share, "shared_link": link})
    return render(request, "shares/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once."""
    share = get_share_to_revoke(request.user, pk)
    if request.method != "POST":
        back = own_path(request, request.GET.get("next", "")) or reverse("shares:list")
        context: dict[str, object] = {"share": share, "back": back}
        return render_either(request, "shares/revoke.html", "shares/_revoke.html", context)
    revoke_share(share, actor=request.user)
    messages.success(request, f"Nobody sees the {share.kind} {share.title} by that link any more.")
    return go_back(request, reverse("shares:list"))
