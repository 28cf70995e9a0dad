"""The ways to what is commented on, and to one comment.

Whoever may read a thing reads what is said about it; whoever may change things in its team takes part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from artifacts.access import get_artifact
from artifacts.models import Artifact
from llmspell_web.comments.models import Comment
from llmspell_web.comments.querysets import CommentQuerySet
from llmspell_web.teams.models import Membership, User
from llmspell_web.web.problems import Forbidden, NotFound
from llmspell_web.workspace.access import get_run
from llmspell_web.workspace.models import Run
from sessions.access import get_session
from sessions.models import Session

About = Session | Artifact | Run


@dataclass(frozen=True)
class Subject:
    """What is commented on, as it was loaded for somebody whose role in its team is `role`. `kind` is its column in
    `Comment`; `session_id` is the session that it belongs to, None for a run that began in none."""

    kind: str
    about: About
    name: str
    team_id: UUID
    session_id: UUID | None
    role: str

    @property
    def may_comment(self) -> bool:
        return self.role != Membership.Role.VIEWER

    @property
    def is_admin(self) -> bool:
        return self.role == Membership.Role.ADMIN

    @property
    def url(self) -> str:
        """Of the page of its comments."""
        return reverse(f"comments:{self.kind}", args=[self.about.pk])

    @property
    def columns(self) -> dict[str, Any]:  # Any: rows of several tables
        """What a comment on it holds."""
        if isinstance(self.about, Artifact):
            return {"artifact": self.about, "session_id": self.about.session_id}
        return {self.kind: self.about}


def get_subject(user: User, kind: str, pk: UUID) -> Subject:
    """`kind` is session, artifact or run. NotFound alike for one that is hidden or missing."""
    return SUBJECTS[kind](user, pk)


def subject_of(user: User, comment: Comment) -> Subject:
    kind = next(kind for kind in ("run", "artifact", "session") if getattr(comment, f"{kind}_id"))
    return get_subject(user, kind, getattr(comment, f"{kind}_id"))


def get_comment(user: User, comment_id: UUID) -> Comment:
    """With its author and thread. NotFound alike for one that is hidden, missing or deleted."""
    return _one(Comment.objects.visible_to(user).select_related("author", "thread"), comment_id)


def hold_comment(user: User, comment_id: UUID) -> Comment:
    """As `get_comment`, as it is now: nobody else changes it until the commit."""
    comments = Comment.objects.visible_to(user).select_related("author", "thread")
    return _one(comments.select_for_update(of=("self",), no_key=True), comment_id)


def check_may_comment(subject: Subject) -> None:
    if not subject.may_comment:
        raise Forbidden("you may read these comments and not take part: your role in this team is viewer")


def check_author(comment: Comment, user: User) -> None:
    if comment.author_id != user.pk:
        raise Forbidden("only who wrote a comment may edit it")


def check_may_delete(comment: Comment, subject: Subject, user: User) -> None:
    """Its author while taking part, and admins."""
    check_may_comment(subject)
    if comment.author_id != user.pk and not subject.is_admin:
        raise Forbidden("only who wrote a comment, and admins of its team, may delete it")


def _one(comments: CommentQuerySet, comment_id: UUID) -> Comment:
    comment = comments.filter(pk=comment_id, deleted_at=None).first()
    if comment is None:
        raise NotFound(f"comment not found: {comment_id}")
    return comment


def _session(user: User, pk: UUID) -> Subject:
    session = get_session(user, pk)
    return Subject("session", session, session.name, session.team_id, session.pk, session.asker_role)


def _artifact(user: User, pk: UUID) -> Subject:
    artifact = get_artifact(user, pk)
    session = get_session(user, artifact.session_id)
    name = f"{artifact.name} v{artifact.version}"
    return Subject("artifact", artifact, name, session.team_id, session.pk, session.asker_role)


def _run(user: User, pk: UUID) -> Subject:
    run = get_run(user, pk)
    role = Membership.objects.filter(team=run.team_id, user=user).values_list("role", flat=True).first()
    if role is None:  # it ended this moment
        raise NotFound(f"run not found: {pk}")
    return Subject("run", run, run.title, run.team_id, run.session_id, role)


SUBJECTS: dict[str, Callable[[User, UUID], Subject]] = {"session": _session, "artifact": _artifact, "run": _run}
