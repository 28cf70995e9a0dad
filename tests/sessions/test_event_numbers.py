"""Every event of a session has its number, also those from before events were numbered."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.lifecycle import change_status
from sessions.models import Session, SessionEvent
from sessions.services import create_session, delete_session, update_session

LAST_UNNUMBERED = ("llmspell_sessions", "0001_sessions")


@pytest.mark.django_db
def test_every_kind_of_change_takes_the_next_number(owner: User) -> None:
    other = create_session(owner)
    session = create_session(owner)
    update_session(session, actor=owner, name="new")
    artifact = store_artifact(session, actor=owner, artifact_type="tool_result", name="a", content=b"a")
    delete_artifact(artifact, actor=owner)
    save_session(session, actor=owner)
    change_status(session, "suspend", actor=owner)
    delete_session(session, actor=owner)
    told = list(session.events.order_by("id").values_list("number", "kind"))
    kinds = ["created", "updated", "artifact_stored", "artifact_deleted", "saved", "suspended", "deleted"]
    assert told == list(enumerate(kinds, 1))
    assert Session.objects.get(pk=session.pk).event_count == len(kinds)
    assert Session.objects.get(pk=other.pk).event_count == 1


@pytest.mark.django_db(transaction=True)
def test_events_from_before_are_numbered_in_their_order_and_know_their_team(owner: User) -> None:
    first, second = create_session(owner), create_session(owner)
    newest = connection_leaves()
    try:
        old_event = migrate([LAST_UNNUMBERED]).get_model("llmspell_sessions", "SessionEvent")
        at = datetime(2026, 1, 1, tzinfo=UTC)
        for session in (first, second, first):
            old_event.objects.create(session_id=session.pk, kind="updated", actor_id=owner.pk, at=at)
    finally:
        migrate(newest)
    numbered = SessionEvent.objects.order_by("id").values_list("session", "number")
    assert list(numbered) == [(first.pk, 1), (second.pk, 1), (first.pk, 2), (second.pk, 2), (first.pk, 3)]
    assert not SessionEvent.objects.exclude(team=owner.default_team).exists()
    update_session(first, actor=owner, name="numbered on")
    assert first.events.latest("id").number == 4


def connection_leaves() -> list[tuple[str, str]]:
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


def migrate(targets: list[tuple[str, str]]) -> Any:  # Any: a state's apps hold models that exist only there
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    executor.loader.build_graph()
    return executor.loader.project_state(targets).apps
