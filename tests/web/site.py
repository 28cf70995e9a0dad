"""One of everything that a page can be about, made by one account."""

from dataclasses import dataclass

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.models import Run, UserFile
from llmspell_web.workspace.runs import create_run
from sessions.models import SavedView, Session
from sessions.saved_views import create_view
from sessions.services import create_session


@dataclass(frozen=True)
class Site:
    session: Session
    artifact: Artifact
    run: Run
    file: UserFile
    view: SavedView


def make_site(owner: User) -> Site:
    session = create_session(owner, name="Support", tags=["support"], metadata={"ticket": "12345"})
    artifact = store_artifact(
        session, actor=owner, artifact_type="tool_result", name="notes.txt", content=b"first line\n", tags=["final"]
    )
    run = create_run(owner, source='print("hello")')
    file = save_file(owner, "data/input.csv", b"a,b\n1,2\n")
    view = create_view(owner, name="Open", query="status=active", team_id=session.team_id)
    return Site(session, artifact, run, file, view)
