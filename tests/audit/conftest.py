"""An admin of the owner's team, in whose browser the audit is looked at."""

from collections.abc import Callable

import pytest
from django.test import Client

from llmspell_web.teams.models import Membership, User


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("admin", Membership.Role.ADMIN)


@pytest.fixture
def desk(admin: User) -> Client:
    """A browser in which the admin is logged in."""
    client = Client()
    client.force_login(admin)
    return client
