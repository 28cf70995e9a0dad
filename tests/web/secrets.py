"""One of everything that somebody must not come to know of."""

from dataclasses import dataclass
from typing import Any

from artifacts.content_index import index_batch
from artifacts.listing.table import ARTIFACT_TABLE
from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.invitations import create_invitation
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.models import Run, RunOutput
from llmspell_web.workspace.runs import create_run
from sessions.bulk import start_bulk
from sessions.models import BulkAction, SavedView, Session
from sessions.saved_views import create_view
from sessions.services import create_session, delete_session
from sessions.session_table import SESSION_TABLE

WORD = "quokka"  # in every text of what is hidden, and in nothing else


@dataclass(frozen=True)
class Secrets:
    session: Session
    child: Session
    trashed: Session
    artifact: Artifact
    trashed_artifact: Artifact
    run: Run
    bulk: BulkAction
    view: SavedView
    artifact_view: SavedView
    team: Team


def plant(owner: User, team: Team, *, session: Session | None = None) -> Secrets:
    """What `owner` has in the team, or in `session`, which is there already and stands for all of the team's."""
    session = session or create_session(owner, **texts("session"), team=team)
    child = create_session(owner, **texts("child"), parent=session)
    store: dict[str, Any] = {"actor": owner, "artifact_type": f"{WORD}_type", "mime_type": f"text/x-{WORD}"}
    artifact = store_artifact(
        session, name=f"{WORD}.txt", content=f"{WORD} inside, shared words\n".encode(), tags=[WORD, "shared"],
        description=f"{WORD} of an artifact", custom={f"{WORD}_key": WORD}, **store,
    )  # fmt: skip
    trashed_artifact = store_artifact(
        session, name=f"{WORD}-trash.txt", content=f"{WORD} thrown away".encode(), **store
    )
    delete_artifact(trashed_artifact, actor=owner)
    save_session(session, actor=owner)
    trashed = create_session(owner, **texts("trashed"), parent=session)
    delete_session(trashed, actor=owner)
    run = create_run(owner, source=f'print("{WORD} shared")', session=session)
    Run.objects.filter(pk=run.pk).update(status=Run.Status.SUCCEEDED)
    RunOutput.objects.create(run=run, stream="stdout", text=f"{WORD} shared\n")
    save_file(owner, f"{WORD}.csv", f"{WORD},2\n".encode())
    bulk = start_bulk(owner, "add_tag", [child.pk], argument=f"{WORD}-bulk")
    kept = None if team.private_to else team.pk
    view = create_view(owner, SESSION_TABLE, name=f"{WORD} view", query=f"tag={WORD}", team_id=kept)
    artifact_view = create_view(owner, ARTIFACT_TABLE, name=f"{WORD} view", query=f"tag={WORD}", team_id=kept)
    if not team.private_to:
        create_invitation(team, actor=owner, role="viewer", lifetime="day", uses=3)
    make_searchable()
    for one in (session, child, trashed, artifact, trashed_artifact, run):
        one.refresh_from_db()
    return Secrets(session, child, trashed, artifact, trashed_artifact, run, bulk, view, artifact_view, team)


def make_searchable() -> None:
    """As the runners do beside the server."""
    while index_batch(set()):
        pass


def texts(what: str) -> dict[str, Any]:  # Any: what each field takes
    return {
        "name": f"{WORD} {what} shared",
        "description": f"all about the {WORD}",
        "tags": [WORD, "shared"],
        "metadata": {"kind": "shared", WORD: {"deep": WORD}},
    }


def plant_with_team(name: str = WORD) -> Secrets:
    """A team of its own with an account of its own, which is in no other."""
    team = Team.objects.create(slug=f"{name}-team", name=f"{name} team")
    owner = User(username=f"{name}.owner")
    owner.set_unusable_password()
    owner.save()
    Membership.objects.create(team=team, user=owner, role=Membership.Role.ADMIN)
    return plant(owner, team)
