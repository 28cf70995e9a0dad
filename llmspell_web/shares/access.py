"""The ways to what can be shared, for members, and the way to what is shared, for whoever has a link."""

from uuid import UUID

from artifacts.access import get_artifact
from artifacts.models import Artifact
from llmspell_web.shares.models import Share
from llmspell_web.teams.models import Membership, User
from llmspell_web.web.problems import Forbidden, NotFound
from llmspell_web.web.tokens import digest_of
from llmspell_web.workspace.access import get_run, may_change_runs
from llmspell_web.workspace.models import Run
from sessions.access import get_session_for_change
from sessions.models import Session

Shareable = Session | Artifact | Run
NO_LINK = "this link is not valid, or not any more: ask whoever sent it for a new one"


def get_shareable(user: User, kind: str, key: UUID) -> Shareable:
    """For who may change it: members and admins of its team, of what is private its owner. Forbidden for viewers,
    NotFound for everybody else."""
    match kind:
        case "session":
            return get_session_for_change(user, key)
        case "artifact":
            artifact = get_artifact(user, key)
            get_session_for_change(user, artifact.session_id)
            return artifact
        case "run":
            run = get_run(user, key)
            if not may_change_runs(run):
                raise Forbidden("you may not share this run: your role in its team is viewer")
            return run
    raise NotFound(f"there is no page about links of this kind: {kind}")


def get_share_to_revoke(user: User, key: UUID) -> Share:
    """One that has not ended, for who made it and the admins of its team; Forbidden for the others who see it."""
    share = Share.objects.open().filter(pk=key).select_related("created_by").first()
    place = Membership.objects.filter(user=user.pk, team=share.team_id).first() if share else None
    if share is None or place is None or not (place.may_create or share.created_by_id == user.pk):
        raise NotFound("there is no such link any more")
    if not may_revoke(user, share, place.role):
        raise Forbidden("only who made this link, and the admins of its team, may revoke it")
    return share


def find_share(token: str) -> Share:
    """What the token leads to at this moment, with its session or run. One query, whatever comes of it: NotFound alike
    for all that is in the way."""
    standing = Share.objects.standing().filter(digest=digest_of(token))
    share = standing.select_related("session", "run").first()
    if share is None:
        raise NotFound(NO_LINK)
    return share


def may_revoke(user: User, share: Share, role: str) -> bool:
    return share.created_by_id == user.pk or role == Membership.Role.ADMIN
