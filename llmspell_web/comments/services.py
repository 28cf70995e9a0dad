"""Writing, editing and deleting comments, and resolving what they began.

Whoever calls has loaded what it is about with the user's access; here that is asked again while it is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from llmspell_web.comments.access import (
    Subject,
    check_author,
    check_may_comment,
    check_may_delete,
    get_subject,
    hold_comment,
    subject_of,
)
from llmspell_web.comments.fields import Place, clean_comment, clean_place
from llmspell_web.comments.markdown import write_html
from llmspell_web.comments.models import Comment, CommentEvent, CommentNotice
from llmspell_web.comments.notices import read_mentions, tell
from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import Conflict, NotFound, Problem
from sessions.models import Session

ANSWERS_MAX = 100  # in one thread, which a page shows whole


@dataclass(frozen=True)
class Written:
    """`unheard` are the names behind an @ that nobody goes by who can see the comment."""

    comment: Comment
    unheard: list[str]


class Overtaken(Conflict):
    """The text is not what its editor saw. Nothing was saved; `now` is the comment as it is."""

    def __init__(self, now: Comment) -> None:
        super().__init__("this comment was changed while you were editing: nothing was saved")
        self.now = now


def add_comment(subject: Subject, *, actor: User, text: object, place: Place | None = None) -> Written:
    """Begin a thread. InvalidField for a text or a place that does not fit, Forbidden for viewers."""
    clean, where = clean_comment(text), clean_place(subject.about, place or Place())
    with transaction.atomic():
        held = _hold(subject, actor)
        check_may_comment(held)
        return _write(Comment(**held.columns, **where, author=actor, text=clean), held)


def answer_comment(comment: Comment, *, actor: User, text: object) -> Written:
    """In the thread of the comment, whether it is resolved or not."""
    clean = clean_comment(text)
    subject = subject_of(actor, comment)
    with transaction.atomic():
        held = _hold(subject, actor)
        check_may_comment(held)
        thread = Comment.objects.filter(pk=comment.thread_id or comment.pk).first()
        if thread is None or (thread.deleted_at and not thread.answers.filter(deleted_at=None).exists()):
            raise NotFound("this thread is not there any more")
        if thread.answers.count() >= ANSWERS_MAX:
            raise Problem(f"this thread has {ANSWERS_MAX} answers: begin another one")
        return _write(Comment(**held.columns, thread=thread, author=actor, text=clean), held)


def edit_comment(comment: Comment, *, actor: User, text: object, seen: int) -> Written:
    """Give the own comment another text. `seen` are the edits that the actor saw: Overtaken where there were more."""
    clean = clean_comment(text)
    with transaction.atomic():
        held = _hold(subject_of(actor, comment), actor)
        now = hold_comment(actor, comment.pk)
        check_may_comment(held)
        check_author(now, actor)
        if now.text == clean:
            return Written(now, [])
        if now.edits != seen:
            raise Overtaken(now)
        mentions = read_mentions(clean, held.team_id)
        before, now.text, now.html = now.text, clean, write_html(clean, mentions.known)
        now.edits, now.edited_at = now.edits + 1, timezone.now()
        now.save(update_fields=["text", "html", "edits", "edited_at"])
        tell(now, mentions)
        _record(CommentEvent.Kind.EDITED, now, held, actor, text={"before": before, "after": clean})
    return Written(now, mentions.unknown)


def delete_comment(comment: Comment, *, actor: User) -> None:
    """Its text is gone from every page. The row is left, as answers may hang on it."""
    with transaction.atomic():
        held = _hold(subject_of(actor, comment), actor)
        now = hold_comment(actor, comment.pk)
        check_may_delete(now, held, actor)
        text = now.text
        now.text, now.html, now.deleted_at, now.deleted_by = "", "", timezone.now(), actor
        now.save(update_fields=["text", "html", "deleted_at", "deleted_by"])
        CommentNotice.objects.filter(comment=now).delete()
        _record(CommentEvent.Kind.DELETED, now, held, actor, text={"before": text, "after": None})


def resolve(comment: Comment, *, actor: User) -> None:
    """Conflict where somebody was faster."""
    _set_resolved(comment, actor, is_resolved=True)


def reopen(comment: Comment, *, actor: User) -> None:
    _set_resolved(comment, actor, is_resolved=False)


def move_comments(sessions: Sequence[UUID], team: Team) -> None:
    """They are seen by whoever sees what they are about: with the sessions, which the caller holds and has given to the
    team, go the comments on them, on their artifacts and on the runs that began in them."""
    Comment.objects.filter(session__in=sessions).update(team=team)
    Comment.objects.filter(run__session__in=sessions).update(team=team)
    CommentEvent.objects.filter(session_id__in=sessions).update(team=team)


def _hold(subject: Subject, actor: User) -> Subject:
    """As it is now. Until the commit it is in this team and not deleted: whoever moves or deletes it, an artifact of it
    or a run that began in it, holds the session."""
    if subject.session_id:
        Session.objects.select_for_update(no_key=True).filter(pk=subject.session_id).first()
    return get_subject(actor, subject.kind, subject.about.pk)


def _write(comment: Comment, held: Subject) -> Written:
    mentions = read_mentions(comment.text, held.team_id)
    comment.team_id, comment.created_at = held.team_id, timezone.now()
    comment.html = write_html(comment.text, mentions.known)
    comment.save(force_insert=True)
    tell(comment, mentions)
    text = {"before": None, "after": comment.text}
    _record(CommentEvent.Kind.WRITTEN, comment, held, comment.author, text=text)
    return Written(comment, mentions.unknown)


def _set_resolved(comment: Comment, actor: User, *, is_resolved: bool) -> None:
    with transaction.atomic():
        held = _hold(subject_of(actor, comment), actor)
        check_may_comment(held)
        thread = comment.thread or comment
        rows = Comment.objects.filter(pk=thread.pk, deleted_at=None, resolved_at__isnull=is_resolved)
        at, by = (timezone.now(), actor) if is_resolved else (None, None)
        if not rows.update(resolved_at=at, resolved_by=by):
            raise Conflict(f"somebody has {'resolved' if is_resolved else 'reopened'} this already")
        kind = CommentEvent.Kind.RESOLVED if is_resolved else CommentEvent.Kind.REOPENED
        _record(kind, thread, held, actor)


def _record(kind: CommentEvent.Kind, comment: Comment, held: Subject, actor: User, **changed: object) -> None:
    where = {"where": comment.anchor} if comment.anchor else {}
    CommentEvent.objects.create(
        team_id=held.team_id,
        kind=kind,
        actor=actor,
        at=timezone.now(),
        comment_id=comment.pk,
        object_id=held.about.pk,
        session_id=held.session_id,
        details={"about": held.kind, "name": held.name, **where, **changed},
    )
