"""The page of the comments on one thing: what stands around them, which is that of its other pages."""

from dataclasses import dataclass

from artifacts.models import Artifact
from artifacts.views.frame import artifact_frame
from llmspell_web.comments.access import Subject
from llmspell_web.comments.discussion import ELSEWHERE_SHOWN, open_elsewhere
from llmspell_web.teams.models import User
from llmspell_web.workspace.models import Run
from sessions.models import Session
from sessions.presentation import session_frame


@dataclass(frozen=True)
class Frame:
    template: str
    context: dict[str, object]


def frame_of(subject: Subject, reader: User) -> Frame:
    match subject.about:
        case Session() as session:
            elsewhere = open_elsewhere(session.pk, reader)
            context = session_frame(session, reader, "comments:session")
            context |= {"elsewhere": elsewhere[:ELSEWHERE_SHOWN], "is_more": len(elsewhere) > ELSEWHERE_SHOWN}
            return Frame("comments/session_comments.html", context)
        case Artifact() as artifact:
            return Frame("comments/artifact_comments.html", artifact_frame(reader, artifact, "comments:artifact"))
        case Run() as run:
            return Frame("comments/run_comments.html", {"run": run})
