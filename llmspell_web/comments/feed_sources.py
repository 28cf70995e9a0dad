"""What the history of the teams tells of comments: that they were written, and what they began resolved.

Both as it stands now: one that was deleted, or reopened, is not told of."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.db.models.lookups import In

from llmspell_web.comments.models import Comment
from llmspell_web.comments.querysets import CommentQuerySet
from llmspell_web.comments.told import Told, tell_about, with_about
from llmspell_web.teams.models import User
from llmspell_web.workspace.feed.sources import FeedSource
from llmspell_web.workspace.models import Run
from sessions.finding import Fetch
from sessions.source import Source, unindexed
from sessions.wanted import Condition
from sessions.ways import Rows, Way


class CommentSource(FeedSource):
    def _in_session(self, session: UUID) -> Condition:
        """On the session, on its artifacts, and on the runs that began in it."""
        of_runs = Q(run__in=Run.objects.filter(session=session).values("pk"))

        def rows(about: Q) -> Rows:
            return Rows(lambda _: self.source.every().filter(self.source.always, about), "pk")

        way = Way((rows(Q(session=session)), rows(Q(run__session=session))))
        return Condition(Q(In(unindexed("session", self.model), [session])) | of_runs, (way,))


def _fetch(_reader: User) -> Fetch:
    def fetch(comments: CommentQuerySet) -> CommentQuerySet:
        return with_about(comments)

    return fetch


def _tell(comments: Sequence[Comment], _reader: User) -> list[Told]:
    return tell_about(comments)


def _source(name: str, column: str, actor: str, label: str, always: Q) -> FeedSource:
    return CommentSource(
        name=name,
        source=Source(Comment, "team", Comment.objects.visible_to, always),
        column=column,
        actor=actor,
        kinds=[(name, label)],
        kind="",
        template=f"comments/_feed_{name}.html",
        read_key=UUID,
        lowest=UUID(int=0),
        highest=UUID(int=2**128 - 1),
        fetch=_fetch,
        tell=_tell,
    )


COMMENTED = _source("commented", "created_at", "author", "Commented", Q(deleted_at=None))
RESOLVED = _source(
    "resolved", "resolved_at", "resolved_by", "Comment resolved", Q(deleted_at=None, resolved_at__isnull=False)
)
