"""Who may do what through the Lua API: a script can do exactly what its user can, and what the same user gets from the
pages stands beside it. A function of the host without a row fails, and so does a row without a function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from llmspell_web.teams.services import private_team
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.host import FUNCTIONS
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.lua.conftest import RunScript

WHO = ("stranger", "viewer", "teammate", "owner", "admin")
HIDDEN = dict.fromkeys(WHO, "hidden")
READ = HIDDEN | dict.fromkeys(("viewer", "teammate", "owner", "admin"), "done")
CHANGE = READ | {"viewer": "forbidden"}
OWN = HIDDEN | {"owner": "done"}
DONE = dict.fromkeys(WHO, "done")
PRIVATE = HIDDEN | {"owner": "done"}  # whatever is done to what the owner keeps private


@dataclass(frozen=True)
class Row:
    """`call` has the session `s`, its artifact `a` and the path `p` of a file of the owner. `page` is the route for the
    same, with what is posted to it, or None to get it."""

    expected: dict[str, str]
    call: str
    page: tuple[str, dict[str, Any] | None] | None = None  # Any: texts and an upload


CHANGE_STATUS = {
    f"Session.{act}": Row(CHANGE, f"Session.{act}(s)", ("sessions:change", {"action": act}))
    for act in ("suspend", "complete")
}
TABLE = CHANGE_STATUS | {
    "Session.fail": Row(CHANGE, 'Session.fail(s, "why")', ("sessions:fail", {"reason": "why"})),
    "Session.resume": Row(CHANGE, "Session.suspend(s) Session.resume(s)"),
    "Session.load": Row(CHANGE, "Session.load(s)"),
    "Session.create": Row(CHANGE, "Session.create({parent_session_id = s})", ("sessions:create", {"name": "Child"})),
    "Session.get": Row(READ, "return Session.get(s).name", ("sessions:detail", None)),
    "Session.list": Row(READ, "Session.list({parent_session_id = s})"),
    "Session.update": Row(CHANGE, 'Session.update(s, {name = "New"})', ("sessions:edit", {"name": "New"})),
    "Session.delete": Row(CHANGE, "Session.delete(s)", ("sessions:delete", {})),
    "Session.save": Row(CHANGE, "Session.save(s)", ("artifacts:save", {})),
    "Session.setCurrent": Row(READ, "Session.setCurrent(s)", ("sessions:use", {})),
    "Session.getCurrent": Row(READ, "Session.setCurrent(s) assert(Session.getCurrent() == s)"),
    "Artifact.store": Row(CHANGE, 'Artifact.store(s, "tool_result", "new.txt", "x")', ("artifacts:store", {})),
    "Artifact.storeFile": Row(
        CHANGE,
        'local f = io.open("/tmp/f.txt", "w") f:write("x") f:close() Artifact.storeFile(s, "/tmp/f.txt", "note")',
    ),
    "Artifact.get": Row(READ, "return Artifact.get(s, a).content", ("artifacts:download", None)),
    "Artifact.list": Row(READ, "assert(#Artifact.list(s) == 1)", ("sessions:detail", None)),
    "Artifact.query": Row(READ, "assert(#Artifact.query({session_id = s}) == 1)"),
    "Artifact.delete": Row(CHANGE, "Artifact.delete(s, a)", ("artifacts:delete", {})),
    "file.open": Row(OWN, "assert(io.open(p))", ("workspace:download_file", None)),
    "file.read": Row(OWN, 'return assert(io.open(p)):read("a")', ("workspace:download_file", None)),
    "file.close": Row(OWN, "assert(io.open(p)):close()"),
    "file.write": Row(DONE, 'local f = assert(io.open(p, "w")) f:write("mine") f:close()'),  # a file of their own
    "file.rename": Row(OWN, 'assert(os.rename(p, "moved.txt"))'),
    "file.remove": Row(OWN, "assert(os.remove(p))", ("workspace:delete_file", {})),
}


@dataclass(frozen=True)
class Target:
    session: Session
    artifact: Artifact
    path: str


@pytest.fixture
def people(accounts: dict[str, User], make_user: Callable[..., User]) -> dict[str, User]:
    return accounts | {"admin": make_user("admin", "admin")}


def make_targets(owner: User, where: str) -> dict[str, Target]:
    """One for each function, so that none finds what another one has left."""
    targets = {}
    for number, function in enumerate(TABLE):
        session = create_session(owner, name="Planted", team=private_team(owner) if where == "private" else None)
        artifact = store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"planted")
        if where == "artifact in the trash":
            delete_artifact(artifact, actor=owner)
        if where == "in the trash":
            delete_session(session, actor=owner)
        path = f"planted-{number}.txt"
        save_file(owner, path, b"of the owner")
        targets[function] = Target(session, artifact, path)
    return targets


def script_of(targets: dict[str, Target]) -> str:
    """Calls every function on its own target, and returns of each whether it went well, else the words."""
    calls = [
        f"""told["{function}"] = call(function(s, a, p) {TABLE[function].call} end,"""
        f""" "{target.session.pk}", "{target.artifact.pk}", "{target.path}")"""
        for function, target in targets.items()
    ]
    begin = """local told = {}
    local function call(f, ...)
        local ok, problem = pcall(f, ...)
        return ok and "done" or tostring(problem)
    end"""
    return "\n".join([begin, *calls, "return told"])


def outcome(words: str) -> str:
    if "not found" in words or "No such file" in words:
        return "hidden"
    return "forbidden" if "you may not" in words else words


def expected(row: Row, who: str, where: str, function: str) -> str:
    """What a row says of a session of the owner's team, in other places."""
    if function.startswith("file."):
        return row.expected[who]
    if where == "artifact in the trash" and function in {"Artifact.get", "Artifact.delete"}:
        return "forbidden" if row.expected[who] == "forbidden" else "hidden"
    if where == "artifact in the trash" and function in {"Artifact.list", "Artifact.query"} and who != "stranger":
        return "main.lua:1: assertion failed!"
    return {"private": PRIVATE, "in the trash": HIDDEN}.get(where, row.expected)[who]


