"""The ways into the tables of comments. Every list starts from `visible_to`."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from llmspell_web.teams.models import Membership, User

if TYPE_CHECKING:
    from llmspell_web.comments.models import Comment, CommentNotice  # noqa: F401  # named in quotes below


def is_in_sight(user: User, comment: str = "") -> Q:
    """Of the comment that this leads to: whether what it is about is there, in one of the user's teams. The comments on
    what lies in the trash lie there with it."""
    membership = Membership.objects.filter(team=OuterRef(f"{comment}team"), user=user.pk)
    of_artifact = Q(**{f"{comment}artifact": None}) | Q(**{f"{comment}artifact__deleted_at": None})
    return Q(Exists(membership)) & Q(**{f"{comment}session__deleted_at": None}) & of_artifact


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User) -> "CommentQuerySet":
        """Also those that were deleted: what is left of them holds a thread together."""
        return self.filter(is_in_sight(user))

    def open(self) -> "CommentQuerySet":
        """What begins a thread that nobody has resolved."""
        return self.filter(thread=None, resolved_at=None, deleted_at=None)


class CommentNoticeQuerySet(models.QuerySet["CommentNotice"]):
    def of(self, user: User) -> "CommentNoticeQuerySet":
        """The user's own, of comments that the user can see."""
        return self.filter(is_in_sight(user, "comment__"), user=user.pk, comment__deleted_at=None)
