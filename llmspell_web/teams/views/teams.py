"""Teams: those of the account, one with its members, and what changes them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llmspell_web.teams import members
from llmspell_web.teams.access import get_place, get_place_of_admin
from llmspell_web.teams.forms import RoleForm, TeamForm
from llmspell_web.teams.invitations import list_ended, list_open
from llmspell_web.teams.models import Membership
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back
from llmspell_web.web.problems import InvalidField


@require_safe
def team_list(request: AccountRequest) -> HttpResponse:
    """The account's teams; for htmx, the choice among them that opens in the header."""
    places = list(members.places_of(request.user))
    chosen = request.user.place_for_new(places)
    has_audit = request.user.is_superuser or any(place.is_admin for place in places)
    context: dict[str, object] = {"places": places, "chosen": chosen, "next": request.GET.get("next", "")}
    context |= {"has_audit": has_audit}
    return render_either(request, "teams/team_list.html", "teams/_team_switch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: AccountRequest) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_problems(form):
            team = members.create_team(request.user, name=form.cleaned_data["name"])
            return redirect("teams:detail", team.slug)
    return render(request, "teams/team_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def use(request: AccountRequest, slug: str) -> HttpResponse:
    team = members.choose_team(request.user, slug)
    messages.success(request, f"New sessions go to the team {team.name}.")
    return go_back(request, reverse("teams:list"))


@require_safe
def detail(request: AccountRequest, slug: str) -> HttpResponse:
    place = get_place(request.user, slug)
    context: dict[str, object] = {
        "team": place.team,
        "place": place,
        "members": members.list_members(place.team),
        "roles": Membership.Role.choices,
        "open_invitations": list_open(place.team) if place.is_admin else (),
        "ended_invitations": list_ended(place.team) if place.is_admin else (),
    }
    return render(request, "teams/team_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: AccountRequest, slug: str) -> HttpResponse:
    team = get_place_of_admin(request.user, slug).team
    form = TeamForm(request.POST if request.method == "POST" else None, initial={"name": team.name})
    if form.is_valid():
        with showing_problems(form):
            members.rename_team(team, actor=request.user, name=form.cleaned_data["name"])
            return redirect("teams:detail", slug)
    return render(request, "teams/team_rename.html", {"form": form, "team": team}, status=422 if form.is_bound else 200)


@require_POST
def role(request: AccountRequest, slug: str, user_id: UUID) -> HttpResponse:
    team = get_place_of_admin(request.user, slug).team
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidField("role", "a role, and in `seen` the one that was shown", "less than that")
    place = members.change_role(team, actor=request.user, user_id=user_id, **form.cleaned_data)
    messages.success(request, f"{place.user.get_username()} is {place.get_role_display().lower()} in this team.")
    return redirect("teams:detail", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: AccountRequest, slug: str, user_id: UUID) -> HttpResponse:
    """Asks once, then removes somebody, or for the account itself leaves."""
    leaves = user_id == request.user.pk
    team = (get_place if leaves else get_place_of_admin)(request.user, slug).team
    member = members.get_member(team, user_id)
    if request.method != "POST":
        context: dict[str, object] = {
            "team": team,
            "member": member.user,
            "leaves": leaves,
            "is_last_admin": members.is_last_admin(member),
            "open_invitations": list_open(team) if not leaves else list_open(team).filter(created_by=request.user),
        }
        return render_either(request, "teams/member_remove.html", "teams/_member_remove.html", context)
    members.end_membership(team, actor=request.user, user_id=user_id)
    if leaves:
        messages.success(request, f"You are not in the team {team.name} any more.")
        return redirect("teams:list")
    messages.success(request, f"{member.user.get_username()} is not in the team {team.name} any more.")
    return redirect("teams:detail", slug)
