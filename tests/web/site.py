"""One of everything that a page can be about, made by one account."""

from dataclasses import dataclass

from artifacts.listing.table import ARTIFACT_TABLE
from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import store_artifact
from llmspell_web.comments.access import get_subject
from llmspell_web.comments.models import Comment
from llmspell_web.comments.services import add_comment
from llmspell_web.shares.models import Share
from llmspell_web.shares.services import create_share
from llmspell_web.teams.invitations import create_invitation
from llmspell_web.teams.models import Invitation, Membership, User
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.models import Run, UserFile
from llmspell_web.workspace.runs import create_run
from sessions.bulk import start_bulk
from sessions.models import BulkAction, SavedView, Session
from sessions.saved_views import create_view
from sessions.services import create_session
from sessions.session_table import SESSION_TABLE


@dataclass(frozen=True)
class Site:
    session: Session
    artifact: Artifact
    line: int  # of the manifest of its first save
    run: Run
    file: UserFile
    trashed: Session
    bulk: BulkAction
    view: SavedView
    artifact_view: SavedView
    member: User  # who makes nothing
    invitation: Invitation
    token: str  # of the invitation
    share: Share
    share_token: str  # of a link to the session
    run_token: str  # of a link to the run
    comment: Comment


def make_site(owner: User) -> Site:
    session = create_session(owner, name="Support", tags=["support"], metadata={"ticket": "12345"})
    artifact = store_artifact(
        session, actor=owner, artifact_type="tool_result", name="notes.txt", content=b"first line\n", tags=["final"]
    )
    line = save_session(session, actor=owner).artifacts.get()
    run = create_run(owner, source='print("hello")')
    file = save_file(owner, "data/input.csv", b"a,b\n1,2\n")
    trashed = create_session(owner, name="In the trash")
    bulk = start_bulk(owner, "delete", [trashed.pk])
    view = create_view(owner, SESSION_TABLE, name="Open", query="status=active", team_id=session.team_id)
    artifact_view = create_view(owner, ARTIFACT_TABLE, name="Open", query="type=note", team_id=session.team_id)
    chief, member = User.objects.create_user("chief"), User.objects.create_user("member")
    Membership.objects.filter(user=chief).update(role=Membership.Role.ADMIN)
    invitation, token = create_invitation(session.team, actor=chief, role="viewer", lifetime="day", uses=5)
    share, share_token = create_share(session, actor=owner, is_live=False, lifetime="day")
    _, run_token = create_share(run, actor=owner, is_live=True, lifetime="day")
    comment = add_comment(get_subject(owner, "session", session.pk), actor=owner, text="Well?").comment
    made = (session, artifact, line.pk, run, file, trashed, bulk, view, artifact_view, member, invitation, token)
    return Site(*made, share, share_token, run_token, comment)
