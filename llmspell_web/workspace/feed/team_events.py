"""What became of a team, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from llmspell_web.teams.models import TeamEvent, User
from sessions.event_view import DetailsView, view_details


@dataclass(frozen=True)
class TeamEventView:
    """`subject` is the name of the account that it happened to, where somebody else did it."""

    event: TeamEvent
    subject: str
    details: DetailsView

    @property
    def icon(self) -> str:
        return f"team_{self.event.kind}"


def view_team_events(events: Sequence[TeamEvent], _reader: User) -> list[TeamEventView]:
    return [
        TeamEventView(event, _subject(event), view_details(event.details, {}, but=["invitation"])) for event in events
    ]


def _subject(event: TeamEvent) -> str:
    return event.subject.get_username() if event.subject and event.subject_id != event.actor_id else ""
