"""A session to store into, and a browser of its owner."""

import pytest
from django.test import Client

from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.services import create_session


@pytest.fixture
def visitor(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")
