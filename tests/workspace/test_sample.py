"""Sample data: made alike each time, seen by every account, taken away without a trace."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from artifacts.models import Artifact
from llmspell_web.teams.models import Team, User
from llmspell_web.teams.services import first_account
from llmspell_web.workspace.models import Run
from sessions.models import Session, SessionEvent, SessionTag
from sessions.queries import SessionFilter, find_sessions
from sessions.services import create_session

pytestmark = pytest.mark.django_db


def seed(*, sessions: int = 30, artifacts: int = 40, seed: int = 7) -> None:
    call_command("seed_sample", sessions=sessions, artifacts=artifacts, seed=seed, verbosity=0)


def made() -> list[tuple[object, ...]]:
    rows = Session.objects.order_by("created_at").prefetch_related("tags").select_related("created_by", "parent")
    return [
        (
            row.name,
            row.status,
            row.tag_names,
            row.metadata,
            row.artifact_count,
            row.created_by.username,
            str(row.parent),
        )
        for row in rows
    ]


def test_equal_seeds_make_equal_data(owner: User) -> None:
    seed()
    first = made()
    call_command("seed_sample", remove=True)
    seed()
    assert made() == first
    call_command("seed_sample", remove=True)
    seed(seed=8)
    assert made() != first


def test_counts_tags_and_history_are_those_of_real_sessions(owner: User, stranger: User) -> None:
    seed()
    sessions, total = find_sessions(stranger, SessionFilter(status=None))
    assert total == 30
    assert {len(session.tag_names) for session in sessions} == {3}
    assert {len(session.metadata) for session in sessions} == {5}
    assert sum(session.artifact_count for session in sessions) == Artifact.objects.count() == 40
    assert sum(s.total_artifact_size for s in sessions) == sum(a.blob.size for a in Artifact.objects.all())
    assert SessionEvent.objects.filter(kind="created").count() == 30
    assert SessionEvent.objects.filter(kind="artifact_stored").count() == 40
    for session in sessions:
        numbers = session.events.order_by("at", "number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, session.event_count + 1))
    assert [session.pk for session in sessions] == sorted((s.pk for s in sessions), reverse=True)


def test_removing_leaves_what_was_there_before(owner: User) -> None:
    mine = create_session(owner, name="Mine", tags=["keep"])
    before = list(User.objects.values_list("username", flat=True))
    seed()
    create_session(owner, name="Added", team=Team.objects.get(slug="sample"))
    call_command("seed_sample", remove=True)
    assert list(Session.objects.all()) == [mine]
    assert SessionTag.objects.get().name == "keep"
    assert list(User.objects.values_list("username", flat=True)) == before
    assert not Team.objects.filter(slug="sample").exists()


def test_several_teams_with_runs(owner: User) -> None:
    Team.objects.create(slug="sample-77", name="Somebody's own")
    call_command("seed_sample", sessions=60, artifacts=20, teams=4, runs=15, verbosity=0)
    teams = Team.objects.filter(memberships__user=owner, slug__startswith="sample")
    assert [team.slug for team in teams.order_by("slug")] == ["sample", "sample-02", "sample-03", "sample-04"]
    busy, *others = (team.sessions.count() for team in teams.order_by("slug"))
    assert busy > max(others) >= min(others) > 0
    assert all(session.parent.team_id == session.team_id for session in Session.objects.all() if session.parent)
    assert Run.objects.count() == 15
    assert all(run.session and run.session.team_id == run.team_id for run in Run.objects.all())
    call_command("seed_sample", remove=True)
    assert not Session.objects.exists()
    assert not Run.objects.exists()
    assert list(Team.objects.filter(slug__startswith="sample").values_list("slug", flat=True)) == ["sample-77"]


def test_a_second_time_and_numbers_that_cannot_be_are_refused(owner: User) -> None:
    seed(sessions=1, artifacts=0)
    with pytest.raises(CommandError, match="--remove first"):
        seed()
    with pytest.raises(CommandError, match="from 1"):
        seed(sessions=0)
    with pytest.raises(CommandError, match="--runs one up to"):
        call_command("seed_sample", sessions=1, artifacts=0, runs=2)


def test_no_sample_account_becomes_the_first_one(db: None) -> None:
    seed(sessions=1, artifacts=0)
    account = first_account()
    assert account is not None
    assert account.username == "local"
