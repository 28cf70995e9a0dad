"""Somebody is removed from the team while a script of theirs is running, or while they look at one of others."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.teams import members
from llmspell_web.teams.models import Team, User
from llmspell_web.web.bell import ring
from llmspell_web.workspace.console import ConsoleStream
from llmspell_web.workspace.models import Run, RunOutput
from llmspell_web.workspace.runs import create_run, topic
from sessions.models import Session
from sessions.services import create_session
from tests.lua.conftest import RunScript

UNTIL_REFUSED = """
local id = ...
print(Session.get(id).name)
local ok, problem
repeat ok, problem = pcall(Session.get, id) until not ok
print(problem)
for _, call in ipairs({
    function() Session.suspend(id) end,
    function() Session.create({name = "too late"}) end,
    function() Artifact.store(id, "tool_result", "late.txt", "x") end,
    function() Artifact.list(id) end,
}) do print((pcall(call))) end
print(#Session.list())
"""


def test_a_running_script_loses_access_at_its_next_call(
    run_lua: RunScript, owner: User, make_user: Callable[..., User], default_team: Team
) -> None:
    admin = make_user("chief", "admin")
    session = create_session(owner, name="Seen")

    def remove(stream: str, text: str) -> None:
        if "Seen" in text:
            members.end_membership(default_team, actor=admin, user_id=owner.pk)

    ended = run_lua(owner, UNTIL_REFUSED, arguments={1: str(session.pk)}, listener=remove).succeeded()
    name, problem, *rest = ended.printed.splitlines()
    assert name == "Seen"
    assert f"session not found: {session.pk}" in problem
    assert rest == ["false", "false", "false", "false", "0"]
    assert Session.objects.get().status == "active"


def print_line(run: Run, text: str) -> None:
    RunOutput.objects.create(run=run, stream="stdout", text=text)
    ring(topic(run.pk))


def remove(team: Team, admin: User, user: User) -> None:
    members.end_membership(team, actor=admin, user_id=user.pk)


def lock_out(team: Team, admin: User, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("lose_sight", [remove, lock_out])
def test_a_console_that_is_followed_ends_with_the_sight_of_the_run(
    client: Client,
    owner: User,
    teammate: User,
    make_user: Callable[..., User],
    default_team: Team,
    lose_sight: Callable[[Team, User, User], None],
) -> None:
    admin = make_user("chief", "admin")
    run = create_run(owner, source="return 1", runner="tests")
    print_line(run, "seen")
    stream = ConsoleStream(run.pk, 0, teammate)
    lines = iter(stream)
    assert b"seen" in next(lines)
    print_line(run, "seen, too")
    assert b"seen, too" in next(lines)
    lose_sight(default_team, admin, teammate)
    print_line(run, "not for them")
    assert list(lines) == []
    stream.close()
    client.force_login(teammate)
    again = client.get(reverse("workspace:console", args=[run.pk]), headers={"accept": "application/json"})
    assert again.status_code == (404 if lose_sight is remove else 401)
