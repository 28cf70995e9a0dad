"""Who may look into the audit, and how much of it is theirs."""

from dataclasses import dataclass

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import Forbidden


@dataclass(frozen=True)
class Auditor:
    """Sees what happened in `teams`, and what their members did as accounts. With `runs_server`, what every account
    did, and failed log-ins at names that nobody has."""

    user: User
    teams: list[Team]
    runs_server: bool


def get_auditor(user: User) -> Auditor:
    """An admin of teams, or who runs the server (`User.is_superuser`); Forbidden for everybody else.

    What somebody keeps private has no admins: its owner has the history of each session.
    """
    places = Membership.objects.filter(user=user.pk, role=Membership.Role.ADMIN, team__private_to=None)
    teams = [place.team for place in places.select_related("team").order_by("joined_at")]
    if not teams and not user.is_superuser:
        raise Forbidden("only an admin of a team may see its audit")
    return Auditor(user, teams, user.is_superuser)
