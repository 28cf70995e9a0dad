"""Acting on several sessions from the list: the bar, the question, what is told afterwards, and finding it again."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import Membership, User
from sessions import bulk, bulk_page, facets
from sessions.access import get_session
from sessions.bulk import start_bulk
from sessions.bulk_selection import SELECTED_MAX
from sessions.bulk_words import words_about
from sessions.bulk_work import claim, run_batch
from sessions.lifecycle import change_status
from sessions.models import BulkAction, Session
from sessions.services import create_session
from tests.sessions.test_bulk import keys_of, make_sessions

LIST = "/sessions/"
NEW = "/sessions/bulk/new"
HTMX = {"HX-Request": "true"}


def words(response: object) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())  # type: ignore[attr-defined]  # the test client's own class
    return re.sub(r"\s+", " ", text).replace("&#x27;", "'").replace("&quot;", '"')


def test_every_row_can_be_ticked_for_the_bar_above(visitor: Client, owner: User) -> None:
    session = create_session(owner, name='<b>"Refund"</b>')
    content = visitor.get(LIST, {"status": "active", "page": ""}).content.decode()
    assert f'name="session" value="{session.pk}" form="bulk"' in content
    assert 'aria-label="Select &lt;b&gt;&quot;Refund&quot;&lt;/b&gt;"' in content
    assert 'name="filter" value="status=active&amp;page="' in content
    for kind in words_about("session"):
        assert f'name="act" value="{kind}"' in content
    assert "data-bulk-all" not in content  # the page is all that matches


def test_the_question_names_what_will_happen_to_which(visitor: Client, owner: User) -> None:
    one, two = make_sessions(owner, 2)
    query = {"act": "suspend", "session": [str(one.pk), str(two.pk), str(one.pk)], "filter": "status=active"}
    asked = words(visitor.get(NEW, query))
    assert "Suspend 2 sessions?" in asked
    assert "Chat 0 Chat 1" in asked
    part = visitor.get(NEW, query, headers=HTMX)
    assert b"<html" not in part.content
    assert "Suspend 1 session?" in words(visitor.get(NEW, query | {"session": str(one.pk)}))
    assert Session.objects.filter(status="active").count() == 2
    assert not BulkAction.objects.exists()


def test_everything_that_matches_is_counted_and_its_filter_told(
    visitor: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sessions(owner, 4, tags=["a"])
    create_session(owner)
    query = {"act": "delete", "which": "everything", "filter": "tag=a&q=chat -<b>&page=x"}
    asked = words(visitor.get(NEW, query))
    assert "Move 4 sessions to the trash?" in asked
    assert "All of these tags: a" in asked
    assert "Search: chat -&lt;b&gt;" in asked
    assert "the list has no filter" in words(visitor.get(NEW, query | {"filter": ""}))
    assert visitor.get("/sessions/count", {"tag": "a"}).content.split() == [b"4"]
    monkeypatch.setattr(facets, "EXACT_MAX", 3)
    monkeypatch.setattr(bulk_page, "AT_ONCE_MAX", 3)
    asked = words(visitor.get(NEW, query))
    assert "Move 3+ sessions" in asked
    assert "goes on in the background" in asked
    assert visitor.get("/sessions/count", {"tag": "a"}).content.split() == [b"3+"]


def test_without_javascript_ticked_rows_are_changed_and_changed_back(visitor: Client, owner: User) -> None:
    one, two, _ = make_sessions(owner, 3)
    place = "status=active&page=&sort=name"
    sent = {"act": "fail", "session": keys_of([one, two]), "filter": place, "reason": "no budget"}
    answer = visitor.post(NEW, sent)
    assert answer.url == f"{LIST}?{place}"  # type: ignore[attr-defined]  # a redirect
    page = visitor.get(answer.url)  # type: ignore[attr-defined]
    assert "2 sessions marked as failed." in words(page)
    assert [row.name for row in page.context["page"].rows] == ["Chat 2"]
    action = BulkAction.objects.get()
    undo_url = reverse("sessions:bulk_undo", args=[action.pk])
    assert f'action="{undo_url}"' in page.content.decode()
    assert {get_session(owner, key).events.latest("id").details["reason"] for key in keys_of([one, two])} == {
        "no budget"
    }
    back = visitor.post(undo_url, {"next": f"{LIST}?{place}"}, follow=True)
    assert "Taken back in 2 sessions." in words(back)
    assert b"bulk_undo" not in back.content
    assert {row.name for row in back.context["page"].rows} == {"Chat 0", "Chat 1", "Chat 2"}


def test_what_could_not_be_changed_is_told_by_reason_with_links(visitor: Client, owner: User, stranger: User) -> None:
    fine, done = make_sessions(owner, 2)
    change_status(done, "complete", actor=owner)
    hidden = create_session(stranger, name="Secret")
    answer = visitor.post(NEW, {"act": "suspend", "session": keys_of([fine, done, hidden])})
    action = BulkAction.objects.get()
    assert answer.url == action.get_absolute_url()  # type: ignore[attr-defined]  # a redirect
    page = visitor.get(action.get_absolute_url())
    assert "1 session suspended. 2 could not be changed." in words(page)
    assert "Could not be changed: Cannot suspend a completed session." in words(page)
    for refusal in page.context["refusals"]:
        shown = visitor.get(refusal.url)
        assert [(row.name, row.url) for row in shown.context["rows"]] == (
            [(done.name, done.get_absolute_url())] if "completed" in refusal.reason else [("", "")]
        )
        assert "Secret" not in words(shown)
    assert "Forged" not in words(visitor.get(action.get_absolute_url(), {"reason": "Forged"}))
    changed = visitor.get(page.context["changed_url"])
    assert [row.name for row in changed.context["rows"]] == [fine.name]


def test_long_lists_of_results_are_paged(
    visitor: Client, owner: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(bulk_page, "RESULTS_SHOWN", 4)
    action = start_bulk(owner, "delete", keys_of(make_sessions(owner, 9)))
    url = f"{action.get_absolute_url()}?reason="
    names: list[str] = []
    while url:
        with django_assert_num_queries(7):  # log-in, account, current session; the action, results, sessions, trashed
            page = visitor.get(url)
        names += [row.name for row in page.context["rows"]]
        assert {row.url for row in page.context["rows"]} == {""}  # they are in the trash
        url = page.context["next_url"]
    assert names == [f"Chat {number}" for number in range(9)]


def test_nothing_and_too_much_are_refused_in_words(visitor: Client, owner: User) -> None:
    session = create_session(owner)
    many = [str(uuid4()) for _ in range(SELECTED_MAX + 1)]
    refused: list[tuple[dict[str, str | list[str]], str]] = [
        ({"act": "suspend"}, "at least one row to be ticked"),
        ({"act": "suspend", "session": many}, f"at most {SELECTED_MAX} ticked rows, got {SELECTED_MAX + 1}"),
        ({"act": "suspend", "session": "7"}, 'Invalid session id: "7"'),
        ({"act": "explode", "session": str(session.pk)}, "expected one of suspend, resume"),
        ({"session": str(session.pk)}, "expected one of suspend, resume"),
        ({"act": "suspend", "which": "everything", "filter": "created=soon"}, "Filter: expected one that"),
        ({"act": "suspend", "which": "everything", "filter": "q=nothing"}, "at least one that matches"),
    ]
    for sent, message in refused:
        for answer in (visitor.get(NEW, sent), visitor.post(NEW, sent), visitor.get(NEW, sent, headers=HTMX)):
            assert answer.status_code == 422
            assert message in words(answer)
            assert f'href="{LIST}' in answer.content.decode()
    assert f'href="{LIST}?q=nothing"' in visitor.get(NEW, refused[-1][0]).content.decode()
    assert not BulkAction.objects.exists()
    far_too_many = visitor.get(NEW, {"act": "suspend", "session": many * 3})
    assert far_too_many.status_code == 400
    assert "select fewer" in words(far_too_many)


@pytest.mark.parametrize(
    ("action", "field", "value", "message"),
    [
        ("add_tag", "tag", "", "This field is required"),
        ("add_tag", "tag", "x" * 65, "at most 64 characters"),
        ("remove_tag", "tag", "a\tb", "control characters"),
        ("fail", "reason", "x" * 1001, "at most 1000 characters"),
    ],
)
def test_a_tag_or_reason_that_does_not_fit_is_told_beside_it(
    visitor: Client, owner: User, action: str, field: str, value: str, message: str
) -> None:
    session = create_session(owner)
    answer = visitor.post(NEW, {"act": action, "session": str(session.pk), field: value})
    assert answer.status_code == 422
    content = answer.content.decode()
    assert message in content[content.index(f'id="bulk_{field}_error"') :]
    assert f'name="session" value="{session.pk}"' in content  # what was ticked is still asked about
    assert not BulkAction.objects.exists()


@pytest.fixture
def running(owner: User, monkeypatch: pytest.MonkeyPatch) -> BulkAction:
    """An action in the background that has begun; one session could not be changed."""
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 0)
    monkeypatch.setattr("sessions.bulk_work.GROUP", 3)
    monkeypatch.setattr("sessions.bulk_work.BATCH_MAX", 3)
    monkeypatch.setattr("sessions.bulk_work.BATCH_SECONDS", 60)
    sessions = make_sessions(owner, 6)
    change_status(sessions[0], "suspend", actor=owner)
    start_bulk(owner, "suspend", keys_of(sessions), query="q=chat")
    action = claim("worker")
    assert action is not None
    run_batch(action, "worker")
    return action


def test_the_page_of_a_running_action_follows_it(visitor: Client, running: BulkAction) -> None:
    url = running.get_absolute_url()
    page = visitor.get(url)
    content = page.content.decode()
    assert 'max="6" value="3"' in content
    assert "3 of 6 had their turn: 2 changed, 1 could not be." in words(page)
    assert "Every session that matched: Search: chat." in words(page)
    assert f'hx-get="{url}"' in content
    assert f'<noscript> <a href="{url}">Look again</a></noscript>' in content
    part = visitor.get(url, headers=HTMX)
    assert part.status_code == 200
    assert b"<html" not in part.content
    assert b"data-poll" in part.content  # it stands in for the part that asked
    while run_batch(running, "worker"):
        pass
    part = visitor.get(url, headers=HTMX)
    assert b"data-poll" not in part.content  # ask no more
    assert "5 sessions suspended." in words(part)
    ended = visitor.get(url).content.decode()
    assert f'hx-get="{url}"' not in ended
    assert "Look again" not in ended


def test_cancel_says_what_was_done_until_then(visitor: Client, running: BulkAction) -> None:
    url = running.get_absolute_url()
    assert visitor.post(reverse("sessions:bulk_undo", args=[running.pk])).status_code == 409
    answer = visitor.post(reverse("sessions:bulk_cancel", args=[running.pk]))
    assert answer.url == url  # type: ignore[attr-defined]  # a redirect
    page = words(visitor.get(url))
    assert "Cancelled" in page
    assert "2 sessions suspended." in page
    assert "3 of 6 had their turn until then." in page
    assert visitor.post(reverse("sessions:bulk_cancel", args=[running.pk])).status_code == 409


def test_an_undo_is_offered_once(visitor: Client, owner: User) -> None:
    action = start_bulk(owner, "suspend", keys_of(make_sessions(owner, 2)))
    undo_url = reverse("sessions:bulk_undo", args=[action.pk])
    assert undo_url in visitor.get(action.get_absolute_url()).content.decode()
    assert visitor.post(undo_url).url == action.get_absolute_url()  # type: ignore[attr-defined]  # a redirect
    assert visitor.post(undo_url).status_code == 409
    page = visitor.get(action.get_absolute_url())
    undo = BulkAction.objects.get(undoes=action)
    assert undo_url not in page.content.decode()
    assert undo.get_absolute_url() in page.content.decode()
    assert "Undo: suspend 2 sessions" in words(visitor.get(undo.get_absolute_url()))


def test_recent_actions_are_found_again(
    visitor: Client, owner: User, teammate: User, django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert "None yet" in words(visitor.get("/sessions/bulk/"))
    assert "/sessions/bulk/" in visitor.get(LIST).content.decode()
    sessions = keys_of(make_sessions(owner, 2))
    start_bulk(teammate, "add_tag", sessions, argument="theirs")
    monkeypatch.setattr(bulk_page, "ACTIONS_SHOWN", 3)
    for number in range(5):
        start_bulk(owner, "add_tag", sessions, argument=f"<i>{number}", query="owner=teammate&q=x")
    with django_assert_num_queries(4):
        page = visitor.get("/sessions/bulk/")
    assert [title for _, title, _ in page.context["actions"]] == [
        f"Add the tag “<i>{number}” to 2 sessions" for number in (4, 3, 2)
    ]
    assert "&lt;i&gt;4" in page.content.decode()
    assert "theirs" not in words(page)
    assert "Search: x; Owner: teammate" in words(page)
    older = visitor.get("/sessions/bulk/", {"after": page.context["after"]})
    assert len(older.context["actions"]) == 2


def test_history_leads_to_the_action_for_who_asked_for_it(visitor: Client, owner: User, teammate: User) -> None:
    (session,) = make_sessions(owner, 1)
    mine = start_bulk(owner, "suspend", [session.pk])
    theirs = start_bulk(teammate, "resume", [session.pk])
    page = visitor.get(reverse("sessions:history", args=[session.pk]))
    content = page.content.decode()
    assert mine.get_absolute_url() in content
    assert theirs.get_absolute_url() not in content
    assert words(page).count("In a bulk action") == 2


def test_deleting_one_session_offers_to_take_it_back(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(owner, name="Refund")
    page = visitor.post(reverse("sessions:delete", args=[session.pk]), follow=True)
    restore_url = reverse("sessions:restore", args=[session.pk])
    assert f'action="{restore_url}"' in page.content.decode()
    assert "Refund is out of the trash." in words(visitor.post(restore_url, follow=True))
    assert get_session(teammate, session.pk).events.latest("id").kind == "restored"
    assert visitor.post(restore_url).status_code == 404


def test_viewers_may_look_and_not_restore(client: Client, owner: User, viewer: User, stranger: User) -> None:
    session = create_session(owner)
    start_bulk(owner, "delete", [session.pk])
    for user, status in ((viewer, 403), (stranger, 404)):
        client.force_login(user)
        assert client.post(reverse("sessions:restore", args=[session.pk])).status_code == status
    Membership.objects.filter(user=viewer).update(role=Membership.Role.MEMBER)
    client.force_login(viewer)
    assert client.post(reverse("sessions:restore", args=[session.pk])).status_code == 302
