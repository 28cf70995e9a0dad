"""What somebody ticked in the trash, loaded with what the user may do to it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from artifacts.access import get_artifacts_for_change
from artifacts.models import Artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound, Problem
from sessions.access import get_sessions_for_change
from sessions.fields import describe
from sessions.models import Session

ITEMS_MAX = 100  # more than a page holds

Trashed = Session | Artifact


class Item(NamedTuple):
    """As a form names it: `session:KEY` or `artifact:KEY`."""

    kind: str
    key: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


def parse_items(texts: Sequence[str]) -> list[Item]:
    """Each once, in the order given; `InvalidField` for none, for too many, and for what is none."""
    if not texts:
        raise InvalidField("item", "something ticked in the trash", "nothing")
    items = list(dict.fromkeys(_parse(text) for text in texts[: ITEMS_MAX + 1]))
    if len(texts) > ITEMS_MAX:
        raise InvalidField("item", f"at most {ITEMS_MAX} ticked at a time", f"{len(texts):,}")
    return items


def _parse(text: str) -> Item:
    kind, _, key = text.partition(":")
    try:
        return Item(PurgeRecord.Kind(kind).value, UUID(key))
    except ValueError:
        raise InvalidField("item", "session:KEY or artifact:KEY", describe(text)) from None


def roles_of(user: User) -> dict[UUID, str]:
    """In each team of the user."""
    return dict(Membership.objects.filter(user=user.pk).values_list("team", "role"))


def admin_teams(user: User) -> list[Team]:
    """Whose trash the user may empty."""
    places = Membership.objects.filter(user=user.pk, role=Membership.Role.ADMIN).select_related("team")
    return [place.team for place in places.order_by("joined_at")]


def load_for_restore(user: User, items: Sequence[Item]) -> Mapping[Item, Trashed | Problem]:
    """Each, or why the user cannot take it out. Held until the end of the caller's transaction."""
    sessions = get_sessions_for_change(user, _keys(items, "session"), in_trash=True)
    artifacts = get_artifacts_for_change(user, _keys(items, "artifact"), in_trash=True)
    found = {item: (sessions if item.kind == "session" else artifacts)[item.key] for item in items}
    return {item: explain(user, item) if isinstance(it, NotFound) else it for item, it in found.items()}


def load_for_purge(user: User, items: Sequence[Item]) -> Mapping[Item, Trashed | Problem]:
    """Each with its team and who deleted it, or why the user cannot delete it for good: admins of its team may."""
    sessions = Session.objects.trash_visible_to(user).filter(pk__in=_keys(items, "session"))
    artifacts = Artifact.objects.trash_visible_to(user).filter(pk__in=_keys(items, "artifact"))
    rows: dict[Item, Trashed] = {Item("session", row.pk): row for row in sessions.select_related("team", "deleted_by")}
    for row in artifacts.select_related("session__team", "deleted_by"):
        rows[Item("artifact", row.pk)] = row
    roles = roles_of(user)
    return {item: _check_admin(rows[item], roles) if item in rows else explain(user, item) for item in items}


def team_of(trashed: Trashed) -> Team:
    return trashed.team if isinstance(trashed, Session) else trashed.session.team


def _check_admin(trashed: Trashed, roles: Mapping[UUID, str]) -> Trashed | Problem:
    team = team_of(trashed)
    role = roles.get(team.pk, Membership.Role.VIEWER)
    if role == Membership.Role.ADMIN:
        return trashed
    return Forbidden(f"only admins of the team {team.name} may delete for good: your role there is {role}")


def explain(user: User, item: Item) -> Problem:
    """Where something went that is not in the trash any more, for those who could see it there."""
    places: Mapping[str, type[Trashed]] = {"session": Session, "artifact": Artifact}
    there = places[item.kind].objects.visible_to(user).filter(pk=item.key).first()
    if there is not None:
        return Conflict(f"{there.name} is not in the trash any more: somebody has taken it out")
    gone = PurgeRecord.objects.filter(object_id=item.key, team__in=roles_of(user)).select_related("actor").first()
    if gone is not None:
        who = gone.actor.get_username() if gone.actor else "the server, after its days there,"
        return Conflict(f"{gone.name} is not in the trash any more: {who} deleted it for good")
    return NotFound(f"{item.kind} not found: {item.key}")


def _keys(items: Collection[Item], kind: str) -> list[UUID]:
    return [item.key for item in items if item.kind == kind]
