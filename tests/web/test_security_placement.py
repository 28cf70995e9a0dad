"""Who lost sight of a session by its move, or never saw it, is told nothing of it."""

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.copies import open_save
from artifacts.saves import save_session
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import find_private_team
from llmspell_web.web.problems import NotFound
from sessions.access import get_session
from sessions.placement import place_session
from sessions.services import create_session, update_session


def history_of(client: Client, user: User, key: object) -> str:
    client.force_login(user)
    return client.get(reverse("sessions:history", args=[key])).content.decode()


def test_the_history_of_a_copy_does_not_name_what_it_was_made_from(
    client: Client, owner: User, stranger: User, other_team: Team
) -> None:
    Membership.objects.create(team=other_team, user=owner)
    source = create_session(owner, name="Secret project")
    copy = open_save(save_session(source, actor=owner), actor=owner)
    assert "Secret project" in history_of(client, owner, copy.pk)
    update_session(copy, actor=owner, name="Public")
    place_session(get_session(owner, copy.pk), actor=owner, team=other_team, owner=owner)
    seen = history_of(client, stranger, copy.pk)
    assert str(source.pk) not in seen
    assert ">Secret project<" not in seen
    assert "a session that is not there" in seen


def test_the_history_of_the_source_does_not_name_a_copy_that_became_private(
    client: Client, owner: User, teammate: User
) -> None:
    source = create_session(owner, name="Open")
    copy = open_save(save_session(source, actor=owner), actor=owner)
    place_session(get_session(owner, copy.pk), actor=owner, team=find_private_team(owner), owner=owner)
    seen = history_of(client, teammate, source.pk)
    assert copy.name not in seen
    assert str(copy.pk) not in seen
    assert copy.name in history_of(client, owner, source.pk)


def test_who_lost_sight_meanwhile_is_not_told_where_it_went(owner: User, teammate: User) -> None:
    Membership.objects.filter(user=teammate).update(role=Membership.Role.ADMIN)
    session = create_session(owner)
    stale = get_session(teammate, session.pk)
    seen: dict[str, object] = {"team": "default", "owner": "owner"}
    team = stale.team
    place_session(session, actor=owner, team=find_private_team(owner), owner=owner)
    with pytest.raises(NotFound):
        place_session(stale, actor=teammate, team=team, owner=teammate, seen=seen)
