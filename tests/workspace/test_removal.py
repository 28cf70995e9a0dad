"""Somebody is removed from the team while a script of theirs is running."""

from collections.abc import Callable

from llmspell_web.teams import members
from llmspell_web.teams.models import Team, User
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
