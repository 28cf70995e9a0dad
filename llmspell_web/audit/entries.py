"""An entry of the audit as it is told, on the page and in a file: what, by whom, about what, before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from artifacts.models import Artifact
from llmspell_web.audit.models import AuditRecord, KeptEvent
from llmspell_web.audit.sources import AuditSource
from llmspell_web.comments.models import CommentEvent
from llmspell_web.shares.models import ShareEvent
from llmspell_web.teams.models import Team, TeamEvent, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.web.times import rfc3339
from llmspell_web.workspace.feed.places import FeedPlace
from llmspell_web.workspace.models import Run
from sessions.event_view import DetailsView, names_in, view_details
from sessions.fields import JsonObject
from sessions.models import SessionEvent

FIELDS = (
    "entry", "at", "kind", "actor", "actor_id", "team", "object_kind", "object_id", "object_name", "run_id",
    "request_id", "address", "count", "details",
)  # fmt: skip
ARTIFACT_FACTS = ("artifact_id", "name", "version")  # of an artifact's event, told in its heading


class About(NamedTuple):
    """What an entry is about: `url` is empty where that is gone or has no page."""

    kind: str = ""
    key: UUID | str | None = None
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Told:
    """One entry. `actor` is empty for a visitor, of whom there is the `address`, and where the server did it by itself;
    `team` is None where it is about no team."""

    place: FeedPlace
    kind: str
    title: str
    actor: str
    actor_id: UUID | None
    team: Team | None
    about: About
    run_id: UUID | None
    request_id: UUID | None
    address: str
    count: int
    details: Mapping[str, object]
    view: DetailsView

    @property
    def key(self) -> str:
        return self.place.name

    @property
    def at(self) -> datetime:
        return self.place.at

    def __str__(self) -> str:
        return self.title


def tell_row(place: FeedPlace, row: Any, team: Team | None) -> JsonObject:  # Any: of whatever table the source reads
    """For a file: FIELDS, as they were written."""
    source, about = _source(place), about_row(row)
    actor, actor_id = actor_of(row)
    return {
        "entry": place.name,
        "at": rfc3339(place.at),
        "kind": kind_of(source, row),
        "actor": actor,
        "actor_id": _text(actor_id),
        "team": team.slug if team else None,
        "object_kind": about.kind,
        "object_id": _text(about.key),
        "object_name": about.name,
        "run_id": _text(run_of(row)),
        "request_id": _text(getattr(row, "request_id", None)),
        "address": getattr(row, "address", ""),
        "count": getattr(row, "count", 1),
        "details": cast("JsonObject", details_of(source, row)),
    }


def tell_rows(
    found: Sequence[tuple[FeedPlace, Any]], teams: Mapping[UUID, Team], reader: User, *, shorten: bool = True
) -> list[Told]:  # Any: as above
    """For a page. With `shorten`, so much of each as fits into a list."""
    details = [details_of(_source(place), row) for place, row in found]
    names = names_in(details, reader)
    return [
        _tell(place, row, told, view_details(told, names, shorten=shorten, but=_in_heading(row, told)), teams)
        for (place, row), told in zip(found, details, strict=True)
    ]


def _tell(
    place: FeedPlace, row: Any, details: Mapping[str, object], view: DetailsView, teams: Mapping[UUID, Team]
) -> Told:  # Any: as above
    source = _source(place)
    kind = kind_of(source, row)
    actor, actor_id = actor_of(row)
    return Told(
        place,
        kind,
        dict(source.kinds_in_urls).get(kind, kind.replace("_", " ").capitalize()),
        actor,
        actor_id,
        teams.get(getattr(row, "team_id", None)),  # type: ignore[arg-type]  # None is no key of it
        about_row(row),
        run_of(row),
        getattr(row, "request_id", None),
        getattr(row, "address", ""),
        getattr(row, "count", 1),
        details,
        view,
    )


def _source(place: FeedPlace) -> AuditSource:
    assert isinstance(place.source, AuditSource)
    return place.source


def kind_of(source: AuditSource, row: Any) -> str:  # Any: as above, and below
    return f"{source.prefix}{getattr(row, source.kind) if source.kind else source.kinds[0][0]}"


def actor_of(row: Any) -> tuple[str, UUID | None]:
    match row:
        case KeptEvent():
            return row.actor_name, row.actor_id
        case AuditRecord():
            return row.name, row.account_id
        case Run():
            return row.user.get_username(), row.user_id
    actor = getattr(row, "actor", None)
    return (actor.get_username(), actor.pk) if actor else ("", None)


def run_of(row: Any) -> UUID | None:
    key: UUID | None = row.pk if isinstance(row, Run) else getattr(row, "run_id", None)
    return key


def details_of(source: AuditSource, row: Any) -> Mapping[str, object]:
    match row:
        case PurgeRecord():
            return _of_purge(row)
        case Run():
            return {"status": row.get_status_display()} if source.column == "ended_at" else {}
    details = getattr(row, "details", None)
    return details if isinstance(details, dict) else {"details": details} if details else {}


def _of_purge(record: PurgeRecord) -> dict[str, object]:
    facts: dict[str, object] = {
        "deleted_by": record.deleted_by.get_username() if record.deleted_by else None,
        "deleted_at": rfc3339(record.deleted_at),
        "freed_bytes": record.freed_bytes,
    }
    if record.kind == PurgeRecord.Kind.SESSION:
        return facts | {"versions": record.versions, "saves": record.saves}
    return facts | {"session_id": str(record.session_id)}


def about_row(row: Any) -> About:
    known = ABOUT.get(type(row))
    if known is not None:
        return known(row)
    session = getattr(row, "session", None)
    return About("session", session.pk, session.name, session.get_absolute_url()) if session else About()


def _about_event(event: SessionEvent) -> About:
    url = "" if event.session.deleted_at else reverse("sessions:event", args=[event.session_id, event.number])
    return _about_history(event.details, event.session_id, event.session.name, url and f"{url}#event-{event.number}")


def _about_kept(event: KeptEvent) -> About:
    return _about_history(event.details, event.session_id, event.session_name, "")


def _about_history(details: Any, session_id: UUID, session_name: str, url: str) -> About:
    if _is_about_artifact(details):
        name = f"{details.get('name', '')} v{details.get('version', '')} in {session_name}"
        return About("artifact", str(details["artifact_id"]), name, url)
    return About("session", session_id, session_name, url)


def _is_about_artifact(details: Any) -> bool:
    return isinstance(details, dict) and "artifact_id" in details


def _about_team(event: TeamEvent) -> About:
    if event.subject is not None and event.subject_id != event.actor_id:
        return About("account", event.subject_id, event.subject.get_username(), _team_url(event))
    return About("team", event.team_id, event.team.name, _team_url(event))


def _team_url(event: TeamEvent) -> str:
    return reverse("teams:detail", args=[event.team.slug])


def _about_purge(record: PurgeRecord) -> About:
    name = f"{record.name} v{record.version} in {record.session_name}" if record.version else record.name
    return About(record.kind, record.object_id, name)


def _about_record(record: AuditRecord) -> About:
    return About("account", record.account_id, record.name) if record.account_id else About()


def _about_comment(event: CommentEvent) -> About:
    where = f", {event.details['where']}" if "where" in event.details else ""
    return About(event.details["about"], event.object_id, f"{event.details['name']}{where}")


def _about_share(event: ShareEvent) -> About:
    return About(event.details["kind"], event.object_id, event.details["title"])


def _about_run(run: Run) -> About:
    return About("run", run.pk, run.title, run.get_absolute_url())


ABOUT: dict[type[Model], Callable[[Any], About]] = {
    SessionEvent: _about_event,
    KeptEvent: _about_kept,
    TeamEvent: _about_team,
    PurgeRecord: _about_purge,
    AuditRecord: _about_record,
    CommentEvent: _about_comment,
    ShareEvent: _about_share,
    Run: _about_run,
}


def _in_heading(row: Any, details: Mapping[str, object]) -> Sequence[str]:
    return ARTIFACT_FACTS if isinstance(row, SessionEvent | KeptEvent) and _is_about_artifact(details) else ()


def _text(key: object) -> str | None:
    return None if key is None else str(key)


def holder_of(key: UUID) -> UUID | None:
    """The session of the artifact of that id, there or deleted for good; None where it is none."""
    there = Artifact.objects.filter(pk=key).values_list("session", flat=True).first()
    if there is not None:
        return there
    gone = PurgeRecord.objects.filter(object_id=key, kind=PurgeRecord.Kind.ARTIFACT)
    return gone.values_list("session_id", flat=True).first()
