"""What it means that a listed artifact matches, with what helps to find it (`sessions/wanted.py`, `sessions/ways.py`).

A list shows the newest version of each name, in sessions outside the trash: `Artifact.listed_in`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, IsNull, LessThan

from artifacts.content_search import among, content_keys, holds
from artifacts.models import Artifact, ArtifactTag
from llmspell_web.teams.models import User
from sessions import matching
from sessions.conditions import Bound, is_within
from sessions.source import Source, hidden, unindexed
from sessions.wanted import EVERYTHING, Condition, Span
from sessions.ways import Rows, Way, by_column
from sessions.words import Term


def visible_to(user: User) -> QuerySet[Artifact]:
    return Artifact.objects.visible_to(user).newest()


ARTIFACTS = Source(Artifact, "listed_in", visible_to)
_LISTED = Artifact.objects.filter(listed_in__isnull=False)


def type_condition(kinds: Sequence[str], column: str) -> Condition:
    q = Q(In(_column("artifact_type"), kinds))
    if len(kinds) == 1:
        return _in_order(q, Q(artifact_type=kinds[0]), column)
    return Condition(q, (_by(Q(artifact_type__in=kinds)),))


def creator_condition(user_id: UUID, column: str) -> Condition:
    return _in_order(Q(Exact(_column("created_by"), user_id)), Q(created_by=user_id), column)


def tag_condition(name: str) -> Condition:
    """The index by tag goes on with the time: whether one artifact has the tag, that by artifacts tells."""
    its_own = ArtifactTag.objects.filter(Exact(hidden("name", ArtifactTag), name))
    rows = ArtifactTag.objects.filter(name=name).order_by()
    way = Way((Rows(lambda _: rows, "artifact", column="created_at"),), rest=Q())
    return Condition(_tagged(its_own), (way,))


def team_condition(team_id: UUID) -> Condition:
    q = ARTIFACTS.is_in_teams([team_id])
    return Condition(q, guide_says_all=True, is_light=True, teams=frozenset([team_id]))


def name_condition(pattern: str) -> Condition:
    """A glob when it holds `*` or `?`, else a part of the name; in any case."""
    return Condition(matching.is_like("name", pattern))


def mime_condition(pattern: str) -> Condition:
    """The whole type; `image/*` for all that begin so."""
    return Condition(matching.matches_glob("mime_type", pattern))


def text_condition(text: str) -> Condition:
    """In the name, the description or a tag, in any case."""
    tags = ArtifactTag.objects.filter(matching.contains("name", text))
    return Condition(matching.contains("name", text) | matching.contains("description", text) | _tagged(tags))


def session_condition(session_id: UUID, column: str) -> Condition:
    return _in_order(Q(Exact(_column("session"), session_id)), Q(session=session_id), column)


def run_condition(run_id: UUID) -> Condition:
    q = Q(IsNull(_column("run_id"), False)) & Q(Exact(_column("run_id"), run_id))
    return _few(q, lambda: _LISTED.filter(run_id=run_id))


def by_hand_condition() -> Condition:
    """Stored by a person, and not by a script's run."""
    return Condition(Q(IsNull(_column("run_id"), True)))


def digest_condition(beginning: str) -> Condition:
    """Contents whose SHA-256 begins so, or is just this; small letters."""
    inside = Q(GreaterThanOrEqual(_column("blob"), beginning)) & Q(LessThan(_column("blob"), f"{beginning}g"))
    rows = Artifact.objects.filter(blob__gte=beginning, blob__lt=f"{beginning}g")  # counted by the index alone
    return _few(inside, lambda: rows)


def key_condition(key: UUID) -> Condition:
    return _few(Q(pk=key), lambda: _LISTED.filter(pk=key))


def words_condition(terms: Sequence[Term]) -> Condition:
    """The content holds all of these words."""
    return _few(holds(terms), lambda: _LISTED.filter(among(content_keys(terms))))


def size_condition(least: int | None, most: int | None) -> Condition:
    """Bytes, both included."""
    if least is most is None:
        return EVERYTHING
    q, found = _within("size", least, None if most is None else most + 1)
    return Condition(q, (_by(found),))


def created_condition(start: datetime | None, end: datetime | None, column: str) -> Condition:
    """From `start` on, before `end`."""
    if start is end is None:
        return EVERYTHING
    q, found = _within("created_at", start, end)
    is_order = column == "created_at"
    span = Span(start, end) if is_order else Span()
    return Condition(q, (_by(found),), column, span=span, guide_says_all=is_order, is_light=True)


def _column(name: str) -> Any:  # Any: an expression, as lookups take one
    return unindexed(name, Artifact)


def _by(q: Q) -> Way:
    return by_column(q, ARTIFACTS)


def _in_order(q: Q, found: Q, column: str) -> Condition:
    """By an index that goes on with the time."""
    if column == "created_at":
        return Condition(q, (_by(found),), column, found, guide_says_all=True)
    return Condition(q, (_by(found),))


def _few(q: Q, ask: Callable[[], QuerySet[Artifact]]) -> Condition:
    """By an index that knows nothing of teams."""
    return Condition(q, (Way((Rows(lambda _: ask().order_by(), "pk"),)),))


def _tagged(tags: QuerySet[ArtifactTag]) -> Q:
    """A range of one: for an equality PostgreSQL may read all those rows first."""
    return Q(Exists(tags.filter(artifact__gte=OuterRef("pk"), artifact__lte=OuterRef("pk"))))


def _within(name: str, start: Bound, end: Bound) -> tuple[Q, Q]:
    """Asked of each row, and by an index."""
    asked, found = (is_within(name, start, end, by_index=by_index, model=Artifact) for by_index in (False, True))
    return asked, found
