"""The ways to one team. Only its members know that it is there; what an account keeps private is no team to visit."""

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import Forbidden, NotFound


def get_place(user: User, slug: str) -> Membership:
    """The user's membership in the team, with the team. NotFound alike for one that is missing or another's."""
    place = Membership.objects.select_related("team").filter(user=user, team__slug=slug, team__private_to=None).first()
    if place is None:
        raise NotFound(f"team not found: {slug}")
    return place


def get_place_of_admin(user: User, slug: str) -> Membership:
    """As `get_place`, and Forbidden for who is no admin there."""
    place = get_place(user, slug)
    check_admin(place)
    return place


def check_admin(place: Membership) -> None:
    if not place.is_admin:
        raise Forbidden(f"only an admin of the team {place.team.name} may do this: your role is {place.role}")


def hold_team(team: Team) -> Team:
    """The team as it is now. Until the commit nobody else changes it, its members or its invitations: whoever does
    holds its row first, and holds no other team beside it."""
    return Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def hold_place(actor: User, team: Team, *, as_admin: bool = True) -> Membership:
    """As `hold_team`, with the actor's membership as it is then, which may have changed since the page was opened."""
    hold_team(team)
    place = get_place(actor, team.slug)
    if as_admin:
        check_admin(place)
    return place