def test_every_function_has_a_row() -> None:
    assert set(FUNCTIONS) == set(TABLE)


def test_every_function_that_a_script_sees_is_one_of_the_host(run_lua: RunScript, owner: User) -> None:
    """But for the builder, which calls `Session.create`; its twin in snake case is the same function."""
    source = """local names, seen = {}, {}
    for room, functions in pairs({Session = Session, Artifact = Artifact}) do
        for name, f in pairs(functions) do if not name:find("_") then names[#names + 1] = room .. "." .. name end end
    end
    return names"""
    names = set(run_lua(owner, source).succeeded().result)
    assert names - {"Session.builder"} == {name for name in TABLE if not name.startswith("file.")}


@pytest.mark.parametrize("where", ["in the team", "private", "in the trash", "artifact in the trash"])
@pytest.mark.parametrize("who", WHO)
def test_a_script_gets(who: str, where: str, people: dict[str, User], run_lua: RunScript) -> None:
    targets = make_targets(people["owner"], where)
    told = run_lua(people[who], script_of(targets)).succeeded().result
    got = {function: outcome(words) for function, words in told.items()}
    wanted = {function: expected(row, who, where, function) for function, row in TABLE.items()}
    assert {name: words.partition(": ")[2] or words for name, words in got.items()} == {
        name: words.partition(": ")[2] or words for name, words in wanted.items()
    }
    assert people["owner"].files.filter(path=targets["file.write"].path).get().blob.size == (
        4 if who == "owner" else len(b"of the owner")
    )


@pytest.mark.parametrize("where", ["in the team", "private", "in the trash", "artifact in the trash"])
@pytest.mark.parametrize("who", WHO)
def test_the_pages_give_the_same(who: str, where: str, people: dict[str, User], client: Client) -> None:
    targets = make_targets(people["owner"], where)
    client.force_login(people[who])
    for function, row in TABLE.items():
        if row.page is None or (where == "artifact in the trash" and function == "Artifact.list"):
            continue
        status = ask(client, *row.page, targets[function])
        got = {404: "hidden", 403: "forbidden"}.get(status, "done" if status < 400 else str(status))
        wanted = expected(row, who, where, function)
        if (where, function) == ("artifact in the trash", "Artifact.delete"):
            wanted = "hidden"  # a script names the session first, which a viewer is told about
        assert got == wanted, function


def ask(client: Client, route: str, form: dict[str, Any] | None, target: Target) -> int:  # Any: as Django has it
    keys: dict[str, object] = {"pk": target.session.pk}
    match route.partition(":")[2]:
        case "change":
            keys["action"] = (form or {})["action"]
        case "save" | "store":
            keys = {"session_pk": target.session.pk}
        case "download" | "delete" if route.startswith("artifacts:"):
            keys = {"pk": target.artifact.pk}
        case "download_file" | "delete_file":
            keys = {"path": target.path}
        case "create":
            keys = {}
    url = reverse(route, kwargs=keys) + (f"?parent={target.session.pk}" if route == "sessions:create" else "")
    if route == "artifacts:store":
        form = {"content": SimpleUploadedFile("new.txt", b"x"), "type": "tool_result", "name": "new.txt"}
    if route == "sessions:edit":
        form = {"name": "New", "description": "", "tags": "", "metadata": "{}"}
    answer = client.get(url) if form is None else client.post(url, form)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
    return int(answer.status_code)
