"""Two people at once, on two connections: nothing is overwritten, and no comment stays behind in a team."""

from collections.abc import Callable

import pytest

from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.comments.access import get_subject
from llmspell_web.comments.models import Comment, CommentEvent
from llmspell_web.comments.services import Overtaken, add_comment, edit_comment, resolve
from llmspell_web.teams.models import Membership, User
from llmspell_web.trash.purging import purge_artifact
from llmspell_web.web.problems import Conflict, NotFound, Problem
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.workspace.test_placement_races import beside, make_private


@pytest.fixture
def author(transactional_db: None, make_user: Callable[..., User]) -> User:
    return make_user("author")


@pytest.fixture
def mate(transactional_db: None, make_user: Callable[..., User]) -> User:
    return make_user("mate", Membership.Role.ADMIN)


def attempt(work: Callable[[], object], told: list[Problem]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except Problem as problem:
            told.append(problem)

    return run


@pytest.mark.parametrize("is_on_a_run", [False, True])
def test_a_comment_while_its_session_becomes_private(author: User, mate: User, is_on_a_run: bool) -> None:
    session = create_session(author)
    run = create_run(author, source="return 1", session=session)
    kind, pk = ("run", run.pk) if is_on_a_run else ("session", session.pk)
    subject = get_subject(mate, kind, pk)
    told: list[Problem] = []
    beside(
        attempt(lambda: add_comment(subject, actor=mate, text="Hello"), told),
        lambda: make_private(Session.objects.get(pk=session.pk), author),
    )
    assert told == []
    assert not Comment.objects.visible_to(mate).exists()
    assert Comment.objects.visible_to(author).count() == 1
    assert set(CommentEvent.objects.values_list("team__private_to", flat=True)) == {author.pk}


def test_a_comment_behind_a_session_that_became_private(author: User, mate: User) -> None:
    session = create_session(author)
    subject = get_subject(mate, "session", session.pk)
    told: list[Problem] = []
    beside(
        lambda: make_private(Session.objects.get(pk=session.pk), author),
        attempt(lambda: add_comment(subject, actor=mate, text="Hello"), told),
    )
    assert [type(problem) for problem in told] == [NotFound]
    assert not Comment.objects.exists()


def test_a_comment_behind_a_session_that_was_deleted(author: User, mate: User) -> None:
    session = create_session(author)
    subject = get_subject(mate, "session", session.pk)
    told: list[Problem] = []
    beside(
        lambda: delete_session(session, actor=author),
        attempt(lambda: add_comment(subject, actor=mate, text="Hello"), told),
    )
    assert [type(problem) for problem in told] == [NotFound]


def test_a_comment_beside_the_purge_of_its_artifact(author: User, mate: User) -> None:
    session = create_session(author)
    artifact = store_artifact(session, actor=author, artifact_type="x", name="a", content=b"1")
    subject = get_subject(mate, "artifact", artifact.pk)
    told: list[Problem] = []

    def purge() -> None:
        delete_artifact(artifact, actor=author)
        purge_artifact(Artifact.objects.get(), actor=mate)

    beside(purge, attempt(lambda: add_comment(subject, actor=mate, text="Hello"), told))
    assert [type(problem) for problem in told] == [NotFound]
    assert not Comment.objects.exists()


@pytest.mark.parametrize("is_on_a_run", [False, True])
def test_two_edits(author: User, is_on_a_run: bool) -> None:
    kind, about = ("session", create_session(author)) if not is_on_a_run else ("run", create_run(author, source="1"))
    comment = add_comment(get_subject(author, kind, about.pk), actor=author, text="Old").comment
    told: list[Problem] = []
    beside(
        lambda: edit_comment(comment, actor=author, text="First", seen=0),
        attempt(lambda: edit_comment(comment, actor=author, text="Second", seen=0), told),
    )
    assert [type(problem) for problem in told] == [Overtaken]
    assert Comment.objects.get().text == "First"


def test_two_who_resolve(author: User, mate: User) -> None:
    comment = add_comment(get_subject(author, "run", create_run(author, source="1").pk), actor=author, text="?").comment
    told: list[Problem] = []
    beside(lambda: resolve(comment, actor=author), attempt(lambda: resolve(comment, actor=mate), told))
    assert [type(problem) for problem in told] == [Conflict]
    assert Comment.objects.get().resolved_by == author
    assert CommentEvent.objects.filter(kind="resolved").count() == 1
