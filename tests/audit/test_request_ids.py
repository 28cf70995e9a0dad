"""What one request writes, answers and logs goes by one id; so does what one command does."""

import logging
import subprocess
import sys
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import reverse

from artifacts.services import store_artifact
from llmspell_web.teams.models import Membership, TeamEvent, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.web.request_ids import RequestIdFilter, current_request_id, requested_as
from sessions.models import Session, SessionEvent
from sessions.services import create_session
from tests.tools.server import ROOT


@pytest.mark.django_db
def test_everything_that_a_request_writes_holds_its_id(visitor: Client, owner: User) -> None:
    Membership.objects.filter(user=owner).update(role=Membership.Role.ADMIN)
    made = visitor.post(reverse("sessions:create"), {"name": "Support"})
    session = Session.objects.get()
    assert str(session.events.get().request_id) == made["X-Request-ID"]
    store_artifact(session, actor=owner, artifact_type="note", name="a", content=b"1")
    visitor.post(reverse("sessions:delete", args=[session.pk]))
    purged = visitor.post("/trash/purge", {"item": f"session:{session.pk}", "confirm": "Support"})
    assert str(PurgeRecord.objects.get().request_id) == purged["X-Request-ID"]
    renamed = visitor.post("/teams/default/rename", {"name": "Renamed"})
    assert str(TeamEvent.objects.get(kind="renamed").request_id) == renamed["X-Request-ID"]
    others = create_session(owner)
    assert others.events.get().request_id is None
    assert current_request_id() is None


@pytest.mark.django_db
def test_many_at_once_in_one_request_and_each_in_another(visitor: Client, owner: User) -> None:
    sessions = [create_session(owner, name=str(number)) for number in range(3)]
    form = {"act": "suspend", "session": [str(session.pk) for session in sessions]}
    response = visitor.post(reverse("sessions:bulk_new"), form)
    suspended = SessionEvent.objects.filter(kind="suspended").values_list("request_id", flat=True)
    assert [str(key) for key in suspended] == [response["X-Request-ID"]] * 3


@pytest.mark.django_db
def test_a_failure_says_its_request_on_the_page_and_in_the_log(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("away")

    monkeypatch.setattr("llmspell_web.workspace.views.runs.newest_first", fail)
    visitor.raise_request_exception = False
    caplog.handler.addFilter(RequestIdFilter())
    response = visitor.get(reverse("workspace:runs"))
    key = response["X-Request-ID"]
    assert response.status_code == 500
    assert key in response.content.decode()
    assert {str(record.__dict__["request_id"]) for record in caplog.records if record.levelno >= logging.ERROR} == {key}


def test_ids_nest_and_end() -> None:
    outer, inner = uuid4(), uuid4()
    with requested_as(outer):
        with requested_as(inner):
            assert current_request_id() == inner
        assert current_request_id() == outer
    assert current_request_id() is None


def test_a_command_goes_by_one_id(process_environment: dict[str, str]) -> None:
    run = [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE]
    subprocess.run(run, cwd=ROOT, env=process_environment, check=True, capture_output=True)
    keys = {*SessionEvent.objects.values_list("request_id", flat=True)}
    keys |= {*TeamEvent.objects.filter(subject__username="maker").values_list("request_id", flat=True)}
    (key,) = keys
    assert isinstance(key, UUID)
    assert key.version == 7


MAKE = """
from llmspell_web.teams.models import User
from sessions.services import create_session
maker = User.objects.create_user("maker")
create_session(maker), create_session(maker)
"""


@pytest.mark.django_db(transaction=True)
def test_the_column_is_added_without_copying_the_table() -> None:
    """A table of ten million events is not written anew."""
    loader = MigrationLoader(connection)
    key = next(key for key in loader.graph.nodes if key[1].endswith("_request_ids"))
    migration = loader.get_migration(*key)
    state = loader.project_state([migration.dependencies[0]])
    with requested_as(uuid4()), connection.schema_editor(collect_sql=True) as editor:
        migration.apply(state, editor, collect_sql=True)
    (statement,) = [line for line in editor.collected_sql if not line.startswith("--")]
    assert statement.startswith("ALTER TABLE")
