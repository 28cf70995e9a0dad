"""Whichever way a list of artifacts is found, it holds what the condition says, in its order, and all of it."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from artifacts.listing.conditions import ARTIFACTS, visible_to
from artifacts.listing.table import ARTIFACT_TABLE
from artifacts.listing.terms import ArtifactReader
from artifacts.models import Artifact, ArtifactTag
from artifacts.services import delete_artifact, store_artifact, update_artifact_tags
from llmspell_web.teams.models import Membership, Team, User
from sessions.access import teams_of
from sessions.box import read_box
from sessions.course import Course, Place
from sessions.finding import Effort, count_rows, first_rows
from sessions.models import Session
from sessions.pages import Cursor, page_rows
from sessions.services import create_session
from sessions.wanted import Condition

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)
COLUMNS = tuple(ARTIFACT_TABLE.orders.columns.values())
TERMS = (
    "tag:a", "tag:b", "tag:c", "tag:missing", "type:chart", "type:note,chart", "by:me", "by:teammate", "by:x",
    "team:second", "team:other", "created:<4d", "created:2026-03-10..2026-03-12", "name:1*", "size:>2", "run:none",
    "mime:text/*", "report", "session:{session}",
)  # fmt: skip


def store(author: User, session: Session, name: str, tags: list[str], at: datetime, kind: str = "chart") -> Artifact:
    artifact = store_artifact(
        session, actor=author, artifact_type=kind, name=name, content=b"x" * (len(name) % 5), tags=tags
    )
    Artifact.objects.filter(pk=artifact.pk).update(created_at=at)
    ArtifactTag.objects.filter(artifact=artifact).update(created_at=at)
    return artifact


@pytest.fixture
def crowd(owner: User, teammate: User, stranger: User) -> Session:
    """Artifacts of three teams, two of them the owner's: old versions, trash, and tags that others have as well. One of
    the sessions."""
    rng = random.Random(5)
    second = Team.objects.create(slug="second", name="Second")
    for user in (owner, teammate):
        Membership.objects.create(team=second, user=user)
    teams = [second, owner.default_team]
    sessions = [create_session(rng.choice([owner, teammate]), team=teams[number % 2]) for number in range(4)]
    elsewhere = create_session(stranger)
    for number in range(90):
        session = elsewhere if number % 4 == 3 else rng.choice(sessions)
        author = stranger if session is elsewhere else rng.choice([owner, owner, teammate])
        name = rng.choice([f"{number} report.txt", f"{number % 7}.csv"])
        tags = rng.sample(["a", "b", "c"], rng.randrange(3))
        at = NOW - timedelta(hours=rng.randrange(200))
        artifact = store(author, session, name, tags, at, rng.choice(["chart", "note"]))
        if rng.random() < 0.1:
            delete_artifact(artifact, actor=author)
    return sessions[0]


def question(rng: random.Random, session: Session) -> str:
    terms = [rng.choice(["", "", "-"]) + rng.choice(TERMS) for _ in range(rng.randrange(1, 4))]
    text = "".join(term + rng.choice([" ", " ", " OR "]) for term in terms) + rng.choice(TERMS)
    return text.replace("{session}", str(session.pk))


def read(owner: User, text: str, column: str) -> Condition:
    wanted = read_box(text, ArtifactReader(owner, NOW, column))
    assert wanted is not None
    return wanted


@pytest.mark.parametrize("seed", range(8))
def test_every_way_finds_what_the_condition_says_in_the_order_of_the_list(
    seed: int, owner: User, crowd: Session
) -> None:
    rng = random.Random(seed)
    teams = [team.pk for team in teams_of(owner)]
    assert len(teams) == 2
    for _ in range(15):
        column, falling = rng.choice(["created_at", *COLUMNS]), rng.random() < 0.5
        text = question(rng, crowd)
        wanted = read(owner, text, column)
        sign = "-" if falling else ""
        everything = list(visible_to(owner).filter(wanted.q).order_by(f"{sign}{column}", f"{sign}id"))
        few, light, stretch, many, apart = rng.choices([0, 3, 1000], k=5)
        effort = Effort(few, light, stretch, many, apart)
        start = rng.randrange(len(everything)) if everything and rng.random() < 0.5 else None
        place = None if start is None else Place(getattr(everything[start], column), everything[start].pk)
        expected = everything[0 if start is None else start + 1 :]
        course = Course(rng.choice([teams, teams[::-1]]), column, falling, place, source=ARTIFACTS)
        assert first_rows(course, wanted, 5, effort=effort, fetch=lambda rows: rows) == expected[:5], (text, effort)
        assert count_rows(course, wanted, 10) == (min(len(expected), 10), True)


@pytest.mark.parametrize("seed", range(4))
def test_looks_that_are_bounded_lead_to_every_match_once(seed: int, owner: User, crowd: Session) -> None:
    rng = random.Random(seed)
    for _ in range(4):
        text = question(rng, crowd)
        order = ARTIFACT_TABLE.orders.parse(rng.choice(["-created", "created"]))
        wanted = read(owner, text, order.column)
        sign = "-" if order.descending else ""
        expected = list(visible_to(owner).filter(wanted.q).order_by(f"{sign}created_at", f"{sign}id"))
        effort = Effort(few=rng.choice([0, 3]), light=0, stretch=6, many=0, apart=rng.choice([0, 3]), bounded=True)
        found: list[Artifact] = []
        after: Cursor | None = None
        while True:
            page = page_rows(owner, wanted, order, limit=4, after=after, fetch=lambda rows: rows, effort=effort)
            found += page.rows
            after = page.next
            if after is None:
                break
        assert found == expected, (text, effort)


def test_a_tag_is_walked_in_the_order_of_the_list(owner: User) -> None:
    """Its rows are not fetched one and all; edited tags stand at the time of what they are on."""
    session = create_session(owner)
    made = [store(owner, session, f"{n}", ["t"], NOW - timedelta(hours=n)) for n in range(12)]
    update_artifact_tags(Artifact.objects.select_related("session").get(pk=made[5].pk), actor=owner, tags=["t", "late"])
    wanted = read(owner, "tag:t", "created_at")
    narrow = Effort(few=0, light=0, stretch=2, many=0, apart=6, bounded=True)
    order = ARTIFACT_TABLE.orders.parse("-created")
    page = page_rows(owner, wanted, order, limit=4, fetch=lambda rows: rows, effort=narrow)
    assert ([artifact.name for artifact in page.rows], page.is_cut) == (["0", "1", "2", "3"], False)
    late = page_rows(owner, read(owner, "tag:late", "created_at"), order, limit=4, fetch=lambda rows: rows)
    assert [artifact.name for artifact in late.rows] == ["5"]
    rest = page_rows(owner, wanted, order, limit=50, after=page.next, fetch=lambda rows: rows, effort=narrow)
    assert ([artifact.name for artifact in rest.rows], rest.is_cut) == (["4", "5", "6", "7", "8", "9", "10"], True)
