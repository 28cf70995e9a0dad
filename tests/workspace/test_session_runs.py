"""The runs of a session: started in it, or come to it from elsewhere."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.services import store_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.models import Run, RunTouch
from llmspell_web.workspace.runs import create_run
from llmspell_web.workspace.session_runs import PAGE_SIZE
from sessions.models import Session
from sessions.services import create_session


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="session")


def url_of(session: Session) -> str:
    return reverse("workspace:session_runs", args=[session.pk])


def touch(run: Run, session: Session) -> Run:
    RunTouch.objects.create(run=run, kind=RunTouch.Kind.SESSION, object_id=session.pk)
    return run


def test_runs_that_were_started_here_or_touched_it_newest_first(
    visitor: Client, owner: User, teammate: User, session: Session
) -> None:
    elsewhere = create_session(owner)
    both = touch(create_run(owner, source="-- both", session=session), session)
    touched = touch(create_run(teammate, source="-- touched", session=elsewhere), session)
    started = create_run(owner, source="-- <b>started</b>", session=session)
    create_run(owner, source="-- other", session=elsewhere)
    response = visitor.get(url_of(session))
    rows = response.context["rows"]
    assert [(row.run, row.was_started_here) for row in rows] == [(started, True), (touched, False), (both, True)]
    content = response.content.decode()
    assert "&lt;b&gt;started" in content
    assert "started elsewhere, touched this session" in content


def test_what_each_run_stored_here(visitor: Client, owner: User, session: Session) -> None:
    run = create_run(owner, source="-- stores", session=session)
    elsewhere = create_session(owner)
    for place, name, content in ((session, "a", b"12"), (session, "b", b"345"), (elsewhere, "c", b"6")):
        store_artifact(
            place, actor=owner, artifact_type="tool_result", name=name, content=content, run_id=UUID(str(run.pk))
        )
    [row] = visitor.get(url_of(session)).context["rows"]
    assert (row.stored.count, row.stored.size) == (2, 5)
    assert "2 artifacts, 5 bytes" in visitor.get(url_of(session)).content.decode()


def test_pages_and_the_status_stand_in_the_url(
    visitor: Client, owner: User, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    runs = [create_run(owner, source=f"-- {number}", session=session) for number in range(PAGE_SIZE + 10)]
    for run in runs[::2]:
        touch(run, session)
    Run.objects.filter(pk=runs[5].pk).update(status=Run.Status.FAILED)
    first = visitor.get(url_of(session)).context["page"]
    rest = visitor.get(url_of(session), {"after": first.after}).context["page"]
    assert [*first.items, *rest.items] == runs[::-1]
    assert rest.after == ""
    assert visitor.get(url_of(session), {"status": "failed"}).context["page"].items == [runs[5]]
    refused = visitor.get(url_of(session), {"status": "exploded"})
    assert refused.status_code == 422
    assert "There is no status “exploded”" in refused.content.decode()
    with django_assert_max_num_queries(15):
        visitor.get(url_of(session))


def test_runs_of_other_teams_stay_out_of_sight(
    visitor: Client, stranger: User, other_team: Team, default_team: Team, session: Session
) -> None:
    Membership.objects.create(team=default_team, user=stranger)
    touch(create_run(stranger, source="-- theirs"), session)
    assert visitor.get(url_of(session)).context["rows"] == []
