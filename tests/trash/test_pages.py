"""The trash in the browser: what lies there, for whom, taking it out and deleting it for good."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.trash import listing
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_session
from sessions.course import Course, Place
from sessions.finding import GLANCE, first_rows
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session, delete_session, restore_session
from tests.trash.conftest import Store, Trash

pytestmark = pytest.mark.django_db
TYPED = "<script>alert(1)</script> evil & \U0001f480 \"'"
HOSTILE = "<script>alert(1)</script> \u202eevil\u202c & \U0001f480 \"'"


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(answer: Any) -> str:  # Any: the test client's own response, as below
    main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub("</?bdi>", "", main))).split())


def names(answer: Any) -> list[str]:
    return [row.trashed.name for row in answer.context["page"].rows]


def test_all_that_was_deleted_is_there_newest_first(
    visitor: Client,
    owner: User,
    stranger: User,
    session: Session,
    trash_session: Trash,
    trash_artifact: Store,
    store: Store,
) -> None:
    trash_session("First")
    trash_artifact("second.txt", b"12345")
    store("kept.txt", b"x" * 2048)
    trash_artifact("goes along.txt")
    other = create_session(owner, name="Third")
    trash_artifact("of the third", b"x", into=other)
    delete_session(other, actor=owner)
    create_session(owner, name="Not deleted")
    page = visitor.get("/trash/")
    assert names(page) == ["Third", "goes along.txt", "second.txt", "First"]
    text = words(page)
    assert "second.txt Artifact, version 1 Support Team 5 bytes owner" in text
    assert "First Session Team 0 bytes owner just now" in text
    assert "of the third" not in text
    assert (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%d") in text
    assert "Trash is empty" in words(log_in(stranger).get("/trash/")).replace("The trash", "Trash")


def test_filters_and_pages(
    visitor: Client, teammate: User, trash_session: Trash, trash_artifact: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    for name in ("Refund", "refund 2", "Other"):
        trash_session(name)
    trash_artifact("REFUND.txt")
    by_mate = create_session(teammate, name="Theirs")
    delete_session(by_mate, actor=teammate)
    assert names(visitor.get("/trash/", {"q": "refund"})) == ["REFUND.txt", "refund 2"]
    assert names(visitor.get("/trash/", {"kind": "artifact"})) == ["REFUND.txt"]
    assert names(visitor.get("/trash/", {"by": "teammate"})) == ["Theirs"]
    assert names(visitor.get("/trash/", {"q": "%"})) == []
    seen, url = [], "/trash/?kind="
    while url:
        page = visitor.get(url)
        seen += names(page)
        assert len(names(page)) <= 2
        link = re.search(r'href="(\?[^"]+)">Older', page.content.decode())
        url = f"/trash/{unescape(link[1])}" if link else ""
    assert seen == ["Theirs", "REFUND.txt", "Other", "refund 2", "Refund"]
    every = Session.objects.filter(deleted_at__isnull=False)
    every.update(deleted_at=timezone.now())  # all at one moment: the key decides
    first = visitor.get("/trash/", {"kind": "session"})
    second = visitor.get("/trash/", {"kind": "session", "after": first.context["page"].after})
    assert len({*names(first), *names(second)}) == 4


def test_a_rare_name_is_looked_for_a_part_at_a_time(
    visitor: Client, trash_session: Trash, trash_artifact: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "GLANCE", replace(GLANCE, few=0, stretch=5, blind=5))
    trash_artifact("needle.txt")
    trash_session("Needle")
    for number in range(14):
        trash_session(f"Hay {number}")
    page = visitor.get("/trash/", {"q": "needle"})
    assert "Nothing like this yet Looked through what was deleted since" in words(page)
    found, looks = [], 1
    while after := page.context["page"].after:
        page = visitor.get("/trash/", {"q": "needle", "after": after})
        found += names(page)
        looks += 1
    assert found == ["Needle", "needle.txt"]
    assert 2 < looks < 8
    assert len(names(visitor.get("/trash/"))) == 16  # without a filter, a page is a page


def test_all_on_a_page_are_ticked_by_a_link(visitor: Client, trash_session: Trash) -> None:
    for number in range(3):
        trash_session(f"Old {number}")
    plain = visitor.get("/trash/", {"q": "Old"}).content.decode()
    assert "checked" not in plain
    assert 'href="?q=Old&amp;ticked=page"' in plain
    ticked = visitor.get("/trash/", {"q": "Old", "ticked": "page"}).content.decode()
    items = re.findall(r'name="item" value="([^"]*)" checked>', ticked)
    assert len(items) == 3
    assert 'name="next" value="/trash/?q=Old"' in ticked
    visitor.post("/trash/restore", {"item": items})
    assert not Session.objects.in_trash().exists()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"kind": "blob"}, "Select a valid choice"),
        ({"after": "yesterday"}, "After: expected a link of this list, got “yesterday”"),
        ({"after": f"{10**30}.{0:032x}"}, "expected a link of this list"),
        ({"by": "x\0"}, "Null characters are not allowed"),
        ({"q": "x" * 300}, "at most 255 characters"),
    ],
)
def test_a_filter_that_means_nothing_is_told(visitor: Client, query: dict[str, str], told: str) -> None:
    page = visitor.get("/trash/", query)
    assert page.status_code == 422
    assert told in words(page).replace('"yesterday"', "“yesterday”")


def test_what_the_list_costs(
    visitor: Client, owner: User, trash_session: Trash, trash_artifact: Store, session: Session
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get("/trash/").status_code == 200
        return len(queries)

    trash_session(), trash_artifact("a")
    few = cost()
    for number in range(8):
        trash_session(f"{number}"), trash_artifact(f"{number}")
    for number in range(3):
        team = Team.objects.create(slug=f"t{number}", name=f"T{number}")
        Membership.objects.create(team=team, user=owner)
    assert cost() == few
    assert few <= 8  # log-in, account, current session; admin of which, roles, keys, sessions, artifacts


def test_the_index_leads_to_the_rows(owner: User) -> None:
    teams = [owner.default_team.pk]
    for source, index in zip(listing.SOURCES.values(), ("session_by_trash", "trashed_by_time"), strict=True):
        course = Course(teams, "deleted_at", start=Place(timezone.now(), owner.pk), source=source)
        with CaptureQueriesContext(connection) as queries:
            first_rows(course, listing.Wanted().condition, 5, fetch=listing._with_places)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' * (connection.vendor == 'sqlite')}{queries[0]['sql']}")
            plan = str(cursor.fetchall())
        assert connection.vendor != "sqlite" or index in plan  # PostgreSQL reads an empty table as it lies


def test_taking_out_one_says_where_it_stands(
    visitor: Client, owner: User, session: Session, trash_artifact: Store
) -> None:
    parent = create_session(owner, name="Parent")
    child = create_session(owner, name="Child", parent=parent)
    for _ in range(2):
        delete_session(child, actor=owner)
        answer = visitor.post("/trash/restore", {"item": f"session:{child.pk}"}, follow=True)
        parent.refresh_from_db()
        told = "under no other session: its parent is in the trash" if parent.deleted_at else "below Parent again"
        assert told in words(answer)
        if not parent.deleted_at:
            delete_session(parent, actor=owner)
    artifact = trash_artifact("a.txt")
    answer = visitor.post("/trash/restore", {"item": f"artifact:{artifact.pk}"}, follow=True)
    assert "Took a.txt, version 1, out of the trash: it is in the session Support again." in words(answer)
    assert Artifact.objects.visible_to(owner).get() == artifact


def test_a_child_comes_back_when_its_parent_is_gone_for_good(visitor: Client, owner: User, admin: User) -> None:
    parent = create_session(owner, name="Parent")
    child = create_session(owner, name="Child", parent=parent)
    for session in (child, parent):
        delete_session(session, actor=owner)
    log_in(admin).post("/trash/purge", {"item": f"session:{parent.pk}", "confirm": "Parent"})
    answer = visitor.post("/trash/restore", {"item": f"session:{child.pk}"}, follow=True)
    assert "Child is out of the trash." in words(answer)
    child.refresh_from_db()
    assert (child.parent_id, child.deleted_at) == (None, None)
    assert visitor.get(child.get_absolute_url()).status_code == 200


def test_several_are_taken_out_and_the_rest_is_told(
    visitor: Client, owner: User, session: Session, trash_session: Trash, trash_artifact: Store
) -> None:
    one, two, artifact = trash_session("One"), trash_session("Two"), trash_artifact("a")
    change_status(session, "suspend", actor=owner)
    items = [f"session:{one.pk}", f"session:{two.pk}", f"artifact:{artifact.pk}"]
    text = words(visitor.post("/trash/restore", {"item": items}, follow=True))
    assert "Took 2 sessions out of the trash." in text
    assert (
        "1 could not be taken out. Cannot restore artifacts in a suspended session: call Session.resume(id) first."
        in text
    )
    assert names(visitor.get("/trash/")) == ["a"]
    answer = visitor.post("/trash/restore", {"item": items})
    assert answer.status_code == 409
    assert "One is not in the trash any more: somebody has taken it out." in words(answer)


def test_who_may_what(
    owner: User, admin: User, viewer: User, stranger: User, trash_session: Trash, trash_artifact: Store
) -> None:
    items = {"item": [f"session:{trash_session().pk}", f"artifact:{trash_artifact('a').pk}"]}
    confirmed = items | {"confirm": "2"}
    assert names(log_in(viewer).get("/trash/")) == ["a", "Old"]
    assert 'name="item"' not in log_in(viewer).get("/trash/").content.decode()
    assert "Delete for good" not in words(log_in(owner).get("/trash/"))
    assert "Delete for good" in words(log_in(admin).get("/trash/"))
    answers = {
        user.username: (
            log_in(user).post("/trash/purge", items | {"ask": "1"}).status_code,
            log_in(user).post("/trash/purge", confirmed).status_code,
            log_in(user).post("/trash/restore", items).status_code if user in (viewer, stranger) else None,
        )
        for user in (viewer, stranger, owner, admin)
    }
    assert answers == {
        "viewer": (403, 403, 403),
        "stranger": (404, 404, 404),
        "owner": (403, 403, None),
        "admin": (200, 302, None),
    }


def test_a_purge_says_what_goes_and_asks_for_the_name(owner: User, admin: User, session: Session, store: Store) -> None:
    session.name = HOSTILE
    session.save(update_fields=["name"])
    create_session(owner, name="Child", parent=session)
    store("a", b"12345"), store("a", b"1234567890"), store("b", b"12345")
    save_session(session, actor=owner)
    delete_session(session, actor=owner)
    client = log_in(admin)
    page = client.get("/trash/purge", {"item": f"session:{session.pk}"})
    text = words(page)
    assert "Artifacts 2 Versions of them 3 Saves 1 Storage freed 15 bytes" in text
    assert "1 session below stays, under no parent." in text
    assert HOSTILE in text
    assert "<script>alert" not in page.content.decode()
    wrong = client.post("/trash/purge", {"item": f"session:{session.pk}", "confirm": "Support"})
    assert wrong.status_code == 422
    assert f'Expected {TYPED}, got "Support". Nothing was deleted.' in words(wrong)
    assert names(client.get("/trash/")) == [HOSTILE]
    done = client.post("/trash/purge", {"item": f"session:{session.pk}", "confirm": f"  {TYPED} "}, follow=True)
    text = words(done)
    assert f"Deleted the session {TYPED} for good." in text
    assert "by admin" in text
    assert "Session, team Team; deleted by owner" in text
    assert "3 versions of artifacts, 1 save, 15 bytes freed" in text
    assert "<script>alert" not in done.content.decode()
    assert not Session.objects.filter(pk=session.pk).exists()


def test_a_name_that_nobody_sees_asks_for_how_many(admin: User, trash_session: Trash) -> None:
    session = trash_session("\u200b\u202e")
    item = {"item": f"session:{session.pk}"}
    assert "Type how many go to confirm" in words(log_in(admin).get("/trash/purge", item))
    assert log_in(admin).post("/trash/purge", item | {"confirm": "\u200b"}).status_code == 422
    assert log_in(admin).post("/trash/purge", item | {"confirm": "1"}).status_code == 302


def test_several_ask_for_how_many(admin: User, owner: User, trash_session: Trash, trash_artifact: Store) -> None:
    items = [f"session:{trash_session().pk}", f"artifact:{trash_artifact('a').pk}"]
    client = log_in(admin)
    assert client.post("/trash/purge", {"item": items, "confirm": "Old"}).status_code == 422
    restore_session(Session.objects.get(name="Old"), actor=owner)
    page = client.post("/trash/purge", {"item": items, "ask": "1"})
    assert "1 of what was ticked cannot be deleted for good, and stays as it is" in words(page)
    assert "Old is not in the trash any more: somebody has taken it out" in words(page)
    answer = client.post("/trash/purge", {"item": items, "confirm": "2"})
    assert answer.status_code == 422
    assert "Deleted a, version 1, for good." in words(
        client.post("/trash/purge", {"item": items[1:], "confirm": "a"}, follow=True)
    )


def test_the_second_is_told(admin: User, owner: User, trash_session: Trash) -> None:
    session = trash_session()
    item = {"item": f"session:{session.pk}"}
    purge_session(session, actor=admin)
    for answer in (
        log_in(owner).post("/trash/restore", item),
        log_in(admin).post("/trash/purge", item | {"confirm": "Old"}),
        log_in(admin).get("/trash/purge", item),
    ):
        assert answer.status_code == 409
        assert "Old is not in the trash any more: admin deleted it for good." in words(answer)
    assert PurgeRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([], "expected something ticked in the trash, got nothing"),
        (["run:1"], 'expected session:KEY or artifact:KEY, got "run:1"'),
        (["session:x"], 'got "session:x"'),
        (["session:01987654-3210-7000-8000-000000000000"] * 101, "expected at most 100 ticked at a time, got 101"),
    ],
)
def test_what_is_no_item(visitor: Client, items: list[str], told: str) -> None:
    for url in ("/trash/restore", "/trash/purge"):
        answer = visitor.post(url, {"item": items})
        assert answer.status_code == 422
        assert told in words(answer)


def test_purges_are_told_to_admins_of_the_team_alone(
    admin: User, owner: User, stranger: User, trash_session: Trash, other_team: Team
) -> None:
    Membership.objects.filter(user=stranger).update(role=Membership.Role.ADMIN)
    purge_session(trash_session("Secret"), actor=admin)
    assert "Secret" in words(log_in(admin).get("/trash/"))
    assert "Secret" not in words(log_in(owner).get("/trash/"))
    assert "Secret" not in words(log_in(stranger).get("/trash/"))


def test_without_days_nothing_is_said_to_go(visitor: Client, trash_session: Trash, settings: Settings) -> None:
    trash_session()
    assert "Goes for good" in words(visitor.get("/trash/"))
    settings.TRASH_DAYS = 0
    text = words(visitor.get("/trash/"))
    assert "Goes for good" not in text
    assert "Nothing goes by itself." in text


def test_undo_is_as_it_was(visitor: Client, owner: User, session: Session, store: Store) -> None:
    artifact = store("a")
    delete_artifact(artifact, actor=owner)
    assert visitor.post(f"/artifacts/{artifact.pk}/restore").status_code == 302
    delete_session(session, actor=owner)
    assert visitor.post(f"/sessions/{session.pk}/restore").status_code == 302
    assert names(visitor.get("/trash/")) == []
