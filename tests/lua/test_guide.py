"""Every Lua block of the user's guide, as written, comes to what the guide says; those of docs/lua-api.md run."""

import re
from pathlib import Path

import pytest

from artifacts.access import get_artifact
from artifacts.blobs import open_blob
from artifacts.models import Artifact, SavedArtifact
from llmspell_web.teams.models import User
from llmspell_web.workspace.files import save_file
from sessions.access import get_current_session, get_session
from sessions.models import Session, SessionEvent, SessionSave
from sessions.services import create_session
from tests.lua.conftest import Ended, RunScript

ROOT = Path(__file__).parents[2]
GUIDE = Path(__file__).parent / "guide" / "session-artifact-guide.md"
ORIGINAL = ROOT.parent / "shared" / "spec" / "session-artifact-guide.md"
PNG = b"\x89PNG\r\n\x1a\n\0\xff" + bytes(range(256)) * 50


def read_blocks(path: Path) -> dict[str, str]:
    """Each ```lua block by the heading above it; a second one under a heading gets a number."""
    blocks: dict[str, str] = {}
    for section in re.split(r"^#+ ", path.read_text(), flags=re.MULTILINE)[1:]:
        title = section.splitlines()[0]
        for number, block in enumerate(re.findall(r"^```lua\n(.*?)^```", section, re.MULTILINE | re.DOTALL), 1):
            blocks[title if number == 1 else f"{title} {number}"] = block
    return blocks


BLOCKS = read_blocks(GUIDE)
DOCUMENTED = read_blocks(ROOT / "docs" / "lua-api.md")


@pytest.fixture
def session(owner: User) -> Session:
    """What the guide calls `session_id` in the blocks that go on with one."""
    return create_session(owner, name="Customer Support Chat")


def with_session(session: Session, block: str, after: str = "") -> str:
    return f'local session_id = "{session.pk}"\n{block}\n{after}'


def content_of(artifact: Artifact) -> bytes:
    with open_blob(artifact.blob) as file:
        return file.read()


def test_the_copy_is_the_guide() -> None:
    if ORIGINAL.exists():
        assert GUIDE.read_text() == ORIGINAL.read_text()
    assert len(BLOCKS) == 11


def test_creating_sessions(owner: User, run_lua: RunScript) -> None:
    ended = run_lua(owner, BLOCKS["Creating Sessions"] + "return {session_id, child_id}").succeeded()
    session, child = (get_session(owner, key) for key in ended.result)
    assert session.name == "Customer Support Chat"
    assert session.description == "Support session for ticket #12345"
    assert session.tag_names == ["support", "priority-high", "customer-123"]
    assert session.metadata == {"ticket_id": "12345", "customer_id": "123", "department": "technical"}
    assert (child.name, child.parent_id, child.team_id) == ("Technical Investigation", session.pk, session.team_id)
    assert {session.status, child.status} == {"active"}


