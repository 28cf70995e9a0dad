"""The feed of all that happened in a reader's teams."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from artifacts.services import store_artifact
from llmspell_web.teams import members
from llmspell_web.teams.invitations import create_invitation, join_team
from llmspell_web.teams.models import Membership, Team, TeamEvent, User
from llmspell_web.teams.services import private_team
from llmspell_web.workspace.feed import reading
from llmspell_web.workspace.feed.reading import PAGE_SIZE
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run
from sessions.access import get_session_for_change
from sessions.hierarchy import move_session
from sessions.lifecycle import change_status
from sessions.models import Session, SessionEvent
from sessions.placement import place_session
from sessions.services import create_session, delete_session, update_session

URL = "/history/"
TOKEN = re.compile(r"[a-zA-Z0-9]{64}|since=\d+")


def shown(client: Client, **query: Any) -> list[str]:  # Any: what a test client takes
    response = client.get(URL, query)
    assert response.status_code == 200
    return [entry.key for entry in response.context["page"].entries]


def panel(client: Client, query: dict[str, Any]) -> str:  # Any: as above
    """The page behind its header, without what was asked for and when."""
    content = client.get(URL, query).content.decode().partition('<section class="panel"')[2]
    for asked in query.values():
        content = content.replace(str(asked), "ASKED")
    return TOKEN.sub("TOKEN", content)


def event_key(session: Session, number: int = 1) -> str:
    return f"event-{session.events.get(number=number).pk}"


def finish(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(status="succeeded", started_at=timezone.now(), ended_at=timezone.now())
    return run


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_sessions_artifacts_and_runs_are_told_newest_first(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(owner, name="<b>Support</b>")
    run = create_run(teammate, source="-- look <i>here</i>\nreturn 1", session=session)
    store_artifact(session, actor=owner, artifact_type="note", name="a<b>.txt", content=b"1", run_id=run.pk)
    finish(run)
    update_session(session, actor=teammate, name="new \u202e name")
    response = visitor.get(URL)
    assert [entry.key for entry in response.context["page"].entries] == [
        event_key(session, 3),
        f"end-{run.pk}",
        event_key(session, 2),
        f"start-{run.pk}",
        event_key(session, 1),
    ]
    content = response.content.decode()
    for words in (
        "a&lt;b&gt;.txt v1",
        "look &lt;i&gt;here&lt;/i&gt;",
        "new \u202e name</bdi>",
        "&lt;b&gt;Support&lt;/b&gt;</del>",
        reverse("sessions:event", args=[session.pk, 2]),
        reverse("workspace:run", args=[run.pk]),
        "by <bdi>teammate</bdi>",
    ):
        assert words in content
    assert "<b>Support" not in content


def test_pages_hold_every_entry_once_both_ways_while_more_comes(visitor: Client, owner: User, teammate: User) -> None:
    """Also where many entries share one moment, and sources share it with each other."""
    session = create_session(owner, name="session")
    runs = [finish(create_run(teammate, source="return 1", session=session)) for _ in range(20)]
    for number in range(PAGE_SIZE + 10):
        update_session(session, actor=owner, name=f"name {number}")
    moment = timezone.now() - timedelta(hours=1)
    SessionEvent.objects.filter(number__gt=20).update(at=moment)
    Run.objects.update(created_at=moment, ended_at=moment)
    everything = {event_key(session, n) for n in range(1, PAGE_SIZE + 12)}
    everything |= {f"{what}-{run.pk}" for run in runs for what in ("start", "end")}
    seen: list[list[str]] = []
    query: dict[str, str] = {}
    while True:
        page = visitor.get(URL, query).context["page"]
        seen.append([entry.key for entry in page.entries])
        create_session(teammate, name="comes meanwhile")
        if page.older is None:
            break
        query = {"page": str(page.older)}
    assert len(seen) == 3
    assert len([key for keys in seen for key in keys]) == len(everything)
    assert {key for keys in seen for key in keys} == everything
    back = visitor.get(URL, {"page": str(page.newer)}).context["page"]
    assert [entry.key for entry in back.entries] == seen[1]
    assert shown(visitor, page=str(back.newer)) == seen[0]


def test_filters_stand_in_the_url(visitor: Client, owner: User, teammate: User, other_team: Team) -> None:
    Membership.objects.create(team=other_team, user=owner)
    one, two = create_session(owner, name="one"), create_session(teammate, name="two")
    three = create_session(owner, name="three", team=other_team)
    run = finish(create_run(teammate, source="return 1", session=one))
    update_session(one, actor=teammate, name="renamed")
    one.events.filter(number=1).update(at=timezone.now() - timedelta(days=3))
    started, ended, renamed = f"start-{run.pk}", f"end-{run.pk}", event_key(one, 2)
    assert shown(visitor, person="teammate") == [renamed, ended, started, event_key(two)]
    assert shown(visitor, person="me") == [event_key(three), event_key(one)]
    assert shown(visitor, kind=["updated", "run_ended"]) == [renamed, ended]
    assert shown(visitor, kind="run_started") == [started]
    assert shown(visitor, session=str(one.pk)) == [renamed, ended, started, event_key(one)]
    assert shown(visitor, session=one.pk.hex, person="me") == [event_key(one)]
    assert shown(visitor, time="<2d") == [event_key(one)]
    assert shown(visitor, time=">2d", person="me") == [event_key(three)]
    assert shown(visitor, team="other") == [event_key(three)]
    assert "by <bdi>owner</bdi> · <bdi>Other</bdi>" in visitor.get(URL).content.decode()
    assert shown(visitor, team="default", person="me") == [event_key(one)]
    page = visitor.get(URL, {"kind": "updated", "person": "teammate", "time": ">2d"}).content.decode()
    for words in ('value="updated" checked', 'value="teammate"', 'value="&gt;2d"'):
        assert words in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"person": "a\0b"}, "Null characters"),
        ({"person": "a" * 200}, "at most 150"),
        ({"kind": ["updated", "<i>exploded"]}, "got &lt;i&gt;exploded"),
        ({"session": "x"}, "Expected the id of a session"),
        ({"time": "soon"}, "Expected a time such as"),
        ({"time": "2026-99-01"}, "Expected a time such as"),
        ({"page": "before.1.event"}, "Expected a link of the history"),
        ({"page": "after.1.nobody.1"}, "Expected a link of the history"),
        ({"page": f"before.{'9' * 19}.event.1"}, "Expected a link of the history"),
        ({"page": f"before.1.event.{'9' * 19}"}, "Expected a link of the history"),
        ({"page": "before.1.start.1"}, "Expected a link of the history"),
    ],
)
def test_a_filter_that_is_none_is_told_beside_its_field(query: dict[str, Any], words: str, visitor: Client) -> None:
    response = visitor.get(URL, {"team": "default", **query})
    content = response.content.decode()
    assert response.status_code == 422
    assert words in content
    assert 'value="default"' in content
    assert "timeline" not in content
    assert visitor.get(reverse("workspace:feed_live"), {"since": "1", **query}).status_code == 422


def test_hidden_and_missing_look_alike(owner: User, stranger: User, visitor: Client) -> None:
    session = create_session(owner, name="hidden")
    finish(create_run(owner, source="-- hidden", session=session))
    away = client_of(stranger)
    assert shown(away) == []
    hidden: list[dict[str, Any]] = [{"session": session.pk}, {"person": "owner"}, {"team": "default"}]
    missing: list[dict[str, Any]] = [{"session": uuid4()}, {"person": "nobody"}, {"team": "nowhere"}]
    for one, other in zip(hidden, missing, strict=True):
        assert panel(away, one) == panel(away, other)
    assert "owner" not in panel(away, {})
    assert away.get(reverse("workspace:feed_news")).json()["news"] == ""
    assert away.get(reverse("workspace:feed_live"), {"since": "0"}).status_code == 204


def test_what_becomes_of_members_is_told_to_the_team_alone(
    visitor: Client, owner: User, stranger: User, make_user: Callable[..., User]
) -> None:
    team = members.create_team(owner, name="<i>New</i>")
    invitation, token = create_invitation(team, actor=owner, role="viewer", lifetime="day", uses=1)
    newcomer = make_user("newcomer")
    join_team(token, user=newcomer)
    members.change_role(team, actor=owner, user_id=newcomer.pk, role="admin", seen="viewer")
    members.rename_team(team, actor=newcomer, name="Newer")
    members.end_membership(team, actor=owner, user_id=newcomer.pk)
    keys = {event.kind: f"team-{event.pk}" for event in TeamEvent.objects.filter(team=team)}
    told = [keys[kind] for kind in ("removed", "renamed", "role_changed", "joined", "created")]
    assert shown(visitor) == told  # the invitation is its admins' business
    assert shown(visitor, person="newcomer") == [keys["renamed"], keys["joined"]]
    assert shown(visitor, kind=["team_renamed", "created"]) == [keys["renamed"]]
    assert shown(visitor, session=str(uuid4())) == []
    assert shown(client_of(stranger)) == shown(client_of(newcomer)) == []
    content = visitor.get(URL).content.decode()
    for words in ("<bdi>Newer</bdi>", "&lt;i&gt;New&lt;/i&gt;</del>", f"/teams/{team.slug}/", "<del>viewer</del>"):
        assert words in content
    assert str(invitation.pk) not in content
    assert visitor.get(reverse("workspace:feed_news")).json()["news"] == "2"


def test_private_sessions_are_told_to_their_owner_alone(visitor: Client, owner: User, teammate: User) -> None:
    session, child = create_session(owner, name="secret"), create_session(owner, name="below")
    move_session(child, actor=owner, parent=session, seen=None)
    run = finish(create_run(owner, source="return 1", session=child))
    loaded = get_session_for_change(owner, session.pk)
    place_session(loaded, actor=owner, team=private_team(owner), owner=owner)
    mine = {event_key(session), event_key(session, 2), f"start-{run.pk}", f"end-{run.pk}"}
    mine |= {event_key(child, number) for number in (1, 2, 3)}
    assert set(shown(visitor)) == mine
    assert shown(client_of(teammate)) == []
    assert client_of(teammate).get(reverse("workspace:feed_news")).json()["news"] == ""
    loaded = get_session_for_change(owner, session.pk)
    place_session(loaded, actor=owner, team=owner.default_team, owner=owner)
    assert set(shown(client_of(teammate))) == mine | {event_key(session, 3), event_key(child, 4)}


def test_who_was_removed_sees_nothing_more_and_is_still_told_of(
    owner: User, teammate: User, viewer: User, visitor: Client
) -> None:
    session = create_session(teammate, name="session")
    assert shown(client_of(viewer)) == shown(client_of(teammate)) == [event_key(session)]
    teammate.memberships.all().delete()
    assert shown(client_of(teammate)) == []
    assert client_of(teammate).get(reverse("workspace:feed_news")).json()["news"] == ""
    assert shown(visitor, person="teammate") == [event_key(session)]
    assert '<option value="teammate">' not in visitor.get(URL).content.decode()
    assert '<option value="viewer">' in visitor.get(URL).content.decode()


def test_what_happened_to_a_session_in_the_trash_is_told_without_links_to_it(visitor: Client, owner: User) -> None:
    session = create_session(owner, name="thrown <away>")
    store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"1")
    delete_session(session, actor=owner)
    assert shown(visitor) == [event_key(session, number) for number in (3, 2, 1)]
    content = visitor.get(URL).content.decode()
    assert '<bdi>thrown &lt;away&gt;</bdi> <span class="soft">(now in the trash)</span>' in content
    assert f"/sessions/{session.pk}" not in content
    assert "/artifacts/" not in content.replace('href="/artifacts/"', "")


def test_queries_do_not_grow_with_entries(
    visitor: Client, owner: User, teammate: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        session = create_session(owner, name=f"session {number}")
        store_artifact(session, actor=teammate, artifact_type="note", name="a.txt", content=b"1")
        move_session(session, actor=owner, parent=create_session(owner), seen=None)
        finish(create_run(teammate, source="return 1", session=session))
        members.create_team(owner, name=f"team {number}")
    with django_assert_max_num_queries(20):
        visitor.get(URL)
    with django_assert_max_num_queries(20):
        visitor.get(URL, {"kind": ["created", "run_ended"], "person": "owner", "time": "today"})
    with django_assert_max_num_queries(9):
        visitor.get(reverse("workspace:feed_live"), {"since": "0"})
    with django_assert_max_num_queries(17):
        visitor.get(reverse("workspace:feed_news"))


@pytest.mark.parametrize("teams", [1, 3])
def test_what_is_rare_is_looked_for_a_part_of_the_history_at_a_time(
    teams: int, visitor: Client, owner: User, teammate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOK_ROWS", 10)
    monkeypatch.setattr(reading, "LOOK_ROWS_EACH", 3)
    sessions = [create_session(owner, name="in the default team")]
    for number in range(1, teams):
        team = Team.objects.create(slug=f"team-{number}", name="Team")
        Membership.objects.create(team=team, user=owner)
        sessions.append(create_session(owner, name=team.slug, team=team))
    for number in range(60):
        update_session(sessions[number % teams], actor=owner, name=f"name {number}")
        if number in (7, 40):
            finish(create_run(owner, source="return 1", session=sessions[0]))
            change_status(sessions[0], "suspend", actor=owner)
            change_status(sessions[0], "resume", actor=owner)
    wanted = {f"event-{event.pk}" for event in SessionEvent.objects.filter(kind="suspended")}
    query = {"kind": ["suspended", "run_ended"]}
    pages = [visitor.get(URL, query)]
    while (older := pages[-1].context["page"].older) is not None:
        pages.append(visitor.get(URL, {**query, "page": str(older)}))
    found = [entry.key for page in pages for entry in page.context["page"].entries]
    assert set(found) == wanted | {f"end-{run.pk}" for run in Run.objects.all()}
    assert len(found) == 4
    assert len(pages) > 3
    assert any("Nothing so far" in page.content.decode() for page in pages)
    assert "Look further back" in pages[0].content.decode()
    newer: list[str] = []
    while (back := pages[-1].context["page"].newer) is not None and len(pages) < 100:
        pages.append(visitor.get(URL, {**query, "page": str(back)}))
        newer = [entry.key for entry in pages[-1].context["page"].entries] + newer
    assert newer == found[: len(newer)]
    assert len(newer) >= 2
