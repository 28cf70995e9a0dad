"""Names of accounts that could be taken for those of others."""

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.fields import check_username
from llmspell_web.teams.invitations import create_invitation
from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import InvalidField
from tests.conftest import PASSWORD

LIKE_OWNER = [
    "оwner",
    "owneг",
    "OWNER",
    "ｏｗｎｅｒ",
    "owner\u200b",
    "\u202eowner",
    "οwner",
    "owne\u0433",
    "own\u0435r",
]
ALL_OTHER = ["сосо", "рор", "ΑΒΕ", "осо.1"]  # which are no Latin letters, and look like them


@pytest.fixture
def sign_up(owner: User, default_team: Team) -> str:
    default_team.memberships.filter(user=owner).update(role="admin")
    return reverse(
        "teams:sign_up", args=[create_invitation(default_team, actor=owner, role="viewer", lifetime="day", uses=9)[1]]
    )


@pytest.mark.parametrize("username", [*LIKE_OWNER, *ALL_OTHER])
def test_who_imitates_gets_no_account(client: Client, sign_up: str, username: str) -> None:
    answer = client.post(sign_up, {"username": username, "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 422
    assert answer.context["form"].errors["username"]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "username",
    ["иван", "рома", "Ωδή", "José", "山田たろう", "김철수", "ali_3", "محمد", "ada+x@example.com", "søren"],
)
def test_names_of_one_script_are_names(client: Client, sign_up: str, username: str) -> None:
    answer = client.post(sign_up, {"username": username, "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert User.objects.filter(username=username).exists()


def test_the_rule_stands_behind_every_door() -> None:
    with pytest.raises(InvalidField, match="username: expected letters of one script"):
        check_username("оwner")
