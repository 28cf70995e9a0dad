"""Invitations: links by which people join a team. The link is shown once; only the digest of its token is kept.

Whoever opens a link that is expired, revoked, used up or was never given gets one and the same answer.
"""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from llmspell_web.teams.access import hold_place, hold_team
from llmspell_web.teams.fields import check_username
from llmspell_web.teams.members import revoke_open
from llmspell_web.teams.models import Invitation, Membership, Team, TeamEvent, User, record_team_event
from llmspell_web.web.problems import InvalidField, NotFound, Problem
from llmspell_web.web.times import rfc3339
from llmspell_web.web.tokens import digest_of, new_token, read_lifetime

USES_MAX = 100
OPEN_MAX = 50  # at once for one team: its page shows them all
ENDED_SHOWN = 20
LIFETIMES = ("hour", "day", "week", "month")
NO_INVITATION = "this invitation is not valid, or not any more: ask whoever sent it for a new one"


def create_invitation(team: Team, *, actor: User, role: str, lifetime: str, uses: int) -> tuple[Invitation, str]:
    """The invitation and its token, which nobody can read again. `lifetime` is a key of LIFETIMES."""
    if role not in Membership.Role.values:
        raise InvalidField("role", f"one of {', '.join(Membership.Role.values)}", role[:40])
    lasts = read_lifetime(lifetime, LIFETIMES)
    if not 1 <= uses <= USES_MAX:
        raise InvalidField("uses", f"a number from 1 to {USES_MAX}", str(uses)[:40])
    token, now = new_token(), timezone.now()
    invitation = Invitation(team=team, digest=digest_of(token), role=role, uses_max=uses, created_by=actor)
    invitation.created_at, invitation.expires_at = now, now + lasts
    with transaction.atomic():
        hold_place(actor, team)
        if list_open(team).count() >= OPEN_MAX:
            raise Problem(f"this team has {OPEN_MAX} open invitations, which is as many as it may: revoke some first")
        invitation.save(force_insert=True)
        record_team_event(
            team,
            TeamEvent.Kind.INVITED,
            actor=actor,
            role=(None, role),
            invitation=str(invitation.pk),
            uses_max=uses,
            expires_at=rfc3339(invitation.expires_at),
        )
    return invitation, token


def list_open(team: Team) -> "QuerySet[Invitation]":
    """All of them, the newest first, with who made them."""
    return Invitation.objects.open().filter(team=team).select_related("created_by").order_by("-pk")


def list_ended(team: Team) -> "QuerySet[Invitation]":
    """The newest of those that nobody can join by any more."""
    ended = Invitation.objects.filter(team=team).exclude(pk__in=Invitation.objects.open().values("pk"))
    return ended.select_related("created_by").order_by("-pk")[:ENDED_SHOWN]


def get_open_invitation(team: Team, key: UUID) -> Invitation:
    invitation = list_open(team).filter(pk=key).first()
    if invitation is None:
        raise NotFound("there is no such open invitation any more")
    return invitation


def revoke_invitation(invitation: Invitation, *, actor: User) -> None:
    """Nothing to do where it has ended by itself meanwhile."""
    with transaction.atomic():
        hold_place(actor, invitation.team)
        revoke_open(Invitation.objects.filter(pk=invitation.pk), actor=actor)


def get_invitation(token: str, reader: User | None) -> tuple[Invitation, Membership | None]:
    """What the token invites to, with its team, and the reader's place there if there is one already.

    A member is told so whatever became of the link; everybody else gets NotFound, alike for all that ended it.
    """
    invitation = Invitation.objects.select_related("team").filter(digest=digest_of(token)).first()
    if invitation is None:
        raise NotFound(NO_INVITATION)
    place = Membership.objects.filter(team=invitation.team_id, user=reader).first() if reader else None
    if invitation.ending and place is None:
        raise NotFound(NO_INVITATION)
    return invitation, place


def join_team(token: str, *, user: User) -> Membership:
    """The user's place in the team. Who is in it already keeps role and place, and uses nothing up; NotFound when the
    last use went to somebody else meanwhile."""
    with transaction.atomic():
        invitation, _ = get_invitation(token, user)
        hold_team(invitation.team)
        place = Membership.objects.select_related("team").filter(team=invitation.team, user=user).first()
        if place is not None:
            return place
        mine = Invitation.objects.open().filter(pk=invitation.pk)
        if not mine.update(uses=F("uses") + 1, last_used_at=timezone.now()):
            raise NotFound(NO_INVITATION)
        place = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
        role, key = (None, place.role), str(invitation.pk)
        record_team_event(invitation.team, TeamEvent.Kind.JOINED, actor=user, subject=user, role=role, invitation=key)
    return place


def join_with_new_account(token: str, *, username: str, password: str) -> Membership:
    """A new account, whose only team is that of the invitation; none is made when the invitation has ended."""
    check_username(username)
    # Hashed before the transaction: that takes as long as a hundred writes of others.
    user = User(username=username, password=make_password(password))
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)  # not through the manager, which adds accounts to the default team
        except IntegrityError:  # between the form and here
            raise InvalidField("username", "a name that nobody has", username) from None
        return join_team(token, user=user)
