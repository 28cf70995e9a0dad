"""What comments add to pages of other rooms: how many threads are open, on their tabs, and what stands below and beside
what is commented on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from artifacts.models import Artifact
from llmspell_web.comments.access import Subject
from llmspell_web.comments.discussion import Discussion, Page, read_discussion
from llmspell_web.comments.forms import CommentForm
from llmspell_web.comments.models import Comment
from llmspell_web.teams.models import Membership, User
from llmspell_web.workspace.models import Run
from sessions.models import Session

PLACES_SHOWN = 500


@dataclass(frozen=True)
class Spot:
    """The open threads on one place of a content: the first of them, and how many there are."""

    first: UUID
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
    of_runs = Comment.objects.open().filter(run__session=shown.pk, team=shown.team_id).order_by().values("pk")
    return {"comments:session": own.union(of_runs, all=True).count() or None}


def fill_artifact(reader: User, artifact: Artifact, query: Mapping[str, str]) -> dict[str, object]:
    """Its open threads below its preview, and their places beside it. `artifact.session` was loaded for the reader."""
    session = artifact.session
    name = f"{artifact.name} v{artifact.version}"
    subject = Subject("artifact", artifact, name, session.team_id, session.pk, session.asker_role)
    context = below(subject, reader, artifact.get_absolute_url(), query)
    return context | {"margin": _margin(context["discussion"])}


def fill_run(reader: User, run: Run, query: Mapping[str, str]) -> dict[str, object]:
    subject = Subject("run", run, run.title, run.team_id, run.session_id, _role(reader, run.team_id))
    return below(subject, reader, run.get_absolute_url(), query)


def below(subject: Subject, reader: User, here: str, query: Mapping[str, str]) -> dict[str, object]:
    """The open threads, and a form that leads back here."""
    discussion = read_discussion(subject, reader, Page(is_open_only=True))
    view = query.get("view", "")
    return discussion_context(discussion, CommentForm.about(query, f"{here}?view={view}" if view else here))


def discussion_context(discussion: Discussion, form: CommentForm) -> dict[str, object]:
    """Of `comments/_discussion.html`."""
    subject = discussion.subject
    names = f"{reverse('comments:names')}?on={subject.kind}.{subject.about.pk}"
    return {"discussion": discussion, "subject": subject, "comment_form": form, "names_url": names}


def _margin(discussion: object) -> Margin:
    """From the threads that stand below, where these are all."""
    assert isinstance(discussion, Discussion)
    placed = [thread.begin.comment for thread in discussion.threads]
    if discussion.before:
        rows = Comment.objects.open().filter(artifact=discussion.subject.about.pk).exclude(line=None, pointer="")
        placed = list(rows.only("line", "last_line", "path", "pointer").order_by("pk")[:PLACES_SHOWN])
    return Margin(
        discussion.subject.may_comment,
        _gather((row.line, row) for row in placed if row.line is not None),
        _gather((row.pointer, row) for row in placed if row.pointer),
    )


def _gather(rows: Iterable[tuple[Any, Comment]]) -> dict[Any, Spot]:  # Any: numbers of lines, or pointers
    spots: dict[Any, list[Comment]] = defaultdict(list)
    for place, row in rows:
        spots[place].append(row)
    return {place: Spot(there[0].pk, len(there), there[0].anchor) for place, there in spots.items()}


def _role(reader: User, team_id: UUID) -> str:
    """None of them where the membership ended this moment: then there is nothing to do."""
    role = Membership.objects.filter(team=team_id, user=reader.pk).values_list("role", flat=True).first()
    return role or Membership.Role.VIEWER
