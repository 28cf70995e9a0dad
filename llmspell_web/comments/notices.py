"""Whom a comment tells something: who is mentioned in it, and who takes part in its thread."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from llmspell_web.comments.markdown import NAMES_MAX, names_in
from llmspell_web.comments.models import Comment, CommentNotice
from llmspell_web.comments.querysets import CommentQuerySet
from llmspell_web.comments.told import Told, tell_about, with_about
from llmspell_web.teams.models import User
from llmspell_web.web.counts import count_text

UNREAD_MAX = 9
COMPLETED_MAX = 10
NOTICES_SHOWN = 50
_MENTION, _ANSWER = CommentNotice.Kind.MENTION, CommentNotice.Kind.ANSWER


@dataclass(frozen=True)
class Mentions:
    """`known` can see what is commented on; `unknown` are names of nobody who can, whoever else there may be."""

    known: dict[str, UUID]
    unknown: list[str]


@dataclass(frozen=True)
class Notice:
    row: CommentNotice
    told: Told


@dataclass(frozen=True)
class NoticePage:
    """`before` is where the next page begins; None on the last."""

    entries: list[Notice]
    before: int | None

    @property
    def newest(self) -> int:
        return self.entries[0].row.pk if self.entries else 0

    @property
    def is_all_here(self) -> bool:
        """Whether no older page holds more that is new."""
        return self.before is None or self.entries[-1].row.read_at is not None

    @property
    def has_unread(self) -> bool:
        return any(entry.row.read_at is None for entry in self.entries)


def read_mentions(text: str, team_id: UUID) -> Mentions:
    """A name with a full stop behind it is that without, unless somebody goes by it."""
    names = names_in(text)
    rows = User.objects.filter(username__in=names, memberships__team=team_id, is_active=True)
    known = dict(rows.values_list("username", "pk"))
    heard = {name.rstrip(".@+-") for name in known}
    unknown = dict.fromkeys(bare for name in names if (bare := name.rstrip(".@+-")) and bare not in heard)
    return Mentions(known, list(unknown)[:NAMES_MAX])


def names_beginning_with(prefix: str, team_id: UUID) -> list[str]:
    rows = User.objects.filter(memberships__team=team_id, is_active=True, username__istartswith=prefix)
    return list(rows.order_by("username").values_list("username", flat=True)[:COMPLETED_MAX])


def tell(comment: Comment, mentions: Mentions) -> None:
    """Everybody once, and nobody of what they wrote themselves. After an edit, who is mentioned no more is not told,
    and who was told already is not told again."""
    wanted = dict.fromkeys(_takers_part(comment), _ANSWER) | dict.fromkeys(mentions.known.values(), _MENTION)
    wanted.pop(comment.author_id, None)
    CommentNotice.objects.filter(comment=comment).exclude(user__in=list(wanted)).delete()
    for kind in (_MENTION, _ANSWER):
        users = [user for user, wanted_kind in wanted.items() if wanted_kind == kind]
        CommentNotice.objects.filter(comment=comment, user__in=users).exclude(kind=kind).update(kind=kind)
    notices = [CommentNotice(comment=comment, user_id=user, kind=kind) for user, kind in wanted.items()]
    CommentNotice.objects.bulk_create(notices, ignore_conflicts=True)


def count_unread(user: User) -> str:
    """What nobody has shown the user yet: `3`, `9+`, or nothing."""
    unread = CommentNotice.objects.of(user).filter(read_at=None)
    count = unread.order_by()[: UNREAD_MAX + 1].count()
    return count_text(count, UNREAD_MAX) if count else ""


def read_notices(user: User, before: int | None) -> NoticePage:
    """Newest first. Two queries, and one for runs where there are some."""
    rows = CommentNotice.objects.of(user).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=min(before, 2**63 - 1))
    notices = list(rows.only("comment_id", "kind", "read_at")[: NOTICES_SHOWN + 1])
    shown = notices[:NOTICES_SHOWN]
    comments = {told.comment.pk: told for told in tell_about(list(_comments_of(shown)))}
    entries = [Notice(row, comments[row.comment_id]) for row in shown if row.comment_id in comments]
    return NoticePage(entries, shown[-1].pk if len(notices) > NOTICES_SHOWN else None)


def mark_read(user: User, upto: int) -> None:
    """Up to that notice: what came after it was not on the page."""
    CommentNotice.objects.filter(user=user, pk__lte=upto, read_at=None).update(read_at=timezone.now())


def _comments_of(notices: list[CommentNotice]) -> CommentQuerySet:
    return with_about(Comment.objects.filter(pk__in=[notice.comment_id for notice in notices], deleted_at=None))


def _takers_part(comment: Comment) -> list[UUID]:
    if comment.thread_id is None:
        return []
    thread = Comment.objects.filter(thread=comment.thread_id, deleted_at=None).order_by()
    begun_by = Comment.objects.filter(pk=comment.thread_id, deleted_at=None).order_by()
    return list(thread.values_list("author", flat=True).union(begun_by.values_list("author", flat=True)))
