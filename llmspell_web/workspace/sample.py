"""Sessions, artifacts and runs to try things on, by the million. They lie in teams of their own, which are removed as a
whole."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import CASCADE, Field, Model, QuerySet
from django.utils import timezone

from artifacts.blobs import write_blob
from artifacts.models import Artifact, ArtifactTag, Blob, SavedArtifact
from llmspell_web.teams.models import Membership, Team, TeamEvent, User, record_team_event
from llmspell_web.teams.services import first_account, local_account
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.removal import relations_of
from llmspell_web.web.problems import Conflict
from llmspell_web.workspace.models import Run
from sessions.models import (
    CurrentSession,
    Session,
    SessionDocument,
    SessionEvent,
    SessionSave,
    SessionTag,
    SessionValue,
)
from sessions.search_text import digests, document_text

SLUG = "sample"
ADMIN = Membership.Role.ADMIN
ACCOUNTS = 20
TEAMS_MAX = 99
TAGS = 300
ARTIFACT_TAGS = 2  # each
BLOBS = 24
BATCH = 5000  # sessions a transaction: other writers wait for less than a second
DAYS = 365
STATUSES = ("active",) * 10 + ("completed",) * 7 + ("suspended",) * 2 + ("failed",)
TOPICS = ("Support", "Weekly report", "Code review", "Invoice", "Research", "Onboarding", "Translation", "Incident")
VERBS = ("draft", "answer", "check", "summary", "follow-up", "plan", "export", "retry")
KINDS = ("user_input", "system_generated", "tool_result", "code_generation")
ENDINGS = {"txt": "text/plain", "csv": "text/csv", "json": "application/json", "md": "text/markdown"}
REGIONS = ("eu", "us", "apac")


@dataclass(frozen=True)
class Place:
    """Where sample rows go, and what they point at."""

    teams: list[Team]
    accounts: list[User]
    blobs: list[Blob]
    until: datetime


def seed(
    sessions: int, artifacts: int, seed: int, *, teams: int = 1, runs: int = 0, report: Callable[[int], object]
) -> None:
    """Make so many. Equal arguments make equal names, tags, metadata and counts; times end at the moment of the call.

    Every account there is can see them; the admins of the default team, else the first account, are admins. Of several
    teams the first ones are the busy ones. `Conflict` when sample data is there already. Committed in batches: what an
    interruption leaves is taken away by `remove`. `report` gets the number of sessions made so far.
    """
    place = _make_place(teams)
    rng = random.Random(seed)  # noqa: S311  # repeatable, and no secret
    held = [0] * sessions
    for _ in range(artifacts if sessions else 0):
        held[int(rng.random() ** 2 * sessions)] += 1
    done = 0
    made: list[Session] = []
    for start in range(0, sessions, BATCH):
        numbers = range(start, min(start + BATCH, sessions))
        made = [_make_session(rng, place, number, sessions, made) for number in numbers]
        batch = [(session, held[number]) for session, number in zip(made, numbers, strict=True)]
        with transaction.atomic():
            _insert_batch(rng, place, batch)
            some = [one for number, one in zip(numbers, made, strict=True) if _has_next(number, runs, sessions)]
            _insert(Run, [_make_run(rng, session) for session in some])
        done += len(made)
        report(done)


def remove() -> int:
    """Take the teams away with everything in them, also what others put there; the number of sessions. Contents of
    artifacts stay: they are stored once and other artifacts may be made of the same bytes."""
    removed = 0
    named = Team.objects.filter(slug__regex=rf"^{SLUG}(-\d\d)?$")
    teams = list(named.filter(memberships__user__username=_account_name(1)).values_list("pk", flat=True))
    while keys := list(Session.objects.filter(team__in=teams).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            _remove_sessions(keys)
        removed += len(keys)
    Run.objects.filter(team__in=teams).delete()
    accounts = User.objects.filter(username__startswith=f"{SLUG}-", memberships__team__in=teams)
    keys = list(accounts.values_list("pk", flat=True).distinct())
    PurgeRecord.objects.filter(team__in=teams).delete()
    Team.objects.filter(pk__in=teams).delete()
    User.objects.filter(pk__in=keys).delete()
    return removed


def _make_place(teams: int) -> Place:
    maker = first_account() or local_account()  # what commands act as stays the oldest account, never one of these
    people = list(User.objects.all())
    places = [Team(slug=SLUG, name="Sample data")]
    places += [Team(slug=f"{SLUG}-{number:02}", name=f"Sample data {number}") for number in range(2, teams + 1)]
    with transaction.atomic():
        if Team.objects.filter(slug__in=[team.slug for team in places]).exists():
            raise Conflict("there is sample data already: take it away with seed_sample --remove first")
        Team.objects.bulk_create(places)
        # Not through the manager, which would make them members of the default team.
        accounts = [User(username=_account_name(number), password="!") for number in range(1, ACCOUNTS + 1)]
        User.objects.bulk_create(accounts)
        chiefs = set(Membership.objects.filter(team__slug=Team.DEFAULT_SLUG, role=ADMIN).values_list("user", flat=True))
        chiefs = chiefs or {maker.pk}
        roles = {user: ADMIN if user.pk in chiefs else Membership.Role.MEMBER for user in [*people, *accounts]}
        Membership.objects.bulk_create(
            Membership(team=team, user=user, role=role) for team in places for user, role in roles.items()
        )
        for team in places:
            record_team_event(team, TeamEvent.Kind.CREATED, actor=maker, name=(None, team.name))
    blobs = [write_blob(f"sample {n}\n".encode() * 4 ** (n % 6), max_bytes=100_000) for n in range(BLOBS)]
    return Place(places, accounts, blobs, timezone.now())


def _account_name(number: int) -> str:
    return f"{SLUG}-{number:02}"


def _has_next(number: int, some: int, all_: int) -> bool:
    """Whether this is one of so many, evenly spread over all."""
    return (number + 1) * some // all_ > number * some // all_


def _make_session(rng: random.Random, place: Place, number: int, total: int, earlier: Sequence[Session]) -> Session:
    created = place.until - timedelta(days=DAYS) * ((total - number) / total)
    updated = min(place.until, created + timedelta(hours=rng.expovariate(1 / 48)))
    status = rng.choice(STATUSES)
    topic = rng.choice(TOPICS)
    parent = rng.choice(earlier) if earlier and rng.random() < 0.1 else None
    return Session(
        id=_key(rng, created),
        team=parent.team if parent else _choose_team(rng, place),
        created_by=place.accounts[int(rng.random() ** 2 * ACCOUNTS)],
        parent=parent,
        name=f"{topic} {rng.choice(VERBS)} {number}",
        description=f"Sample session about {topic.lower()} for customer {rng.randrange(50_000)}.",
        status=status,
        metadata={
            "ticket_id": str(10_000 + number),
            "customer": rng.randrange(50_000),
            "region": rng.choice(REGIONS),
            "urgent": rng.random() < 0.05,
            "model": {"name": f"model-{rng.randrange(6)}", "temperature": rng.randrange(11) / 10},
        },
        created_at=created,
        updated_at=updated,
        ended_at=updated if status in {"completed", "failed"} else None,
        event_count=1,
    )


def _choose_team(rng: random.Random, place: Place) -> Team:
    if len(place.teams) == 1:
        return place.teams[0]
    return rng.choices(place.teams, [1 / number for number in range(1, len(place.teams) + 1)])[0]


def _make_run(rng: random.Random, session: Session) -> Run:
    return Run(
        id=_key(rng, session.created_at),
        user=session.created_by,
        team=session.team,
        session=session,
        source="-- count what is here\nreturn #Artifact.list()",
        status=Run.Status.SUCCEEDED,
        created_at=session.created_at,
        started_at=session.created_at,
        ended_at=session.created_at + timedelta(seconds=3),
    )


def _insert_batch(rng: random.Random, place: Place, batch: list[tuple[Session, int]]) -> None:
    artifacts: list[Artifact] = []
    events: list[SessionEvent] = []
    for session, count in batch:
        events.append(_event(session, SessionEvent.Kind.CREATED, session.created_at))
        for number in range(count):
            artifact = _make_artifact(rng, place, session, number)
            session.artifact_count += 1
            session.total_artifact_size += artifact.size
            session.event_count += 1
            artifacts.append(artifact)
            events.append(_stored_event(session, artifact))
    sessions = [session for session, _ in batch]
    _insert(Session, sessions)
    tags = {session.pk: list(_make_tags(rng, session)) for session in sessions}
    _insert(SessionTag, [tag for held in tags.values() for tag in held])
    _insert_search_rows(sessions, tags)
    events.sort(key=lambda event: event.at)
    _insert(SessionEvent, events)
    _insert(Artifact, artifacts)
    _insert(ArtifactTag, [tag for one in artifacts for tag in ArtifactTag.of(one, _tag_names(rng, ARTIFACT_TAGS))])


def _event(session: Session, kind: str, at: datetime, **details: object) -> SessionEvent:
    """The last one so far."""
    return SessionEvent(
        session=session,
        team=session.team,
        number=session.event_count,
        kind=kind,
        actor=session.created_by,
        at=at,
        details=details,
    )


def _stored_event(session: Session, artifact: Artifact) -> SessionEvent:
    return _event(
        session,
        SessionEvent.Kind.ARTIFACT_STORED,
        artifact.created_at,
        artifact_id=str(artifact.pk),
        name=artifact.name,
        version=artifact.version,
        artifact_type=artifact.artifact_type,
        size=artifact.size,
    )


def _insert_search_rows(sessions: Sequence[Session], tags: Mapping[UUID, Sequence[SessionTag]]) -> None:
    """As `sessions.search_index` does for one session."""
    texts = [(s, document_text(s.name, s.description, [tag.name for tag in tags[s.pk]])) for s in sessions]
    _insert(SessionDocument, [SessionDocument(session=session, text=text) for session, text in texts])
    documents = dict(SessionDocument.objects.filter(session__in=sessions).values_list("session", "pk"))
    values = [(documents[session.pk], digest) for session in sessions for digest in sorted(digests(session.metadata))]
    _insert(SessionValue, [SessionValue(document_id=document, digest=digest) for document, digest in values])


def _make_tags(rng: random.Random, session: Session) -> Iterator[SessionTag]:
    for position, name in enumerate(_tag_names(rng, 3)):
        yield SessionTag(session=session, name=name, position=position)


def _tag_names(rng: random.Random, count: int) -> list[str]:
    """The first ones common and the last ones rare."""
    numbers: dict[int, None] = {}
    while len(numbers) < count:
        numbers[int(rng.random() ** 4 * TAGS)] = None
    return [f"tag-{number:03}" for number in numbers]


def _make_artifact(rng: random.Random, place: Place, session: Session, number: int) -> Artifact:
    ending = rng.choice(list(ENDINGS))
    moment = session.created_at + timedelta(seconds=number)
    artifact = Artifact(
        id=_key(rng, moment),
        session=session,
        name=f"{rng.choice(VERBS)}-{number + 1}.{ending}",
        version=1,
        artifact_type=KINDS[int(rng.random() ** 3 * len(KINDS))],
        mime_type=ENDINGS[ending],
        custom={},
        listed_in_id=session.team_id,
        blob=rng.choice(place.blobs),
        created_by=session.created_by,
        created_at=moment,
    )
    artifact.size = artifact.blob.size
    return artifact


def _key(rng: random.Random, moment: datetime) -> UUID:
    """UUIDv7 of that moment."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62))


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    """`bulk_create` at a third of its cost: one prepared statement, values converted by kind."""
    fields = [field for field in model._meta.local_concrete_fields if field.get_internal_type() != "BigAutoField"]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  # names of our own tables
            [[_value(field, getattr(row, field.attname)) for field in fields] for row in rows],
        )


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, dict) and connection.vendor == "sqlite":
        return json.dumps(value, ensure_ascii=False)
    return field.get_db_prep_save(value, connection)


