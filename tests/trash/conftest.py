"""An admin, and something in the trash."""

from collections.abc import Callable

import pytest

from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import Membership, User
from sessions.models import Session
from sessions.services import create_session, delete_session

Store = Callable[..., Artifact]
Trash = Callable[..., Session]


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("admin", Membership.Role.ADMIN)


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")


@pytest.fixture
def store(session: Session, owner: User) -> Store:
    """`store(name, content)`: the next version, by its owner."""

    def store(name: str, content: bytes = b"content", into: Session | None = None) -> Artifact:
        place = into or session
        return store_artifact(place, actor=owner, artifact_type="note", name=name, content=content, tags=["t"])

    return store


@pytest.fixture
def trash_artifact(store: Store, owner: User) -> Store:
    """As `store`, and then to the trash."""

    def trash(name: str, content: bytes = b"content", into: Session | None = None) -> Artifact:
        artifact = store(name, content, into)
        delete_artifact(artifact, actor=owner)
        return artifact

    return trash


@pytest.fixture
def trash_session(owner: User) -> Trash:
    def trash(name: str = "Old", **given: object) -> Session:
        session = create_session(owner, name=name, **given)  # type: ignore[arg-type]  # as the caller gives it
        delete_session(session, actor=owner)
        return session

    return trash
