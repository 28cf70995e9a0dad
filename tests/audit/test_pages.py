"""The audit in the browser: what it tells, to whom, and what it is asked for."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from artifacts.services import delete_artifact, store_artifact
from llmspell_web.audit.models import AuditRecord
from llmspell_web.teams import members
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import private_team
from llmspell_web.trash.purging import purge_artifact
from llmspell_web.workspace.runs import create_run
from sessions.access import get_session_for_change
from sessions.models import Session
from sessions.placement import place_session
from sessions.services import create_session, delete_session, update_session

pytestmark = pytest.mark.django_db
URL = "/audit/"
HOSTILE = "<script>alert(1)</script> \u202eevil\u202c & \U0001f480 \"'"


def told(client: Client, **query: Any) -> list[str]:  # Any: what a test client takes
    """`kind about by`, newest first, without what accounts did to look at it."""
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return [
        f"{row.kind} {row.about.name} by {row.actor}" for row in response.context["rows"] if row.kind != "logged_in"
    ]


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: Any) -> str:  # Any: as above
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def test_it_tells_of_everything_in_the_teams_newest_first(
    desk: Client, owner: User, teammate: User, admin: User, default_team: Team
) -> None:
    session = create_session(owner, name=HOSTILE)
    update_session(session, actor=teammate, name="Support")
    artifact = store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"1")
    delete_artifact(artifact, actor=owner)
    purge_artifact(artifact, actor=admin)
    run = create_run(owner, source="-- look\nreturn 1", session=session)
    members.change_role(default_team, actor=admin, user_id=teammate.pk, role="viewer", seen="member")
    assert told(desk) == [
        "team_role_changed teammate by admin",
        "run_started look by owner",
        "purged_artifact a.txt v1 in Support by admin",
        "artifact_deleted a.txt v1 in Support by owner",
        "artifact_stored a.txt v1 in Support by owner",
        "updated Support by teammate",
        "created Support by owner",
    ]
    page = desk.get(URL)
    text = words(page)
    assert f"name {HOSTILE} Support" in text
    assert "role member viewer" in text
    assert "<script>alert" not in page.content.decode()
    assert f"/runs/{run.pk}/" in page.content.decode()


def test_who_may_look(
    desk: Client, owner: User, viewer: User, stranger: User, make_user: Callable[..., User], other_team: Team
) -> None:
    create_session(owner, name="ours")
    create_session(stranger, name="theirs", team=other_team)
    chief = make_user("chief", Membership.Role.ADMIN, other_team)
    assert told(desk) == ["created ours by owner"]
    assert told(log_in(chief)) == ["created theirs by stranger"]
    for user in (owner, viewer, stranger):
        assert log_in(user).get(URL).status_code == 403
        assert log_in(user).get("/audit/export?format=csv").status_code == 403
    assert Client().get(URL).status_code == 302
    both = log_in(chief)
    place = Membership.objects.create(team=owner.default_team, user=chief, role=Membership.Role.MEMBER)
    refused = both.get(URL, {"team": "default"})
    assert refused.status_code == 403
    assert "your role is member" in refused.content.decode()
    assert told(both) == ["created theirs by stranger"]
    place.role = Membership.Role.ADMIN
    place.save()
    assert told(both) == ["created theirs by stranger", "created ours by owner"]
    assert told(both, team="default") == ["created ours by owner"]
    place.delete()
    assert told(both, team="default") == told(both, team="nowhere") == []


def test_what_is_private_is_nobodys_audit(desk: Client, admin: User) -> None:
    session = create_session(admin, name="secret")
    loaded = get_session_for_change(admin, session.pk)
    place_session(loaded, actor=admin, team=private_team(admin), owner=admin)
    assert told(desk) == []
    Membership.objects.filter(user=admin, team__private_to=None).update(role=Membership.Role.MEMBER)
    assert desk.get(URL).status_code == 403


def test_filters_stand_in_the_url(desk: Client, owner: User, teammate: User, admin: User, client: Client) -> None:
    client.force_login(owner)
    made = client.post("/sessions/new", {"name": "made"})
    request = made["X-Request-ID"]
    session = Session.objects.get()
    artifact = store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"1")
    other = create_session(teammate, name="other")
    run = create_run(teammate, source="-- run", session=other)
    stored, created = "artifact_stored a.txt v1 in made by owner", "created made by owner"
    assert told(desk, request=request) == [created]
    assert told(desk, request=str(uuid4())) == []
    assert told(desk, object=str(session.pk)) == [stored, created]
    assert told(desk, object=f"http://testserver/sessions/{session.pk}/history") == [stored, created]
    assert told(desk, object=artifact.pk.hex) == [stored]
    assert told(desk, object=str(run.pk)) == ["run_started run by teammate"]
    assert told(desk, person="owner", kind=["created", "purged_session"]) == [created]
    assert told(desk, time="<1d") == []
    delete_artifact(artifact, actor=owner)
    purge_artifact(artifact, actor=admin)
    purged = "purged_artifact a.txt v1 in made by admin"
    assert told(desk, object=artifact.pk.hex) == [purged, "artifact_deleted a.txt v1 in made by owner", stored]
    assert told(desk, person="me") == [purged]
    page = desk.get(URL, {"request": request, "kind": "created"}).content.decode()
    assert f'value="{request}"' in page
    assert 'value="created" checked' in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"object": "x"}, "Expected the id of something"),
        ({"request": "<i>"}, "&lt;i&gt;"),
        ({"kind": "exploded"}, "Expected kinds of this list"),
        ({"page": "before.1.nobody.1"}, "Expected a link of the audit"),
        ({"time": "soon"}, "Expected a time such as"),
        ({"person": "a\0b"}, "Null characters"),
    ],
)
def test_a_filter_that_is_none_is_told_beside_its_field(desk: Client, query: dict[str, str], expected: str) -> None:
    for url in (URL, "/audit/export"):
        response = desk.get(url, {"team": "default", **query})
        assert response.status_code == 422
        assert expected in response.content.decode()
        assert 'value="default"' in response.content.decode()


def test_pages_hold_every_entry_once_both_ways(desk: Client, owner: User) -> None:
    session = create_session(owner, name="0")
    for number in range(1, 120):
        update_session(session, actor=owner, name=str(number))
    seen: list[list[str]] = []
    query: dict[str, str] = {"kind": ["created", "updated"]}  # type: ignore[dict-item]  # as the client takes it
    while True:
        page = desk.get(URL, query).context["page"]
        seen.append([entry.key for entry in page.entries])
        if page.older is None:
            break
        query["page"] = str(page.older)
    assert len({key for keys in seen for key in keys}) == sum(map(len, seen)) == 120
    back = desk.get(URL, {**query, "page": str(page.newer)}).context["page"]
    assert [entry.key for entry in back.entries] == seen[-2]


def test_one_entry_has_a_link_that_stays(desk: Client, owner: User, stranger: User, other_team: Team) -> None:
    long = "word " * 400
    session = create_session(owner, name="session", description=long)
    update_session(session, actor=owner, description="short")
    event = session.events.get(number=2)
    page = desk.get(f"/audit/event/{event.pk}/")
    assert words(page).count("word") == 400
    assert "session" in words(page)
    theirs = create_session(stranger, team=other_team).events.get()
    for key in (theirs.pk, 10**9, "x", uuid4()):
        assert desk.get(f"/audit/event/{key}/").status_code == 404
    for source in ("nobody", "record", "start"):
        assert desk.get(f"/audit/{source}/{uuid4()}/").status_code == 404
    record = AuditRecord.objects.filter(account=stranger).first() or AuditRecord(account=stranger)
    assert desk.get(f"/audit/record/{record.pk}/").status_code == 404
    assert log_in(owner).get(f"/audit/event/{event.pk}/").status_code == 403


def test_queries_do_not_grow_with_entries(desk: Client, owner: User, admin: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(URL).status_code == 200
        return len(queries)

    def happen() -> None:
        session = create_session(owner, name="session")
        artifact = store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"1")
        delete_artifact(artifact, actor=owner)
        purge_artifact(artifact, actor=admin)
        create_run(owner, source="return 1", session=session)
        members.create_team(admin, name="new")
        delete_session(session, actor=owner)

    happen()
    few = count()
    for _ in range(8):
        happen()
    assert count() <= few + 1  # one team alone is read in one step less
    assert few <= 25


def test_ids_are_ours_and_every_answer_has_one(desk: Client) -> None:
    response = desk.get("/no/such/page", headers={"X-Request-ID": "0" * 32})
    key = UUID(response["X-Request-ID"])
    assert key.version == 7
    assert str(key) in response.content.decode()
    assert desk.get(URL)["X-Request-ID"] != str(key)
