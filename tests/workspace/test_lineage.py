"""What the host notes while a script runs: what was read before what was stored, and from which lines."""

import signal
from uuid import UUID

import pytest

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from llmspell_web.workspace.files import find_file, save_file
from llmspell_web.workspace.host.uses import MAX_USES
from llmspell_web.workspace.models import Run, RunUse
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
from sessions.services import create_session
from tests.lua.conftest import RunScript
from tests.workspace.processes import DEADLINE_SECONDS, start, wait_for_output, wait_until


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")


def upload(session: Session, name: str, content: bytes = b"x") -> Artifact:
    return store_artifact(session, actor=session.created_by, artifact_type="user_input", name=name, content=content)


def noted(run: Run) -> list[tuple[str, str, int | None]]:
    """`("read a.txt", chunk, line)` in order."""
    names: dict[UUID | None, str] = {artifact.pk: artifact.name for artifact in Artifact.objects.all()}
    names[None] = ""
    uses = run.uses.order_by("position")
    assert [use.position for use in uses] == list(range(1, len(uses) + 1))
    return [(f"{use.act} {use.path or names[use.artifact_id]}", use.chunk, use.line) for use in uses]


def test_what_was_read_is_in_the_order_of_reading_with_lines(owner: User, session: Session, run_lua: RunScript) -> None:
    first, second = upload(session, "a.txt", b"a"), upload(session, "b.txt", b"b")
    data = save_file(owner, "data/in.csv", b"1,2")
    save_file(
        owner, "lib/stats.lua", b"return {ask = function(s, id)\n  local got = Artifact.get(s, id)\n  return got end}"
    )
    source = """
        local s, a, b = arg[1], arg[2], arg[3]
        local stats = require("lib.stats")
        stats.ask(s, b)
        Artifact.store(s, "chart", "early", "1")
        local text = io.open("/data/./in.csv"):read("a")
        for i = 1, 5 do Artifact.get(s, a); Artifact.get(s, b) end
        local id = Artifact.store(s, "chart", "late", text)
        Artifact.list(s); Artifact.query({}); pcall(Artifact.get, s, s); io.open("missing.txt")
        Artifact.get(s, id)
    """
    arguments = {1: str(session.pk), 2: str(first.pk), 3: str(second.pk)}
    run = run_lua(owner, source, arguments=arguments).succeeded().run
    assert noted(run) == [
        ("read lib/stats.lua", "", 3),
        ("read b.txt", "lib/stats.lua", 2),
        ("read data/in.csv", "", 6),
        ("read a.txt", "", 7),
        ("read late", "", 10),
    ]
    digests = list(run.uses.order_by("position").values_list("digest", flat=True))
    assert digests[1:4] == [second.blob_id, data.blob_id, first.blob_id]
    early, late = (Artifact.objects.get(name=name) for name in ("early", "late"))
    assert (early.run_id, early.run_uses, early.run_chunk, early.run_line) == (run.pk, 2, "", 5)
    assert (late.run_uses, late.run_line) == (4, 8)


def test_files_are_told_apart_by_what_is_in_them(owner: User, session: Session, run_lua: RunScript) -> None:
    save_file(owner, "log.txt", b"one")
    source = """
        local function all() local f = io.open("log.txt") local text = f:read("a") f:close() return text end
        all() all()
        for i = 1, 3 do local f = io.open("log.txt", "a") f:write(i) f:close() end
        local grown = all()
        local f = io.open("/tmp/scratch", "w") f:write("x") f:close()
        local f = io.open("/tmp/scratch") f:read("a") f:close()
        Artifact.storeFile(arg[1], "log.txt", "chart")
        os.rename("log.txt", "/tmp/hidden")
        os.rename("/tmp/scratch", "kept.txt")
        Artifact.storeFile(arg[1], "/tmp/hidden", "chart")
    """
    run = run_lua(owner, source, arguments={1: str(session.pk)}).succeeded().run
    assert [what for what, _, _ in noted(run)] == [
        "read log.txt", "wrote log.txt", "read log.txt", "wrote kept.txt",
    ]  # fmt: skip
    assert find_file(owner, "log.txt") is None
    assert len({use.digest for use in run.uses.filter(act=RunUse.Act.READ)}) == 2
    assert [artifact.run_uses for artifact in Artifact.objects.order_by("pk")] == [3, 4]


def test_a_file_that_is_only_stored_or_moved_away_has_been_read(
    owner: User, session: Session, run_lua: RunScript
) -> None:
    for name in ("stored.txt", "moved.txt"):
        save_file(owner, name, b"x")
    source = """
        Artifact.storeFile(arg[1], "stored.txt", "chart")
        os.rename("moved.txt", "/tmp/moved.txt")
        Artifact.storeFile(arg[1], "/tmp/moved.txt", "chart")
    """
    run = run_lua(owner, source, arguments={1: str(session.pk)}).succeeded().run
    assert noted(run) == [("read stored.txt", "", 2), ("read moved.txt", "", 3)]
    assert [artifact.run_uses for artifact in Artifact.objects.order_by("pk")] == [1, 2]


