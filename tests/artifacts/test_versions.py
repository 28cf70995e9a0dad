"""Which version is the newest, and how many there are: kept on the row, so that a page need not count."""

import random

import pytest

from artifacts.models import Artifact
from artifacts.services import delete_artifact, restore_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.services import create_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner)


def store(session: Session, name: str, content: bytes = b"x") -> Artifact:
    return store_artifact(session, actor=session.created_by, artifact_type="chart", name=name, content=content)


def newest(session: Session) -> dict[str, tuple[int, int | None]]:
    """`{name: (version, how many)}` as the rows say."""
    return {row.name: (row.version, row.version_count) for row in session.artifacts.newest()}


def counted(session: Session) -> dict[str, tuple[int, int]]:
    """The same, counted."""
    versions: dict[str, list[int]] = {}
    for name, version in session.artifacts.filter(deleted_at=None).values_list("name", "version"):
        versions.setdefault(name, []).append(version)
    return {name: (max(numbers), len(numbers)) for name, numbers in versions.items()}


def test_the_newest_version_knows_how_many_there_are(session: Session) -> None:
    for _ in range(3):
        store(session, "a")
    store(session, "b")
    assert newest(session) == {"a": (3, 3), "b": (1, 1)}


def test_deleting_the_newest_makes_the_one_before_it_the_newest(session: Session, owner: User) -> None:
    first, second, third = (store(session, "a") for _ in range(3))
    delete_artifact(third, actor=owner)
    assert newest(session) == {"a": (2, 2)}
    delete_artifact(first, actor=owner)
    assert newest(session) == {"a": (2, 1)}
    delete_artifact(second, actor=owner)
    assert newest(session) == {}
    store(session, "a")
    assert newest(session) == {"a": (4, 1)}


def test_any_order_of_storing_and_deleting_counts_right(session: Session, owner: User) -> None:
    rng = random.Random(7)
    for _ in range(120):
        left = list(session.artifacts.filter(deleted_at=None))
        gone = list(session.artifacts.exclude(deleted_at=None))
        if left and rng.random() < 0.45:
            delete_artifact(rng.choice(left), actor=owner)
        elif gone and rng.random() < 0.4:
            restore_artifact(rng.choice(gone), actor=owner)
        else:
            store(session, rng.choice("abc"))
        assert newest(session) == counted(session)


def test_an_artifact_knows_the_size_of_its_content(session: Session) -> None:
    assert store(session, "a", b"12345").size == session.artifacts.get().size == 5
