"""A session to store into."""

import pytest

from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.services import create_session


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")
