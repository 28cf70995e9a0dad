"""Log-ins and what else accounts do, and failed log-ins: who is told of them, and that a flood fills nothing."""

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory

from llmspell_web.audit import recording
from llmspell_web.audit.models import AuditRecord
from llmspell_web.teams.models import Membership, Team, User
from tests.audit.test_pages import log_in, words
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "never-written-down"


def try_to_log_in(name: str, password: str = SECRET, address: str = "192.0.2.1") -> None:
    Client(REMOTE_ADDR=address).post("/login/", {"username": name, "password": password})


def failed(client: Client) -> list[tuple[str, str, int]]:
    """Name, address and count of each, newest first."""
    rows = client.get("/audit/", {"kind": "login_failed"}).context["rows"]
    return [(row.actor, row.address, row.count) for row in rows]


@pytest.fixture
def operator(make_user: Callable[..., User]) -> Client:
    """A browser of who runs the server and is in no team's admins."""
    user = make_user("operator")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    user.refresh_from_db()
    return log_in(user)


def test_log_ins_and_log_outs_are_told_to_admins_of_a_team_of_theirs(
    desk: Client, owner: User, stranger: User, operator: Client
) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    answer = client.post("/login/", {"username": "owner", "password": PASSWORD})
    client.post("/logout/")
    try_to_log_in("stranger", PASSWORD)
    page = desk.get("/audit/", {"person": "owner"})
    assert [row.kind for row in page.context["rows"]] == ["logged_out", "logged_in"]
    assert "Logged in by owner from 192.0.2.7" in words(page)
    assert str(page.context["rows"][1].request_id) == answer["X-Request-ID"]
    assert [row.kind for row in desk.get("/audit/", {"person": "stranger"}).context["rows"]] == []
    assert [row.kind for row in operator.get("/audit/", {"person": "stranger"}).context["rows"]] == ["logged_in"]


def test_failed_log_ins_are_counted_and_never_hold_a_password(
    desk: Client, owner: User, stranger: User, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("owner", "owner", "owner", "stranger", "nobody<i>", "x" * 150):
        try_to_log_in(name)
    try_to_log_in("owner", address="192.0.2.2")
    everything = {
        ("owner", "192.0.2.1", 3), ("owner", "192.0.2.2", 1), ("stranger", "192.0.2.1", 1),
        ("nobody<i>", "192.0.2.1", 1), ("x" * 150, "192.0.2.1", 1),
    }  # fmt: skip
    assert set(failed(operator)) == everything
    assert set(failed(desk)) == {row for row in everything if row[0] == "owner"}
    assert SECRET not in str(list(AuditRecord.objects.values()))
    page = operator.get("/audit/", {"kind": "login_failed"})
    assert "as nobody&lt;i&gt;" in page.content.decode().replace("<bdi>", "").replace("</bdi>", "")
    assert "(no account)" in words(page)
    assert "3 times as owner from 192.0.2.1" in words(desk.get("/audit/", {"kind": "login_failed"}))


def test_a_flood_fills_no_disk_and_hides_no_account(
    owner: User, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "ROWS_A_MINUTE", 5)
    requests = RequestFactory()
    for number in range(40):
        recording.count_failed_login(f"name {number}\0", requests.get("/", REMOTE_ADDR=f"192.0.2.{number}"))
        recording.count_failed_login("owner", requests.get("/", REMOTE_ADDR=f"198.51.100.{number}"))
    rows = AuditRecord.objects.filter(kind="login_failed")
    assert rows.count() <= 2 * 7  # the minute may have turned meanwhile
    assert sum(rows.values_list("count", flat=True)) == 80
    assert sum(rows.filter(account=owner).values_list("count", flat=True)) == 40
    assert ("", "") in set(rows.values_list("name", "address"))
    assert "several names" in words(operator.get("/audit/", {"kind": "login_failed"}))


def test_the_first_superuser_is_admin_of_the_default_team_and_the_next_is_not(default_team: Team, owner: User) -> None:
    first = User.objects.create_superuser("first", password=PASSWORD)
    second = User.objects.create_superuser("second", password=PASSWORD)
    roles = dict(Membership.objects.filter(team=default_team).values_list("user__username", "role"))
    assert roles == {"owner": "member", "first": "admin", "second": "member"}
    told = log_in(first).get("/audit/", {"person": "second", "kind": "team_joined"}).context["rows"]
    assert [row.details["role"] for row in told] == [{"before": None, "after": "member"}]
    Membership.objects.filter(user=first).update(role="member")
    User.objects.filter(pk=first.pk).update(is_active=False)
    User.objects.create_superuser("third", password=PASSWORD)
    assert Membership.objects.get(user__username="third").role == "admin"
    assert log_in(second).get("/audit/").status_code == 200
