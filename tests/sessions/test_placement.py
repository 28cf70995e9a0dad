"""Another owner, another team, private: what goes along, who may, and who sees it then."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.access import get_artifact
from artifacts.services import store_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import find_private_team, private_team
from llmspell_web.web.problems import Forbidden, InvalidField, NotFound, Problem
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run
from sessions.access import get_current_session, get_session, get_session_for_change
from sessions.edits import Overtaken
from sessions.models import Session, SessionEvent
from sessions.placement import consequences, may_place, place_session, possible_owners, possible_teams
from sessions.services import create_session, delete_session, set_current_session

HTMX = {"HX-Request": "true"}


@pytest.fixture
def both(make_user: Callable[..., User], owner: User, other_team: Team) -> Team:
    """Another team that the owner belongs to."""
    Membership.objects.create(team=other_team, user=owner)
    return other_team


def make_private(session: Session, owner: User) -> None:
    place_session(session, actor=owner, team=find_private_team(owner), owner=owner)


def sees(user: User, session: Session) -> bool:
    try:
        get_session(user, session.pk)
    except NotFound:
        return False
    return True


def test_a_private_session_is_its_owners_alone_with_all_that_belongs_to_it(owner: User, teammate: User) -> None:
    session = create_session(owner, name="notes")
    artifact = store_artifact(session, actor=owner, artifact_type="tool_result", name="x", content=b"x")
    set_current_session(teammate, session)
    run = create_run(owner, source="print(1)", session=session)
    elsewhere = create_run(owner, source="print(2)")
    make_private(session, owner)
    assert sees(owner, session)
    assert not sees(teammate, session)
    assert get_current_session(teammate) is None
    with pytest.raises(NotFound):
        get_artifact(teammate, artifact.pk)
    assert list(Run.objects.visible_to(teammate)) == [elsewhere]
    assert set(Run.objects.visible_to(owner)) == {run, elsewhere}
    later = create_run(owner, source="print(3)", session=Session.objects.get(pk=session.pk))
    assert later not in Run.objects.visible_to(teammate)
    place_session(session, actor=owner, team=Team.objects.get(slug="default"), owner=owner)
    assert sees(teammate, session)
    assert run in Run.objects.visible_to(teammate)


def test_what_lies_below_goes_along_also_in_the_trash(owner: User, teammate: User, both: Team) -> None:
    parent = create_session(owner, name="parent")
    session = create_session(owner, parent=parent)
    child = create_session(owner, parent=session)
    trashed = create_session(owner, parent=child)
    delete_session(trashed, actor=owner)
    beside = create_session(owner, parent=parent)
    place_session(session, actor=owner, team=both, owner=owner)
    teams = dict(Session.objects.values_list("pk", "team"))
    assert {teams[part.pk] for part in (session, child, trashed)} == {both.pk}
    assert {teams[part.pk] for part in (parent, beside)} == {parent.team_id}
    assert Session.objects.get(pk=session.pk).parent_id is None
    assert Session.objects.get(pk=child.pk).parent_id == session.pk
    details = {"before": str(parent.team_id), "after": str(both.pk)}
    for moved in (session, child, trashed):
        last = SessionEvent.objects.filter(session=moved.pk).latest("number")
        assert last.details["team"] == details
        assert last.number == Session.objects.get(pk=moved.pk).event_count
    assert SessionEvent.objects.filter(session=session.pk).latest("number").details["parent"]["before"] == str(
        parent.pk
    )


def test_a_tree_moves_in_few_queries(
    owner: User, both: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    session = create_session(owner)
    for _ in range(40):
        create_session(owner, parent=session)
    with django_assert_max_num_queries(28):
        place_session(session, actor=owner, team=both, owner=owner)
    assert Session.objects.filter(team=both).count() == 41


def test_only_owner_and_admins_decide(owner: User, teammate: User, viewer: User, both: Team) -> None:
    session = get_session_for_change(teammate, create_session(owner).pk)
    assert not may_place(session, teammate)
    with pytest.raises(Forbidden):
        place_session(session, actor=teammate, team=session.team, owner=teammate)
    Membership.objects.filter(user=teammate).update(role=Membership.Role.ADMIN)
    place_session(session, actor=teammate, team=session.team, owner=teammate)
    assert Session.objects.get(pk=session.pk).created_by_id == teammate.pk
    with pytest.raises(InvalidField, match="a team in which you may create sessions"):
        place_session(session, actor=teammate, team=both, owner=teammate)
    with pytest.raises(InvalidField, match="who may change things"):
        place_session(session, actor=teammate, team=session.team, owner=viewer)
    with pytest.raises(InvalidField, match="private to"):
        place_session(session, actor=teammate, team=private_team(teammate), owner=owner)
    with pytest.raises(InvalidField):
        place_session(session, actor=teammate, team=private_team(owner), owner=owner)


def test_nobody_takes_along_what_others_own(owner: User, teammate: User, both: Team) -> None:
    session = create_session(owner)
    below = create_session(teammate, parent=session)
    for team in (both, find_private_team(owner)):
        with pytest.raises(Problem, match="1 of the sessions below it belong to others"):
            place_session(session, actor=owner, team=team, owner=owner)
    assert not Team.objects.filter(private_to=owner).exists()
    Membership.objects.filter(user=owner, team=session.team).update(role=Membership.Role.ADMIN)
    place_session(session, actor=owner, team=both, owner=owner)
    assert not sees(teammate, below)


def test_the_second_of_two_is_told(owner: User, teammate: User, both: Team) -> None:
    session = create_session(owner)
    seen: dict[str, object] = {"team": "default", "owner": "owner"}
    place_session(session, actor=owner, team=session.team, owner=teammate, seen=seen)
    Membership.objects.filter(user=owner, team=session.team).update(role=Membership.Role.ADMIN)
    with pytest.raises(Overtaken):
        place_session(session, actor=owner, team=both, owner=owner, seen=seen)
    assert Session.objects.get(pk=session.pk).team_id != both.pk


def test_a_child_of_a_parent_that_moved_meanwhile_is_refused(owner: User, both: Team) -> None:
    parent = create_session(owner)
    stale = Session.objects.get(pk=parent.pk)
    place_session(parent, actor=owner, team=both, owner=owner)
    with pytest.raises(NotFound):
        create_session(owner, parent=stale)
    assert not Session.objects.filter(parent=parent.pk).exists()


def test_what_is_chosen_from(owner: User, teammate: User, viewer: User, both: Team) -> None:
    session = get_session(owner, create_session(owner).pk)
    assert [team.name for team in possible_teams(session, owner)] == ["Team", "Other", "Private"]
    assert [team.name for team in possible_teams(session, teammate)] == ["Team"]
    assert [user.username for user in possible_owners(session.team)] == ["owner", "teammate"]
    coming = consequences(session, find_private_team(owner))
    assert (coming.sessions, coming.gain, coming.lose) == (1, [], [teammate, viewer])


def test_the_dialog_says_what_comes_and_changes_nothing(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(owner, name="<b>notes</b>", parent=create_session(owner))
    create_session(owner, parent=session)
    url = reverse("sessions:place", args=[session.pk])
    private = find_private_team(owner).slug
    page = visitor.get(url, {"team": private, "owner": "owner"}).content.decode()
    assert "This session and 1 session below it" in page
    assert "Who will no longer see it: teammate." in page
    assert "It leaves its parent" in page
    assert "&lt;b&gt;notes&lt;/b&gt;" in page
    assert not Team.objects.filter(private_to=owner).exists()
    assert sees(teammate, session)
    part = visitor.get(url, {"team": private, "owner": "owner"}, headers=HTMX)
    assert "<html" not in part.content.decode()
    seen = re.findall('name="seen" value="([^"]*)"', part.content.decode())[0]
    answer = visitor.post(url, {"team": private, "owner": "owner", "seen": html.unescape(seen)}, follow=True)
    assert "belongs to owner, who alone sees it" in answer.content.decode()
    assert not sees(teammate, session)
    listed = visitor.get(reverse("sessions:list"), {"team": private}).context["page"].rows
    assert [shown.pk for shown in listed][-1] == session.pk
    history = visitor.get(reverse("sessions:history", args=[session.pk])).content.decode()
    assert "Private" in history


@pytest.mark.parametrize("sent", [{"team": "nowhere", "owner": "owner"}, {"team": "default", "owner": "nobody"}, {}])
def test_a_place_that_there_is_not_is_named(visitor: Client, owner: User, sent: dict[str, str]) -> None:
    session = create_session(owner)
    answer = visitor.post(reverse("sessions:place", args=[session.pk]), sent)
    assert answer.status_code == 422
    assert Session.objects.get(pk=session.pk).event_count == 1


def test_a_page_that_was_overtaken_says_by_whom(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(owner)
    Membership.objects.filter(user=owner).update(role=Membership.Role.ADMIN)
    place_session(get_session(owner, session.pk), actor=owner, team=session.team, owner=teammate)
    answer = visitor.post(
        reverse("sessions:place", args=[session.pk]),
        {"team": "default", "owner": "owner", "seen": '{"team": "default", "owner": "owner"}'},
    )
    assert answer.status_code == 409
    assert "It is now:" in answer.content.decode()
    assert Session.objects.get(pk=session.pk).created_by_id == teammate.pk


def test_a_reader_of_another_team_is_not_told_its_name(client: Client, owner: User, stranger: User, both: Team) -> None:
    session = create_session(owner)
    Team.objects.filter(slug="default").update(name="Secret project")
    place_session(session, actor=owner, team=both, owner=owner)
    client.force_login(stranger)
    history = client.get(reverse("sessions:history", args=[session.pk])).content.decode()
    assert "Secret project" not in history
    assert "another team" in history
