"""A session with an artifact and a run, and ways to say something about them."""

from collections.abc import Callable

import pytest

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.comments.access import get_subject
from llmspell_web.comments.fields import Place
from llmspell_web.comments.models import Comment
from llmspell_web.comments.services import add_comment, answer_comment
from llmspell_web.teams.models import Membership, User
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
from sessions.services import create_session

TEXT = b"one\ntwo\nthree\n"
JSON = b'{"rows": [{"f": 1}, {"f": 2}], "a/b": {"c.d": true}}'

Say = Callable[..., Comment]


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("admin", Membership.Role.ADMIN)


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")


@pytest.fixture
def artifact(session: Session, owner: User) -> Artifact:
    return store_artifact(session, actor=owner, artifact_type="note", name="notes.txt", content=TEXT)


@pytest.fixture
def document(session: Session, owner: User) -> Artifact:
    return store_artifact(session, actor=owner, artifact_type="note", name="rows.json", content=JSON)


@pytest.fixture
def run(session: Session, owner: User) -> Run:
    return create_run(owner, source='print("hello")', session=session)


@pytest.fixture
def say() -> Say:
    """`say(author, about, text)`: begins a thread; about a comment, answers it."""

    def say(author: User, about: Session | Artifact | Run | Comment, text: str = "Hello", **place: object) -> Comment:
        if isinstance(about, Comment):
            return answer_comment(about, actor=author, text=text).comment
        kind = type(about).__name__.lower()
        subject = get_subject(author, kind, about.pk)
        where = Place(**place)  # type: ignore[arg-type]  # as the caller gives it
        return add_comment(subject, actor=author, text=text, place=where).comment

    return say
