"""Teams and who belongs to them. Every change holds the team's row (`access.hold_team`) and leaves a `TeamEvent`.

A team keeps an admin: the last one can neither leave nor be removed nor get another role. What somebody made stays when
they go, and every access asks for the membership at that moment: there is nothing else to take away.
"""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from llmspell_web.teams.access import get_place, hold_place
from llmspell_web.teams.fields import clean_name, new_slug
from llmspell_web.teams.models import (
    Invitation,
    InvitationQuerySet,
    Membership,
    Team,
    TeamEvent,
    User,
    record_team_event,
)
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound

SLUG_TRIES = 10
Kind, Role = TeamEvent.Kind, Membership.Role


def places_of(user: User) -> "QuerySet[Membership]":
    """The user's memberships with their teams, in the order joined, and how many members each team has (`members`)."""
    places = Membership.objects.filter(user=user, team__private_to=None).select_related("team")
    return places.annotate(members=Count("team__memberships")).order_by("joined_at")


def list_members(team: Team) -> "QuerySet[Membership]":
    """With their accounts, by user name."""
    return Membership.objects.filter(team=team).select_related("user").order_by("user__username")


def get_member(team: Team, user_id: UUID) -> Membership:
    place = list_members(team).filter(user=user_id).first()
    if place is None:
        raise NotFound("there is no such member in this team any more")
    return place


def is_last_admin(place: Membership) -> bool:
    """Accounts that cannot log in do not count."""
    others = Membership.objects.filter(team=place.team_id, role=Role.ADMIN, user__is_active=True)
    return place.is_admin and not others.exclude(pk=place.pk).exists()


def create_team(actor: User, *, name: str) -> Team:
    """The actor is its admin. Its slug is made here and never changes."""
    name = clean_name(name)
    with transaction.atomic():
        team = _insert_team(name)
        Membership.objects.create(team=team, user=actor, role=Role.ADMIN)
        record_team_event(team, Kind.CREATED, actor=actor, subject=actor, name=(None, name), role=(None, Role.ADMIN))
    return team


def rename_team(team: Team, *, actor: User, name: str) -> Team:
    name = clean_name(name)
    with transaction.atomic():
        held = hold_place(actor, team).team
        if held.name != name:
            record_team_event(held, Kind.RENAMED, actor=actor, name=(held.name, name))
            held.name = name
            held.save(update_fields=["name"])
    return held


def change_role(team: Team, *, actor: User, user_id: UUID, role: str, seen: str) -> Membership:
    """`seen` is the role that the actor saw: Conflict where it is neither that nor the wanted one any more, and for the
    last admin. Who is no admin any more has no invitations open."""
    if role not in Role.values:
        raise InvalidField("role", f"one of {', '.join(Role.values)}", role[:40])
    with transaction.atomic():
        hold_place(actor, team)
        place = get_member(team, user_id)
        before, name = place.role, place.user.get_username()
        if before == role:
            return place
        if before != seen:
            raise Conflict(f"somebody else was faster: {name} is {before} now. Look again before you change it")
        _check_admin_stays(place, "get another role")
        place.role = role
        place.save(update_fields=["role"])
        record_team_event(team, Kind.ROLE_CHANGED, actor=actor, subject=place.user, role=(before, role))
        if before == Role.ADMIN:
            revoke_open(Invitation.objects.filter(team=team, created_by=place.user), actor=actor)
    return place


def end_membership(team: Team, *, actor: User, user_id: UUID) -> Membership:
    """The actor leaves, or as an admin removes somebody else. Conflict for the last admin.

    Who is removed may know the links that are open, and all of them end; who leaves takes the own ones along.
    """
    with transaction.atomic():
        own = hold_place(actor, team, as_admin=user_id != actor.pk)
        place = own if user_id == actor.pk else get_member(team, user_id)
        _check_admin_stays(place, "leave" if place is own else "be removed")
        kind = Kind.LEFT if place is own else Kind.REMOVED
        known = Invitation.objects.filter(team=team)
        revoke_open(known.filter(created_by=actor) if place is own else known, actor=actor)
        record_team_event(team, kind, actor=actor, subject=place.user, role=(place.role, None))
        Membership.objects.filter(pk=place.pk).delete()
    return place


def choose_team(user: User, slug: str) -> Team:
    """New sessions and runs of this account go there from now on. Forbidden where the user may only look."""
    place = get_place(user, slug)
    if not place.may_create:
        raise Forbidden(f"you may not create sessions: your role in the team {place.team.name} is viewer")
    user.new_session_team = place.team
    user.save(update_fields=["new_session_team"])
    return place.team


def revoke_open(invitations: InvitationQuerySet, *, actor: User) -> None:
    """Ends those of them that are open. The caller holds their team."""
    ending = list(invitations.open().select_related("team"))
    Invitation.objects.filter(pk__in=[one.pk for one in ending]).update(revoked_at=timezone.now())
    for one in ending:
        record_team_event(one.team, Kind.REVOKED, actor=actor, invitation=str(one.pk), uses_left=one.uses_left)


def _check_admin_stays(place: Membership, what: str) -> None:
    if is_last_admin(place):
        name = place.user.get_username()
        raise Conflict(f"{name} is the last admin of this team and cannot {what}: make somebody else an admin first")


def _insert_team(name: str) -> Team:
    for _ in range(SLUG_TRIES):
        try:
            with transaction.atomic():
                return Team.objects.create(name=name, slug=new_slug(name))
        except IntegrityError:  # one slug in 33 million is equal to that of a team of the same name
            continue
    raise Conflict("no free address was found for this team: please try again")
