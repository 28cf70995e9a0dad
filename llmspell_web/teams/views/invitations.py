"""Inviting by a link, and joining by one. The token in a URL is a secret: none of these pages is kept by a cache."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from llmspell_web.teams import invitations, rates
from llmspell_web.teams.access import get_place_of_admin
from llmspell_web.teams.forms import AccountForm, InvitationForm
from llmspell_web.teams.models import User
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.teams.sign_on import provider_name
from llmspell_web.teams.views.first_run import LOGIN_BACKEND
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.mail import send_soon
from llmspell_web.web.rate_limits import check_rate, counting_failures

MAIL = "teams/invitation_mail.txt"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: AccountRequest, slug: str) -> HttpResponse:
    """The answer to the form is the only page that ever holds the link: it is stored nowhere, so that no redirection
    could lead to it."""
    team = get_place_of_admin(request.user, slug).team
    form = InvitationForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"team": team, "form": form}
    if form.is_valid():
        email = form.cleaned_data.pop("email", "")
        if email:
            check_rate(request, "invitation_mail", key=str(request.user.pk), rate=rates.INVITATION_MAIL)
        with showing_problems(form):
            invitation, token = invitations.create_invitation(team, actor=request.user, **form.cleaned_data)
            link = request.build_absolute_uri(reverse("teams:join", args=[token]))
            context |= {"invitation": invitation, "link": link, "email": email}
            if email:
                send_soon(EmailMessage("Invitation to LLMSpell", render_to_string(MAIL, context), to=[email]))
            return render(request, "teams/invitation_made.html", context)
    return render(request, "teams/invitation_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: AccountRequest, slug: str, pk: UUID) -> HttpResponse:
    """Asks once."""
    team = get_place_of_admin(request.user, slug).team
    invitation = invitations.get_open_invitation(team, pk)
    if request.method != "POST":
        context: dict[str, object] = {"team": team, "invitation": invitation}
        return render_either(request, "teams/invitation_revoke.html", "teams/_invitation_revoke.html", context)
    invitations.revoke_invitation(invitation, actor=request.user)
    messages.success(request, "Nobody can join by that invitation any more.")
    return redirect("teams:detail", slug)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Asks whether to join (GET) and joins (POST); who is not logged in makes an account, or logs in and comes back."""
    reader = request.user if isinstance(request.user, User) else None
    with counting_failures(request, "secret_link", rate=rates.LINK):
        invitation, place = invitations.get_invitation(token, reader)
    if reader is None:
        return redirect("teams:sign_up", token)
    if request.method != "POST":
        return render(request, "teams/join.html", {"invitation": invitation, "team": invitation.team, "place": place})
    place = invitations.join_team(token, user=reader)
    messages.success(request, f"You are {place.get_role_display().lower()} in the team {place.team.name}.")
    return redirect("teams:detail", place.team.slug)


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """Makes an account that is in the team, and logs it in."""
    if request.user.is_authenticated:
        return redirect("teams:join", token)
    with counting_failures(request, "secret_link", rate=rates.LINK):
        invitation, _ = invitations.get_invitation(token, None)
    if request.method == "POST":
        check_rate(request, "new_account", rate=rates.NEW_ACCOUNT)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        username, password = form.cleaned_data["username"], form.cleaned_data["password1"]
        with showing_problems(form):
            place = invitations.join_with_new_account(token, username=username, password=password)
            login(request, place.user, backend=LOGIN_BACKEND)
            return redirect("teams:detail", place.team.slug)
    join_url = reverse("teams:join", args=[token])
    context = {"form": form, "invitation": invitation, "team": invitation.team, "join": join_url}
    context["provider"] = provider_name()
    return render(request, "teams/sign_up.html", context, status=422 if form.is_bound else 200)
