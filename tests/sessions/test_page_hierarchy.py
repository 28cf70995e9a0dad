"""What stands above and below a session on its page, and moving it there."""

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import Membership, Team, User
from sessions.hierarchy import move_session
from sessions.models import Session
from sessions.presentation import CHILDREN_SHOWN, count_up_to
from sessions.services import create_session, delete_session

HTMX = {"HX-Request": "true"}


def make_line(owner: User, length: int) -> list[Session]:
    line = [create_session(owner, name="level 1")]
    for number in range(2, length + 1):
        line.append(create_session(owner, name=f"level {number}", parent=line[-1]))
    return line


def crumbs(visitor: Client, session: Session) -> list[str | None]:
    shown = visitor.get(session.get_absolute_url()).context["crumbs"]
    return [above.name if above else None for above in shown]


def test_the_way_down_shows_its_first_and_its_last_three(visitor: Client, owner: User) -> None:
    line = make_line(owner, 7)
    assert crumbs(visitor, line[0]) == []
    assert crumbs(visitor, line[3]) == ["level 1", "level 2", "level 3"]
    assert crumbs(visitor, line[4]) == ["level 1", "level 2", "level 3", "level 4"]
    assert crumbs(visitor, line[6]) == ["level 1", None, "level 4", "level 5", "level 6"]


def test_an_ancestor_out_of_sight_looks_like_none(visitor: Client, owner: User) -> None:
    hidden, gone = make_line(owner, 3), make_line(owner, 3)
    delete_session(hidden[1], actor=owner)
    Session.objects.filter(pk=gone[1].pk).delete()
    pages = [visitor.get(line[2].get_absolute_url()).content.decode() for line in (hidden, gone)]
    for page, line in zip(pages, (hidden, gone), strict=True):
        assert "level 2" not in page
        assert "level 1" not in page
        assert str(line[1].pk) not in page
    move = reverse("sessions:move", args=[hidden[2].pk])
    assert str(hidden[1].pk) not in visitor.get(move).content.decode()
    assert "It has no parent now" in visitor.get(move).content.decode()


def test_children_are_bounded_and_lead_to_the_list(visitor: Client, owner: User) -> None:
    parent = create_session(owner, name="parent")
    for number in range(CHILDREN_SHOWN + 5):
        create_session(owner, name=f"<b>child {number}</b>", parent=parent)
    content = visitor.get(parent.get_absolute_url()).content.decode()
    assert f"All {CHILDREN_SHOWN + 5} children" in content
    assert "&lt;b&gt;child 24&lt;/b&gt;" in content
    assert "child 4&lt;" not in content
    listed = visitor.get(f"{reverse('sessions:list')}?parent={parent.pk}").context["page"].rows
    assert len(listed) == CHILDREN_SHOWN + 5
    assert count_up_to(Session.objects.filter(parent=parent.pk), 10) == "10+"


def test_a_branch_opens_with_and_without_javascript(visitor: Client, owner: User) -> None:
    line = make_line(owner, 3)
    url = reverse("sessions:children", args=[line[1].pk])
    assert url in visitor.get(line[0].get_absolute_url()).content.decode()
    part = visitor.get(url, headers=HTMX).content.decode()
    assert "level 3" in part
    assert "<html" not in part
    assert visitor.get(url).headers["Location"] == f"{reverse('sessions:list')}?parent={line[1].pk}"


def test_queries_do_not_grow_with_relatives(
    visitor: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    line = make_line(owner, 12)
    for _ in range(CHILDREN_SHOWN):
        create_session(owner, parent=create_session(owner, parent=line[-1]))
    with django_assert_max_num_queries(14):
        visitor.get(line[-1].get_absolute_url())
    with django_assert_max_num_queries(8):
        visitor.get(reverse("sessions:children", args=[line[-1].pk]), headers=HTMX)


def test_moving_by_choice_by_id_and_to_the_top(visitor: Client, owner: User) -> None:
    session, first = create_session(owner, name="session"), create_session(owner, name="first <b>parent</b>")
    other = create_session(owner, name="something else")
    url = reverse("sessions:move", args=[session.pk])
    page = visitor.get(url, {"find": "PARENT"})
    assert page.context["choices"] == [first]
    assert "first &lt;b&gt;parent" in page.content.decode()
    for parent in (first, other):
        seen = visitor.get(url).context["form"]["seen"].value()
        assert visitor.post(url, {"parent": str(parent.pk), "seen": seen}).status_code == 302
        assert Session.objects.get(pk=session.pk).parent_id == parent.pk
    assert visitor.post(url, {"parent": ""}).status_code == 302
    assert Session.objects.get(pk=session.pk).parent_id is None


def test_what_cannot_be_a_parent_is_told_and_kept(
    visitor: Client, owner: User, stranger: User, other_team: Team
) -> None:
    Membership.objects.create(team=other_team, user=owner, role=Membership.Role.VIEWER)
    line = make_line(owner, 2)
    url = reverse("sessions:move", args=[line[0].pk])
    looked_at = create_session(stranger)
    for parent, words in [
        (str(line[1].pk), "Level 2 lies below level 1: a session cannot be below itself."),
        (str(line[0].pk), "its own parent"),
        ("nonsense", "Invalid session id"),
        ("0192aaaa-0000-7000-8000-000000000000", "Session not found"),
        (str(looked_at.pk), "your role in the team Other is viewer"),
    ]:
        response = visitor.post(url, {"parent": parent})
        content = response.content.decode()
        assert (response.status_code, words in content, parent in content) == (422, True, True)
    assert Session.objects.get(pk=line[0].pk).event_count == 1
    Membership.objects.filter(team=other_team, user=owner).update(role=Membership.Role.MEMBER)
    assert "belongs to another team" in visitor.post(url, {"parent": str(looked_at.pk)}).content.decode()


def test_who_moves_second_is_told_where_it_is(visitor: Client, owner: User, teammate: User) -> None:
    session, theirs, mine = (create_session(owner, name=name) for name in ("session", "their place", "my place"))
    url = reverse("sessions:move", args=[session.pk])
    seen = visitor.get(url).context["form"]["seen"].value()
    move_session(session, actor=teammate, parent=theirs, seen=None)
    response = visitor.post(url, {"parent": str(mine.pk), "seen": seen})
    assert response.status_code == 409
    assert "their place" in response.content.decode()
    assert Session.objects.get(pk=session.pk).parent_id == theirs.pk
    again = response.context["form"]["seen"].value()
    assert visitor.post(url, {"parent": str(mine.pk), "seen": again}).status_code == 302
    assert Session.objects.get(pk=session.pk).parent_id == mine.pk