def test_a_call_that_is_refused_is_noted_nowhere(owner: User, session: Session, run_lua: RunScript) -> None:
    save_file(owner, "in.txt", b"x")
    artifact = upload(session, "a.txt")
    source = """
        local s, before = arg[1], Artifact.get(arg[1], arg[2])
        Session.suspend(s)
        print(pcall(Artifact.storeFile, s, "in.txt", "chart"))
        print(pcall(Artifact.storeFile, s, "in.txt", "Not a type"))
        Session.resume(s)
        Artifact.store(s, "chart", "made", "x")
        Artifact.storeFile(s, "in.txt", "chart")
    """
    run = run_lua(owner, source, arguments={1: str(session.pk), 2: str(artifact.pk)}).succeeded().run
    assert noted(run) == [("read a.txt", "", 2), ("read in.txt", "", 8)]
    assert [Artifact.objects.get(name=name).run_uses for name in ("made", "in.txt")] == [1, 2]


def test_reading_without_end_leaves_a_bounded_record(owner: User, session: Session, run_lua: RunScript) -> None:
    first = upload(session, "a0")
    same = {"session": session, "version": 1, "artifact_type": "chart", "blob": first.blob, "size": 1}
    Artifact.objects.bulk_create(
        Artifact(name=f"a{number}", created_by=owner, created_at=first.created_at, **same)
        for number in range(1, MAX_USES + 5)
    )
    source = """
        local ids = {}
        for offset = 0, 2000, 500 do
          local page = Artifact.list(arg[1], {offset = offset, limit = 500})
          for i = 1, #page do ids[#ids + 1] = page[i].id end
        end
        local got = Artifact.get(arg[1], ids[1])
        Artifact.store(arg[1], "chart", "early", "x")
        for round = 1, 2 do for i = 1, #ids do local got = Artifact.get(arg[1], ids[i]) end end
        Artifact.store(arg[1], "chart", "late", "x")
    """
    ended = run_lua(owner, source, arguments={1: str(session.pk)}).succeeded()
    uses = list(ended.run.uses.order_by("position"))
    assert [use.position for use in uses] == list(range(1, MAX_USES + 2))
    assert {use.act for use in uses[:MAX_USES]} == {RunUse.Act.READ}
    assert (uses[-1].act, uses[-1].artifact_id) == (RunUse.Act.MORE, None)
    assert Artifact.objects.get(name="early").run_uses == 1
    assert Artifact.objects.get(name="late").run_uses == MAX_USES + 1


def test_a_million_reads_of_one_thing_are_one_row(owner: User, session: Session, run_lua: RunScript) -> None:
    artifact = upload(session, "a.txt")
    source = "while true do local a = Artifact.get(arg[1], arg[2]) end"
    ended = run_lua(owner, source, arguments={1: str(session.pk), 2: str(artifact.pk)}, limits={"api_calls": 300})
    assert (ended.status, ended.run.limit) == ("limit", "api_calls")
    assert noted(ended.run) == [("read a.txt", "", 1)]


@pytest.mark.parametrize(
    "ending", ["error('no')", "while true do end", "local x = {} while true do x[#x + 1] = {} end"]
)
def test_however_a_run_ends_its_record_is_there(owner: User, session: Session, run_lua: RunScript, ending: str) -> None:
    artifact = upload(session, "a.txt")
    source = f"local a = Artifact.get(arg[1], arg[2])\n{ending}"
    limits = {"cpu_seconds": 0.3}
    ended = run_lua(owner, source, arguments={1: str(session.pk), 2: str(artifact.pk)}, limits=limits)
    assert ended.status in ("failed", "limit")
    assert noted(ended.run) == [("read a.txt", "", 1)]


def test_a_killed_runner_leaves_what_was_read_before_each_store(
    process_environment: dict[str, str], owner: User, session: Session
) -> None:
    artifact = upload(session, "a.txt")
    source = """
        local a = Artifact.get(arg[1], arg[2])
        Artifact.store(arg[1], "chart", "made", "x")
        print("stored") while true do end
    """
    run = create_run(owner, source=source, arguments={1: str(session.pk), 2: str(artifact.pk)})
    with start(process_environment, "runner") as process:
        wait_for_output(run)
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_SECONDS)
    assert noted(run) == [("read a.txt", "", 2)]
    made = Artifact.objects.get(name="made")
    assert (made.run_uses, made.run_line) == (1, 3)


def test_a_run_that_goes_on_shows_soon_what_it_has_read(
    process_environment: dict[str, str], owner: User, session: Session
) -> None:
    artifact = upload(session, "a.txt")
    source = "local a = Artifact.get(arg[1], arg[2]) while true do end"
    run = create_run(owner, source=source, arguments={1: str(session.pk), 2: str(artifact.pk)})
    with start(process_environment, "runner"):
        wait_until(run.uses.exists, "what the run has read")
    assert noted(run) == [("read a.txt", "", 1)]


def test_a_script_that_lies_about_its_lines_is_believed_and_nothing_breaks(
    owner: User, session: Session, run_lua: RunScript
) -> None:
    source = r"""
        local text = ("\n"):rep(99999) .. "local x = Artifact.store(...)"
        load(text, "=main.lua")(arg[1], "chart", "far", "x")
        load("local x = Artifact.store(...)", "=" .. ("é\0\n<b>"):rep(30))(arg[1], "chart", "odd", "x")
        load("local x = Artifact.store(...)", "=\255\254")(arg[1], "chart", "bytes", "x")
        coroutine.wrap(Artifact.store)(arg[1], "chart", "nowhere", "x")
    """
    run_lua(owner, source, arguments={1: str(session.pk)}).succeeded()
    told = {artifact.name: (artifact.run_chunk, artifact.run_line) for artifact in Artifact.objects.all()}
    assert told == {
        "far": ("", 100_000),
        "odd": ("é", 1),
        "bytes": ("\ufffd\ufffd", 1),
        "nowhere": ("", None),
    }
