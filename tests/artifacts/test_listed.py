"""In whose list an artifact stands: kept on its row, so that a list is walked team by team."""

import random
from uuid import UUID

import pytest

from artifacts.copies import open_save
from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, restore_artifact, store_artifact
from llmspell_web.teams.models import Membership, Team, User
from sessions.models import Session
from sessions.placement import place_session
from sessions.services import create_session, delete_session, restore_session

pytestmark = pytest.mark.django_db


def store(session: Session, name: str = "a") -> Artifact:
    return store_artifact(session, actor=session.created_by, artifact_type="chart", name=name, content=b"x")


def listed() -> dict[UUID, UUID]:
    return dict(Artifact.objects.filter(listed_in__isnull=False).values_list("pk", "listed_in"))


def expected() -> dict[UUID, UUID]:
    """What everybody may see, the newest version of each name, by the rows that decide it."""
    rows = Artifact.objects.filter(deleted_at=None, session__deleted_at=None).order_by("version")
    newest = {(session, name): key for key, session, name in rows.values_list("pk", "session", "name")}
    teams = dict(Session.objects.values_list("pk", "team"))
    return {key: teams[session] for (session, _), key in newest.items()}


def test_what_is_stored_in_a_session_that_moved_meanwhile_stands_where_it_is_now(owner: User, other_team: Team) -> None:
    Membership.objects.create(team=other_team, user=owner)
    session = create_session(owner)
    seen_before = Session.objects.get(pk=session.pk)
    place_session(session, actor=owner, team=other_team, owner=owner)
    artifact = store(seen_before)
    assert listed() == {artifact.pk: other_team.pk}


def act(step: str, session: Session, owner: User, teams: list[Team], rng: random.Random) -> None:
    """One of the things that may happen to a session outside the trash or its artifacts."""
    here = session.artifacts.select_related("blob", "session")
    match step:
        case "store":
            store(session, rng.choice("xyz"))
        case "delete":
            for artifact in here.filter(deleted_at=None)[:1]:
                delete_artifact(artifact, actor=owner)
        case "restore":
            for artifact in here.filter(deleted_at__isnull=False)[:1]:
                restore_artifact(artifact, actor=owner)
        case "trash":
            delete_session(session, actor=owner)
        case "move":
            place_session(session, actor=owner, team=rng.choice(teams), owner=owner)
        case "copy":
            open_save(save_session(session, actor=owner), actor=owner)
        case "child":
            create_session(owner, parent=session)


def test_whatever_happens_each_stands_in_the_list_of_its_sessions_team(
    owner: User, default_team: Team, other_team: Team
) -> None:
    Membership.objects.create(team=other_team, user=owner)
    rng = random.Random(11)
    for name in "abc":
        create_session(owner, name=name)
    for _ in range(150):
        session = rng.choice(Session.objects.select_related("team", "created_by").order_by("created_at"))
        session.asker_role = Membership.Role.ADMIN
        step = rng.choice(["store"] * 5 + ["delete", "restore", "trash", "move", "copy", "child"])
        if session.deleted_at is None:
            act(step, session, owner, [default_team, other_team], rng)
        elif step == "restore":
            restore_session(session, actor=owner)
        assert listed() == expected(), step
