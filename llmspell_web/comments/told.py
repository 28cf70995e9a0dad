"""What a comment is about, for lists of comments on many things."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from llmspell_web.comments.models import Comment
from llmspell_web.comments.querysets import CommentQuerySet
from llmspell_web.workspace.models import Run

# Whole rows of what they are about may hold long descriptions and metadata.
_SHOWN = [field.name for field in Comment._meta.local_concrete_fields if field.name != "html"]
_SHOWN += ["author__username", "resolved_by__username", "session__name", "session__deleted_at"]
_SHOWN += ["artifact__name", "artifact__version", "artifact__deleted_at"]


@dataclass(frozen=True)
class Told:
    """`about` is session, artifact or run, `name` that of it; `is_there`: it does not lie in the trash."""

    comment: Comment
    about: str
    name: str
    is_there: bool


def with_about(comments: CommentQuerySet) -> CommentQuerySet:
    """Without their HTML, and with what `tell_about` needs: one query, and one for runs where there are some."""
    rows = comments.select_related("author", "resolved_by", "session", "artifact").only(*_SHOWN)
    return rows.prefetch_related(Prefetch("run", Run.objects.for_lists()))


def tell_about(comments: Sequence[Comment]) -> list[Told]:
    return [_tell(comment) for comment in comments]


def _tell(comment: Comment) -> Told:
    if comment.run is not None:
        return Told(comment, "run", comment.run.title, True)
    assert comment.session is not None
    is_there = comment.session.deleted_at is None
    if comment.artifact is None:
        return Told(comment, "session", comment.session.name, is_there)
    name = f"{comment.artifact.name} v{comment.artifact.version}"
    return Told(comment, "artifact", name, is_there and comment.artifact.deleted_at is None)
