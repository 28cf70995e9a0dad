"""The history on the page of a session: complete, in order, linked to for good, and live."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.event_view import CHANGES_SHOWN
from sessions.hierarchy import move_session
from sessions.history_page import PAGE_SIZE, Gap
from sessions.lifecycle import change_status
from sessions.models import Session, SessionEvent
from sessions.services import create_session, delete_session, update_session

HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="session")


def rename(session: Session, actor: User, times: int) -> None:
    for number in range(times):
        update_session(session, actor=actor, name=f"name {number} {uuid4()}")


def url_of(session: Session) -> str:
    return reverse("sessions:history", args=[session.pk])


def shown(visitor: Client, url: str, **query: Any) -> list[int | tuple[int, int]]:
    """The numbers on the page, gaps as pairs. Any: what a test client takes."""
    entries = visitor.get(url, query).context["page"].entries
    return [(entry.first, entry.last) if isinstance(entry, Gap) else entry.event.number for entry in entries]


def test_pages_hold_every_event_once_both_ways(visitor: Client, owner: User, session: Session) -> None:
    rename(session, owner, 2 * PAGE_SIZE + 3)
    total = 2 * PAGE_SIZE + 4
    url, seen = url_of(session), []
    before: int | None = None
    while True:
        page = visitor.get(url, {"before": before} if before else {}).context["page"]
        seen.append([entry.event.number for entry in page.entries])
        if page.older is None:
            break
        before = page.older
    assert [number for page in seen for number in page] == list(range(total, 0, -1))
    newer = page.newer
    assert shown(visitor, url, after=newer) == seen[-2][-(PAGE_SIZE):]
    assert shown(visitor, url, after=seen[0][-1]) == seen[0][:-1]


@pytest.mark.parametrize("before", ["-1", "x", "9" * 5000, "99999999999"])
def test_a_page_that_is_none_is_the_newest(before: str, visitor: Client, session: Session) -> None:
    assert shown(visitor, url_of(session), before=before) == [1]


def test_lost_events_are_marked_wherever_they_are(visitor: Client, owner: User, session: Session) -> None:
    rename(session, owner, PAGE_SIZE + 9)
    last = PAGE_SIZE + 10
    session.events.filter(number__in=[1, 2, 5, last - 3, last - 4, last]).delete()
    first_page = shown(visitor, url_of(session))
    assert first_page[:5] == [(last, last), last - 1, last - 2, (last - 4, last - 3), last - 5]
    oldest = first_page[-1]
    session.events.filter(number=int(str(oldest)) - 1).delete()
    second_page = shown(visitor, url_of(session), before=oldest)
    assert second_page[0] == (int(str(oldest)) - 1, int(str(oldest)) - 1)
    assert second_page[-5:] == [6, (5, 5), 4, 3, (1, 2)]
    content = visitor.get(url_of(session)).content.decode()
    assert "2 events are missing" in content
    session.events.all().delete()
    assert shown(visitor, url_of(session)) == [(1, last)]


def test_filters_stand_in_the_url(visitor: Client, owner: User, teammate: User, session: Session) -> None:
    change_status(session, "suspend", actor=teammate)
    change_status(session, "resume", actor=owner)
    update_session(session, actor=teammate, name="new")
    url = url_of(session)
    assert shown(visitor, url, kind=["suspended", "resumed"]) == [3, 2]
    assert shown(visitor, url, actor="teammate") == [4, 2]
    assert shown(visitor, url, actor="teammate", kind="suspended") == [2]
    assert shown(visitor, url, actor="nobody") == []
    page = visitor.get(url, {"kind": "suspended", "actor": "teammate"})
    assert 'value="suspended" checked' in page.content.decode()
    assert page.context["actors"] == ["owner", "teammate"]


@pytest.mark.parametrize("query", [{"kind": "exploded"}, {"actor": "a\0b"}, {"actor": "a" * 200}])
def test_a_filter_that_is_none_is_told(query: dict[str, str], visitor: Client, session: Session) -> None:
    response = visitor.get(url_of(session), query)
    assert response.status_code == 422
    assert "Expected" in response.content.decode()
    assert "timeline" not in response.content.decode()


def test_an_event_keeps_its_address(visitor: Client, owner: User, session: Session) -> None:
    rename(session, owner, 3 * PAGE_SIZE)
    response = visitor.get(reverse("sessions:event", args=[session.pk, 60]))
    numbers = [entry.event.number for entry in response.context["page"].entries]
    assert numbers == list(range(80, 39, -1))
    content = response.content.decode()
    assert 'id="event-60" class="timeline__chosen"' in content
    session.events.filter(number__in=[59, 60]).delete()
    lost = visitor.get(reverse("sessions:event", args=[session.pk, 60])).content.decode()
    assert "timeline__gap timeline__chosen" in lost
    for number in (0, 3 * PAGE_SIZE + 2, 10**12):
        assert visitor.get(reverse("sessions:event", args=[session.pk, number])).status_code == 404


def test_changes_are_shown_before_and_after(visitor: Client, owner: User, session: Session) -> None:
    update_session(session, actor=owner, name="session <b>two</b>", tags=["a, b"], metadata={"n": {"x": [1]}})
    update_session(session, actor=owner, metadata={"n": None}, description="text")
    content = visitor.get(url_of(session)).content.decode()
    for words in (
        "&lt;b&gt;two&lt;/b&gt;</ins>",
        "<ins>&quot;a, b&quot;</ins>",
        "metadata.n",
        "<ins>text</ins>",
    ):
        assert words in content
    assert "<b>two" not in content


def test_long_changes_are_cut_and_can_be_opened(visitor: Client, owner: User, session: Session) -> None:
    long = "long text " * 400
    update_session(session, actor=owner, description=long, metadata={f"key {n}": n for n in range(100)})
    changes = reverse("sessions:event_changes", args=[session.pk, 2])
    content = visitor.get(url_of(session)).content.decode()
    assert changes in content
    assert long not in content[content.index('id="newest-events"') :]
    assert len(visitor.get(url_of(session)).context["page"].entries[0].changes) == CHANGES_SHOWN
    for headers in ({}, HTMX):
        whole = visitor.get(changes, headers=headers).content.decode()
        assert long.strip() in whole
        assert "metadata.key 99" in whole
    assert visitor.get(reverse("sessions:event_changes", args=[session.pk, 9])).status_code == 404


def test_a_parent_out_of_sight_looks_like_one_that_is_gone(visitor: Client, owner: User, session: Session) -> None:
    hidden, gone = create_session(owner, name="out-of-sight"), create_session(owner, name="gone")
    move_session(session, actor=owner, parent=hidden, seen=None)
    move_session(session, actor=owner, parent=gone, seen=hidden.pk)
    delete_session(hidden, actor=owner)
    Session.objects.filter(pk=gone.pk).delete()
    content = visitor.get(url_of(session)).content.decode()
    assert "<del>a session that is not there</del><ins>a session that is not there</ins>" in content
    assert "out-of-sight" not in content


def test_artifacts_and_runs_are_linked(visitor: Client, owner: User, session: Session) -> None:
    run_id = uuid4()
    artifact = store_artifact(
        session, actor=owner, artifact_type="tool_result", name="a<b>", content=b"a", run_id=run_id
    )
    content = visitor.get(url_of(session)).content.decode()
    assert f'<a href="{artifact.get_absolute_url()}"><bdi>a&lt;b&gt; v1</bdi></a>' in content
    assert reverse("workspace:run", args=[run_id]) in content
    delete_artifact(artifact, actor=owner)
    content = visitor.get(url_of(session)).content.decode()
    assert artifact.get_absolute_url() not in content
    assert content.count("(not there any more)") == 1
    assert "1 byte<" in content


def test_kinds_and_details_that_are_new_show_too(visitor: Client, owner: User, session: Session) -> None:
    details = {"bulk": "b<1>", "count": 3, "odd": {"before": 1}, "list": [1, "x"], "at": None}
    others = ["not an object", 7, [1], {"artifact_id": "no key", "name": 7}, {"name": {"before": None, "after": []}}]
    for number, said in enumerate([details, *others], 2):
        SessionEvent.objects.create(
            session=session,
            team=session.team,
            number=number,
            kind="artifact_exploded",
            actor=owner,
            at=timezone.now(),
            details=said,
        )
    Session.objects.filter(pk=session.pk).update(event_count=1 + len(others) + 1)
    response = visitor.get(url_of(session))
    content = response.content.decode()
    assert response.status_code == 200
    for words in ("Artifact exploded", "bulk", "b&lt;1&gt;", "not an object", "no key"):
        assert words in content


def test_what_is_new_comes_as_parts_and_nothing_as_204(
    visitor: Client, owner: User, teammate: User, session: Session
) -> None:
    url = reverse("sessions:live", args=[session.pk])
    assert visitor.get(url, {"after": 1}).status_code == 204
    update_session(session, actor=teammate, name="<i>new</i>")
    change_status(session, "suspend", actor=teammate)
    response = visitor.get(url, {"after": "1", "tab": "sessions:history", "events": "1"}, headers=HTMX)
    content = response.content.decode()
    assert [view.event.number for view in response.context["new"]] == [3, 2]
    for words in (
        "after=3",
        "&lt;i&gt;new&lt;/i&gt;",
        "2 new events: Suspended by <bdi>teammate</bdi>",
        'aria-current="page"',
    ):
        assert words in content
    assert "<html" not in content
    filtered = visitor.get(url, {"after": "1", "events": "1", "kind": "updated"})
    assert [view.event.number for view in filtered.context["new"]] == [2]
    assert "new" not in visitor.get(url, {"after": 1}).context
    assert visitor.get(url, {"after": 3}).status_code == 204
    assert visitor.get(url, {"after": "x"}).status_code == 200
    delete_session(session, actor=owner)
    assert visitor.get(url, {"after": 3}).status_code == 404


def test_queries_do_not_grow_with_events(
    visitor: Client,
    owner: User,
    teammate: User,
    session: Session,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        parent = create_session(owner)
        move_session(session, actor=owner, parent=parent, seen=session.parent_id)
        change_status(session, "suspend", actor=teammate)
        change_status(session, "resume", actor=owner)
    with django_assert_max_num_queries(17):
        visitor.get(url_of(session))
    with django_assert_max_num_queries(6):
        visitor.get(reverse("sessions:live", args=[session.pk]), {"after": session.events.count()})


def test_times_are_exact_and_relative(visitor: Client, session: Session) -> None:
    at = timezone.now() - timedelta(hours=3)
    session.events.update(at=at)
    content = visitor.get(url_of(session)).content.decode()
    assert "3 h ago" in content
    assert f"{at:%Y-%m-%d %H:%M:%S} UTC" in content
