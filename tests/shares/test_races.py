"""Two at once, on two connections: a last use is one, and a snapshot is of one moment."""

from collections.abc import Callable
from functools import partial

import pytest

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.shares.access import find_share
from llmspell_web.shares.models import Share, SharedArtifact, ShareEvent
from llmspell_web.shares.services import create_share, open_share, revoke_share
from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.workspace.test_placement_races import beside

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")


def attempt(work: Callable[[], object], refused: list[str]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except NotFound as problem:
            refused.append(str(problem))

    return run


def test_the_last_use(session: Session, owner: User) -> None:
    _, token = create_share(session, actor=owner, is_live=True, lifetime="day", uses=1)
    refused: list[str] = []
    found = [find_share(token), find_share(token)]
    first, second = (attempt(partial(open_share, share, ""), refused) for share in found)
    beside(first, second)
    assert len(refused) == 1
    assert Share.objects.get().uses == 1
    assert ShareEvent.objects.filter(kind="share_opened").count() == 1


def test_opening_what_is_revoked_at_that_moment(session: Session, owner: User) -> None:
    share, token = create_share(session, actor=owner, is_live=True, lifetime="day")
    refused: list[str] = []
    found = find_share(token)
    beside(lambda: revoke_share(share, actor=owner), attempt(lambda: open_share(found, ""), refused))
    assert len(refused) == 1
    assert Share.objects.get().uses == 0


def test_storing_waits_for_the_snapshot(session: Session, owner: User) -> None:
    def store() -> None:
        store_artifact(
            Session.objects.get(pk=session.pk), actor=owner, artifact_type="note", name="late.txt", content=b"late"
        )

    beside(lambda: create_share(session, actor=owner, is_live=False, lifetime="day"), store)
    assert Artifact.objects.count() == 1
    assert not SharedArtifact.objects.exists()


def test_sharing_what_is_deleted_at_that_moment(session: Session, owner: User) -> None:
    refused: list[str] = []
    share = partial(create_share, session, actor=owner, is_live=False, lifetime="day")
    beside(lambda: delete_session(Session.objects.get(pk=session.pk), actor=owner), attempt(share, refused))
    assert len(refused) == 1
    assert not Share.objects.exists()
