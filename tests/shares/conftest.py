"""A session with artifacts, links to it, and browsers that open them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.shares.access import Shareable
from llmspell_web.shares.models import Share
from llmspell_web.shares.services import create_share
from llmspell_web.teams.models import Membership, User
from sessions.models import Session
from sessions.services import create_session

PASSWORD_OF_LINK = "open sesame please"
ShareIt = Callable[..., tuple[Share, str]]
Store = Callable[..., Artifact]
Visit = Callable[..., Client]


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("admin", Membership.Role.ADMIN)


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(
        owner, name="Support", description="Refunds in May", tags=["refund"], metadata={"ticket": "12345"}
    )


@pytest.fixture
def store(session: Session, owner: User) -> Store:
    """`store(name, content)`: the next version, by its owner."""

    def store(name: str = "notes.txt", content: bytes = b"first line\n", into: Session | None = None) -> Artifact:
        return store_artifact(
            into or session,
            actor=owner,
            artifact_type="note",
            name=name,
            content=content,
            tags=["final"],
            description="About the refund",
            custom={"source": "mail"},
        )

    return store


@pytest.fixture
def share_it(owner: User) -> ShareIt:
    """`share_it(thing, is_live=…, …)`: the share and its token."""

    def share(thing: Shareable, *, actor: User | None = None, **given: object) -> tuple[Share, str]:
        wanted = {"is_live": False, "lifetime": "day"} | given
        return create_share(thing, actor=actor or owner, **wanted)  # type: ignore[arg-type]  # as the test gives it

    return share


def link(token: str) -> str:
    return reverse("shares:shared", args=[token])


@pytest.fixture
def visit(db: None) -> Visit:
    """`visit(token)`: the browser of somebody who has opened the link."""

    def visit(token: str, password: str = "") -> Client:
        client = Client()
        answer = client.post(link(token), {"password": password})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return visit


def words(client: Client, url: str) -> str:
    """Of the page at the address."""
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def part_url(token: str, artifact: Artifact, part: str = "download") -> str:
    return reverse("shares:part", args=[token, artifact.pk, part])


def content_of(client: Client, token: str, artifact: Artifact) -> bytes:
    answer = client.get(part_url(token, artifact))
    assert answer.status_code == 200
    return answer.getvalue()