def test_managing_session_lifecycle(owner: User, session: Session, run_lua: RunScript) -> None:
    ended = run_lua(owner, with_session(session, BLOCKS["Managing Session Lifecycle"])).succeeded()
    lines = ended.printed.splitlines()
    assert lines[:2] == ["Session name:\tCustomer Support Chat", "Status:\tactive"]
    assert re.fullmatch(r"Created at:\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", lines[2])
    kinds = SessionEvent.objects.filter(session_id=session.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["created", "suspended", "resumed", "completed", "deleted"]
    assert not Session.objects.visible_to(owner).exists()


def test_querying_sessions(owner: User, run_lua: RunScript) -> None:
    create_session(owner, name="one", tags=["support", "x"])
    create_session(owner, name="two")
    counts = "return {#sessions, #filtered, filtered[1].name, #recent}"
    assert run_lua(owner, BLOCKS["Querying Sessions"] + counts).succeeded().result == [2, 1, "one", 2]


def test_session_persistence(owner: User, session: Session, run_lua: RunScript) -> None:
    block = BLOCKS["Session Persistence"].replace(
        "-- Load a session from storage", "Session.complete(session_id)\n-- Load a session from storage"
    )
    for number, source in enumerate((BLOCKS["Session Persistence"], block), 1):
        ended = run_lua(owner, with_session(session, source, "return loaded_id")).succeeded()
        assert ended.result == str(session.pk)
        session.refresh_from_db()
        assert (session.status, session.ended_at) == ("active", None)
        assert SessionSave.objects.filter(session=session).count() == number


def test_current_session_context(owner: User, session: Session, run_lua: RunScript) -> None:
    block = BLOCKS["Current Session Context"]
    ended = run_lua(owner, with_session(session, block, "return {current, #artifacts}")).succeeded()
    assert ended.result == [str(session.pk), 0]
    assert get_current_session(owner) is None
    before, _, after = block.partition("-- Clear current session\nSession.setCurrent(nil)\n")
    ended = run_lua(owner, with_session(session, before + after, "return {current, #artifacts}")).succeeded()
    assert ended.result == [str(session.pk), 0]
    assert get_current_session(owner) == session


def test_storing_artifacts(owner: User, session: Session, run_lua: RunScript) -> None:
    save_file(owner, "chart.png", PNG)
    source = with_session(session, BLOCKS["Storing Artifacts"], "return {artifact_id, image_id, json_id}")
    ended = run_lua(owner, source).succeeded()
    text, image, config = (get_artifact(owner, key) for key in ended.result)
    assert (text.name, text.artifact_type, text.mime_type) == ("analysis.txt", "tool_result", "text/plain")
    assert text.tag_names == ["analysis", "important"]
    assert text.custom == {"source": "data_analyzer_tool", "custom_field": "custom_value"}
    assert content_of(text) == b"Analysis results..."
    assert (image.name, image.artifact_type, image.mime_type) == ("chart.png", "agent_output", "image/png")
    assert (image.description, content_of(image)) == ("Performance metrics chart", PNG)
    assert (config.artifact_type, config.mime_type) == ("system_generated", "application/json")
    assert (config.custom, config.version) == ({"version": "1.0"}, 1)
    assert content_of(config) == b'{"setting": "value", "enabled": true}'


STORED = """
local artifact_id = Artifact.store(session_id, "tool_result", "analysis.txt", "Analysis results...",
    {mime_type = "text/plain", tags = {"analysis", "important"}, source = "data_analyzer_tool"})
"""


def test_retrieving_artifacts(owner: User, session: Session, run_lua: RunScript) -> None:
    ended = run_lua(owner, with_session(session, STORED + BLOCKS["Retrieving Artifacts"])).succeeded()
    assert ended.printed.splitlines() == [
        "Content:\tAnalysis results...",
        "Name:\tanalysis.txt",
        "Type:\ttool_result",
        "MIME type:\ttext/plain",
        "Size:\t19",
        "Tags:\tanalysis, important",
        "Source:\tdata_analyzer_tool",
    ]


def test_managing_artifacts(owner: User, session: Session, run_lua: RunScript) -> None:
    source = with_session(session, STORED + BLOCKS["Managing Artifacts"], "return #current_artifacts")
    ended = run_lua(owner, source).succeeded()
    assert ended.printed == "1. analysis.txt (tool_result)\n"
    assert ended.result == 0
    assert get_current_session(owner) == session


def test_working_with_files(owner: User, session: Session, run_lua: RunScript) -> None:
    save_file(owner, "path/to/document.pdf", b"%PDF-1.7\n\xff\0")
    ended = run_lua(owner, with_session(session, BLOCKS["Working with Files"], "return file_id")).succeeded()
    assert ended.printed == "Stored file:\tdocument.pdf\n"
    artifact = get_artifact(owner, ended.result)
    assert (artifact.artifact_type, artifact.mime_type) == ("tool_result", "application/pdf")
    assert (artifact.description, artifact.tag_names) == ("Generated report", ["report", "monthly"])
    assert (artifact.custom, content_of(artifact)) == ({"generated_by": "report_generator"}, b"%PDF-1.7\n\xff\0")


def test_error_handling(owner: User, run_lua: RunScript) -> None:
    block = BLOCKS["Error Handling"]
    ended = run_lua(owner, f'local content = "output"\n{block}\nreturn {{session_id, artifact_id}}').succeeded()
    assert ended.printed == ""
    assert get_session(owner, ended.result[0]).name == "New Session"
    assert content_of(get_artifact(owner, ended.result[1])) == b"output"


def test_error_handling_of_a_failure(owner: User, run_lua: RunScript) -> None:
    ended = run_lua(owner, BLOCKS["Error Handling"]).succeeded()  # `content` is nil
    assert ended.printed.startswith("Failed to store artifact:\tmain.lua:")
    assert "Artifact.store: content" in ended.printed
    assert Session.objects.get().name == "New Session"
    assert not Artifact.objects.exists()


def test_error_handling_of_a_viewer(viewer: User, run_lua: RunScript) -> None:
    ended = run_lua(viewer, BLOCKS["Error Handling"]).succeeded()
    assert ended.printed.startswith("Failed to create session:\tmain.lua:")
    assert not Session.objects.exists()


ANALYZE_DATA = r"""
local function analyze_data()
    local file = io.open("/tmp/chart.png", "wb")
    file:write("\x89PNG\r\n\x1a\n\0\xff")
    file:close()
    return {total = 48025, months = {"October", "November", "December"}}
end
"""


def test_complete_workflow(owner: User, teammate: User, run_lua: RunScript) -> None:
    ended = run_lua(owner, ANALYZE_DATA + BLOCKS["Example: Complete Workflow"]).succeeded()
    check_workflow(owner, ended)
    assert get_session(teammate, ended.facts["sessions"][0]).artifact_count == 3


def test_example_of_the_workspace(owner: User, run_lua: RunScript) -> None:
    example = ROOT / "llmspell_web" / "workspace" / "examples" / "complete_workflow.lua"
    ended = run_lua(owner, example.read_text()).succeeded()
    check_workflow(owner, ended)
    assert [row["month"] for row in ended.result] == ["October", "November", "December"]


def check_workflow(owner: User, ended: Ended) -> None:
    session = Session.objects.get()
    assert ended.printed == f"Analysis complete. Session:\t{session.pk}\n"
    assert (session.name, session.status) == ("Data Analysis - Q4 2024", "completed")
    assert session.description == "Quarterly performance analysis"
    assert session.tag_names == ["analysis", "q4-2024", "performance"]
    assert get_current_session(owner) == session
    wanted, results, chart = Artifact.objects.order_by("id")
    assert (wanted.name, wanted.artifact_type, wanted.mime_type) == ("requirements.txt", "user_input", "text/plain")
    assert content_of(wanted) == b"Analyze sales data for Q4 2024..."
    assert (results.name, results.mime_type) == ("analysis_results.json", "application/json")
    assert results.tag_names == ["results", "final"]
    assert (chart.name, chart.artifact_type, chart.mime_type) == ("chart.png", "agent_output", "image/png")
    assert chart.description == "Q4 sales chart"
    assert content_of(chart).startswith(b"\x89PNG\r\n\x1a\n")
    save = SessionSave.objects.get()
    assert (save.session_id, save.number) == (session.pk, 1)
    assert SavedArtifact.objects.filter(save_record=save).count() == 3
    assert ended.facts["sessions"] == [str(session.pk)]
    assert ended.facts["artifacts"] == [str(wanted.pk), str(results.pk), str(chart.pk)]


@pytest.mark.parametrize("title", DOCUMENTED)
def test_documented_block_runs(title: str, owner: User, run_lua: RunScript) -> None:
    run_lua(owner, DOCUMENTED[title]).succeeded()
