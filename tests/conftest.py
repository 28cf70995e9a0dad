"""What every test can ask for: the accounts that are always there, and processes on the test database."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.tools.environment import set_up

DATA_DIRECTORY = set_up()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from pytest_django import Settings  # noqa: E402

from llmspell_web.teams.models import Membership, Team, TeamEvent, User  # noqa: E402

if TYPE_CHECKING:
    from tests.tools.s3 import S3Server

PASSWORD = "correct horse battery"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="what the tests run on")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(autouse=True)
def _fresh_files(settings: Settings, tmp_path: Path) -> None:
    """Blobs of one test are not there in the next."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def _default_team(request: pytest.FixtureRequest) -> None:
    """The row of the first migration, which the flush after a transactional test takes away."""
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")  # pytest-django's own way into the database of this test
        Team.objects.get_or_create(slug=Team.DEFAULT_SLUG, defaults={"name": "Team"})


@pytest.fixture
def default_team(db: None) -> Team:
    return Team.objects.get(slug=Team.DEFAULT_SLUG)


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """`make_user(name, role="member", team=default)`: an account whose only team is that one; PASSWORD logs it in."""

    def make(username: str, role: str = Membership.Role.MEMBER, team: Team | None = None) -> User:
        user = User.objects.create_user(username, password=PASSWORD)
        TeamEvent.objects.filter(subject=user).delete()  # it was always there
        membership = Membership.objects.get(user=user)
        membership.role = role
        membership.team = team or membership.team
        membership.save(update_fields=["role", "team"])
        return user

    return make


@pytest.fixture
def owner(make_user: Callable[..., User]) -> User:
    """Who makes things in these tests."""
    return make_user("owner")


@pytest.fixture
def teammate(make_user: Callable[..., User]) -> User:
    """Another member of the owner's team."""
    return make_user("teammate")


@pytest.fixture
def viewer(make_user: Callable[..., User]) -> User:
    """In the owner's team, but may only look."""
    return make_user("viewer", Membership.Role.VIEWER)


@pytest.fixture
def visitor(client: Client, owner: User) -> Client:
    """A browser in which the owner is logged in."""
    client.force_login(owner)
    return client


@pytest.fixture
def other_team(db: None) -> Team:
    return Team.objects.create(slug="other", name="Other")


@pytest.fixture
def stranger(make_user: Callable[..., User], other_team: Team) -> User:
    """Someone with an account and no team in common with the owner."""
    return make_user("stranger", team=other_team)


@pytest.fixture
def process_environment(transactional_db: None, settings: Settings) -> dict[str, str]:
    """The environment in which a process of the product (`manage.py …`) sees this test's database.

    Rows are really committed, so the test is a transactional one. Blobs go to the folder of that environment.
    """
    database = connection.settings_dict
    url = (
        f"sqlite:////{database['NAME']}"
        if connection.vendor == "sqlite"
        else os.environ["DATABASE_URL"].removesuffix("/postgres") + f"/{database['NAME']}"
    )
    settings.MEDIA_ROOT = DATA_DIRECTORY / "files"
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LLMSPELL_DATA_DIR": str(DATA_DIRECTORY),
        "DATABASE_URL": url,
    }


@pytest.fixture(scope="session")
def s3_server() -> Iterator["S3Server"]:
    """A real S3 server, started for the first test that asks for it."""
    from tests.tools.s3 import S3Server  # boto3 is large, and most workers never ask

    server = S3Server()
    yield server
    server.stop()


@pytest.fixture
def bucket(s3_server: "S3Server", settings: Settings) -> str:
    """An empty bucket in which this test's content lies, in place of the file system."""
    name = f"test-{uuid4().hex}"
    s3_server.make_bucket(name)
    storage = {"BACKEND": "artifacts.s3_storage.BlobBucket", "OPTIONS": s3_server.options(name)}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return name
