"""What comments add to pages of other rooms: how many threads are open, on their tabs, and what stands below and beside
what is commented on."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.lookups import In
from django.urls import reverse
from django.utils.http import urlencode

from artifacts.models import Artifact
from llmspell_web.comments.access import Subject
from llmspell_web.comments.discussion import Discussion, Page, read_discussion
from llmspell_web.comments.forms import CommentForm
from llmspell_web.comments.models import Comment
from llmspell_web.teams.models import Membership, User
from llmspell_web.workspace.models import Run
from sessions.models import Session
from sessions.source import unindexed

PLACES_SHOWN = 500


@dataclass(frozen=True)
class Spot:
    """The open threads on one place of a content: how many there are, and what leads to the first of them."""

    url: str
    count: int
    where: str


@dataclass(frozen=True)
class Margin:
    """Beside a content: the spots by line, and by the JSON pointer of a path."""

    may_comment: bool
    lines: Mapping[int, Spot]
    places: Mapping[str, Spot]


def fill_tabs(_reader: User, shown: Session | Artifact, _query: Mapping[str, str]) -> dict[str, object]:
    """How many threads are open, None for none; of an artifact also how many on older versions. One query."""
    if isinstance(shown, Artifact):
        of_name = Comment.objects.open().filter(session=shown.session_id, artifact__name=shown.name)
        counts = of_name.filter(artifact__deleted_at=None).aggregate(
            own=Count("pk", filter=Q(artifact=shown.pk)),
            older=Count("pk", filter=Q(artifact__version__lt=shown.version)),
        )
        return {"comments:artifact": counts["own"] or None, "older_comments": counts["older"]}
    there = Q(artifact=None) | Q(artifact__deleted_at=None)
    own = Comment.objects.open().filter(there, session=shown.pk).order_by().values("pk")
    is_there = Q(In(unindexed("team", Comment), [shown.team_id]))  # not in one that an old run was asked for in
    of_runs = Comment.objects.open().filter(is_there, run__session=shown.pk).order_by().values("pk")
    return {"comments:session": own.union(of_runs, all=True).count() or None}


def fill_artifact(reader: User, artifact: Artifact, query: Mapping[str, str]) -> dict[str, object]:
    """Its open threads below its preview, and their places beside it. `artifact.session` was loaded for the reader."""
    session = artifact.session
    name = f"{artifact.name} v{artifact.version}"
    subject = Subject("artifact", artifact, name, session.team_id, session.pk, session.asker_role)
    discussion = read_discussion(subject, reader, Page(is_open_only=True))
    return {"margin": _margin(discussion), **_below(discussion, artifact.get_absolute_url(), query)}


def fill_run(reader: User, run: Run, query: Mapping[str, str]) -> dict[str, object]:
    subject = Subject("run", run, run.title, run.team_id, run.session_id, _role(reader, run.team_id))
    discussion = read_discussion(subject, reader, Page(is_open_only=True))
    return _below(discussion, run.get_absolute_url(), query)


def _below(discussion: Discussion, here: str, query: Mapping[str, str]) -> dict[str, object]:
    """With a form that leads back here."""
    view = query.get("view", "")
    back = f"{here}?{urlencode({'view': view})}" if view else here
    return discussion_context(discussion, CommentForm.about(query, back))


def discussion_context(discussion: Discussion, form: CommentForm) -> dict[str, object]:
    """Of `comments/_discussion.html`."""
    subject = discussion.subject
    names = f"{reverse('comments:names')}?on={subject.kind}.{subject.about.pk}"
    return {"discussion": discussion, "subject": subject, "comment_form": form, "names_url": names}


def _margin(discussion: Discussion) -> Margin:
    """From the threads that stand below, where these are all."""
    placed = [thread.begin.comment for thread in discussion.threads]
    is_below = {comment.pk for comment in placed}
    if discussion.before:
        rows = Comment.objects.open().filter(artifact=discussion.subject.about.pk).exclude(line=None, pointer="")
        placed = list(rows.only("line", "last_line", "path", "pointer").order_by("pk")[:PLACES_SHOWN])
    return Margin(
        discussion.subject.may_comment,
        _gather(((row.line, row) for row in placed if row.line is not None), is_below),
        _gather(((row.pointer, row) for row in placed if row.pointer), is_below),
    )


# Any: numbers of lines, or pointers.
def _gather(rows: Iterable[tuple[Any, Comment]], is_below: Container[UUID]) -> dict[Any, Spot]:
    spots: dict[Any, list[Comment]] = defaultdict(list)
    for place, row in rows:
        spots[place].append(row)
    return {place: Spot(_url(there[0], is_below), len(there), there[0].anchor) for place, there in spots.items()}


def _url(comment: Comment, is_below: Container[UUID]) -> str:
    return f"#comment-{comment.pk}" if comment.pk in is_below else comment.get_absolute_url()


def _role(reader: User, team_id: UUID) -> str:
    """None of them where the membership ended this moment: then there is nothing to do."""
    role = Membership.objects.filter(team=team_id, user=reader.pk).values_list("role", flat=True).first()
    return role or Membership.Role.VIEWER
