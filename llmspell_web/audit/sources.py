"""What the audit is made of: what the feed tells of, whatever that is, and what only admins are told.

A table that comes into the feed is in the audit, too; `entries.py` reads from its rows what they have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q
from django.db.models.lookups import In

from llmspell_web.audit.models import AuditRecord, KeptEvent
from llmspell_web.comments.models import Comment, CommentEvent
from llmspell_web.shares.models import ShareEvent
from llmspell_web.teams.models import Membership, TeamEvent, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.workspace.feed import sources as feed
from llmspell_web.workspace.feed.sources import Asked, FeedSource
from sessions.finding import Fetch
from sessions.models import SessionEvent
from sessions.source import Listed, Source, unindexed
from sessions.wanted import Condition, Span

ANYWHERE = UUID(int=0)  # the one part of what lies in no team
# A request is done within this time of its id, which holds when that was made: no index has to know its id.
REQUEST_LASTS = timedelta(days=1)
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class AuditAsked(Asked):
    """`about` is a session, an artifact, a run, an account or whatever else goes by an id; of an artifact, `holder` is
    its session. `members_of`: of accounts, those in these teams alone; None: all."""

    about: UUID | None = None
    holder: UUID | None = None
    request: UUID | None = None
    members_of: frozenset[UUID] | None = None


class Everywhere(Source):
    """Rows that lie in no team: who may see which is a condition of its own."""

    def in_teams(self, teams: Sequence[UUID]) -> Listed:  # noqa: ARG002  # there are none
        return self.every().filter(self.always)

    def is_in_teams(self, teams: object) -> Q:  # noqa: ARG002  # as above
        return Q()


@dataclass(frozen=True, eq=False, kw_only=True)
class AuditSource(FeedSource):
    """`keys` are the columns of what a row is about; `request` that of the request in which it was written, empty where
    there is none."""

    keys: Sequence[str] = ()
    request: str = "request_id"

    def condition(self, asked: Asked) -> Condition | None:
        assert isinstance(asked, AuditAsked)
        found = super().condition(asked)
        if found is None or (asked.request is not None and not self.request):
            return None
        if asked.about is not None:
            about = self._about(asked.about, asked.holder)
            if about is None:
                return None
            found &= about
        return found & self._of_request(asked.request) if asked.request is not None else found

    def _about(self, key: UUID, holder: UUID | None) -> Condition | None:  # noqa: ARG002  # for those below
        q = Q()
        for column in self.keys:
            q |= Q(In(unindexed(column, self.model), [key]))
        return Condition(q) if q else None

    def _of_request(self, request: UUID) -> Condition:
        start = _made_at(request)
        span = Span(start - CLOCKS_DIFFER, start + REQUEST_LASTS) if start else Span()
        return Condition(Q(**{self.request: request}), column=self.column, span=span)


@dataclass(frozen=True, eq=False, kw_only=True)
class HistorySource(AuditSource):
    """Events of sessions, which are those of their artifacts, too."""

    def _about(self, key: UUID, holder: UUID | None) -> Condition | None:
        of_artifact = Condition(Q(details__artifact_id=str(key)))
        return self._in_session(key) if holder is None else self._in_session(holder) & of_artifact


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordSource(AuditSource):
    def parts(self, teams: Sequence[UUID], asked: Asked) -> list[UUID]:  # noqa: ARG002  # whatever they are
        return [ANYWHERE]

    def condition(self, asked: Asked) -> Condition | None:
        assert isinstance(asked, AuditAsked)
        found = super().condition(asked)
        if found is None or asked.members_of is None:
            return found
        place = Membership.objects.filter(user=OuterRef("account"), team__in=asked.members_of)
        return found & Condition(Q(Exists(place)))


def _made_at(key: UUID) -> datetime | None:
    """The time in an id of version 7, as `web.keys` makes them."""
    if key.version != 7:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=key.int >> 80)


def _as_is(rows: Sequence[Any], _reader: User) -> Sequence[object]:
    return rows


def _with(*names: str) -> Callable[[User], Fetch]:
    return lambda _: lambda rows: rows.select_related(*names)


def _nothing(_user: User) -> Listed:  # nobody comes to these rows one by one
    return KeptEvent.objects.none()


def _from_feed(
    origin: FeedSource, kind: type[AuditSource] = AuditSource, /, **given: Any
) -> AuditSource:  # Any: fields of it
    held = {one.name: getattr(origin, one.name) for one in fields(origin)}
    request = "request_id" if _has(origin.model, "request_id") else ""
    keys = [origin.session] if origin.session and _has(origin.model, origin.session) else []
    made = {"keys": keys, "request": request, "tell": _as_is, "template": "audit/_entry.html"}
    return kind(**{**held, **made, **given})


def _has(model: type[Model], name: str) -> bool:
    return any(name == column.name for column in model._meta.local_concrete_fields)


def _own(**given: Any) -> dict[str, Any]:  # Any: fields of a source
    usual = {
        "column": "at",
        "template": "audit/_entry.html",
        "read_key": UUID,
        "lowest": UUID(int=0),
        "highest": UUID(int=2**128 - 1),
        "tell": _as_is,
        "session": "",
    }
    return {**usual, **given}


EVENTS = _from_feed(feed.EVENTS, HistorySource)
# With invitations and views, which the feed leaves out.
TEAMS = _from_feed(
    feed.TEAMS,
    source=replace(feed.TEAMS.source, always=Q()),
    kinds=TeamEvent.Kind.choices,
    keys=["subject", "team"],
)
KEPT = HistorySource(
    **_own(
        name="kept",
        source=Source(KeptEvent, "team", _nothing),
        actor="actor",
        kinds=SessionEvent.Kind.choices,
        kind="kind",
        session="session_id",
        fetch=_with("actor"),
    )
)
PURGES = AuditSource(
    **_own(
        name="purge",
        source=Source(PurgeRecord, "team", _nothing),
        actor="actor",
        kinds=[("session", "Session deleted for good"), ("artifact", "Artifact deleted for good")],
        kind="kind",
        prefix="purged_",
        keys=["object_id", "session_id"],
        fetch=_with("actor", "deleted_by"),
    )
)
RECORDS = RecordSource(
    **_own(
        name="record",
        source=Everywhere(AuditRecord, "account", _nothing),
        actor="account",
        kinds=AuditRecord.Kind.choices,
        kind="kind",
        keys=["account"],
        fetch=_with("account"),
    )
)
# Of comments the feed tells less: neither what was edited and deleted, nor the text before and after.
COMMENTS = AuditSource(
    **_own(
        name="comment",
        source=Source(CommentEvent, "team", _nothing),
        actor="actor",
        kinds=CommentEvent.Kind.choices,
        kind="kind",
        prefix="comment_",
        session="session_id",
        keys=["object_id", "session_id", "comment_id"],
        fetch=_with("actor"),
    )
)
SHARES = AuditSource(
    **_own(
        name="share",
        source=Source(ShareEvent, "team", _nothing),
        actor="actor",
        kinds=ShareEvent.Kind.choices,
        kind="kind",
        keys=["share_id", "object_id"],
        fetch=_with("actor"),
    )
)
_OF_RUNS: dict[str, Any] = {  # Any: fields of a source
    "keys": ["id", "session"],
    "fetch": lambda _: lambda runs: runs.for_lists(),
}
_MADE = {"event": EVENTS, "team": TEAMS}
SOURCES: tuple[AuditSource, ...] = (
    *(
        _MADE.get(source.name) or _from_feed(source, **(_OF_RUNS if source.name in ("start", "end") else {}))
        for source in feed.SOURCES
        if source.model is not Comment
    ),
    COMMENTS,
    SHARES,
    KEPT,
    PURGES,
    RECORDS,
)
KINDS = list(dict.fromkeys(kind for source in SOURCES for kind in source.kinds_in_urls))