def _remove_sessions(keys: list[UUID]) -> None:
    """Children before parents, without loading what the ORM's cascade would."""
    Session.objects.filter(parent__in=keys).update(parent=None)
    Run.objects.filter(session__in=keys).update(session=None)
    listed: tuple[QuerySet[Any], ...] = (  # Any: rows of several models
        SavedArtifact.objects.filter(save_record__session__in=keys),
        ArtifactTag.objects.filter(artifact__session__in=keys),
        Artifact.objects.filter(session__in=keys),
        SessionTag.objects.filter(session__in=keys),
        SessionValue.objects.filter(document__session__in=keys),
        SessionDocument.objects.filter(session__in=keys),
        SessionEvent.objects.filter(session__in=keys),
        SessionSave.objects.filter(session__in=keys),
        CurrentSession.objects.filter(session__in=keys),
        Session.objects.filter(pk__in=keys),
    )
    models = {rows.model for rows in listed}
    _remove_others(models, Artifact, "session__in", keys)
    _remove_others(models, Session, "in", keys)
    for rows in listed:
        rows._raw_delete(using=rows.db)  # nothing that the cascade would find is left


def _remove_others(listed: set[type[Model]], model: type[Model], lookup: str, keys: list[UUID]) -> None:
    """What people have made of samples since, which is little: links that show them to others, for instance."""
    for relation in relations_of(model):
        if relation.on_delete is CASCADE and relation.related_model not in listed:
            relation.related_model._base_manager.filter(**{f"{relation.field.name}__{lookup}": keys}).delete()
