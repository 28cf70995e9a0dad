"""The comments on one thing, thread by thread, as somebody sees them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from llmspell_web.comments.access import Subject
from llmspell_web.comments.markdown import show_html
from llmspell_web.comments.models import Comment
from llmspell_web.comments.querysets import CommentQuerySet
from llmspell_web.comments.told import Told, tell_about, with_about
from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_key
from llmspell_web.web.problems import InvalidField
from sessions.fields import describe
from sessions.presentation import mark

THREADS_SHOWN = 20
ELSEWHERE_SHOWN = 20
SHOW = ("all", "open")


@dataclass(frozen=True)
class Said:
    """One comment, and what its reader may do with it."""

    comment: Comment
    may_edit: bool
    may_delete: bool

    @property
    def html(self) -> SafeString:
        return show_html(self.comment.html)


@dataclass(frozen=True)
class Thread:
    begin: Said
    answers: list[Said]


@dataclass(frozen=True)
class Discussion:
    """The oldest of the shown threads first. `before` is where older ones end, `after` where newer ones begin; empty
    where there are none."""

    subject: Subject
    page: "Page"
    threads: list[Thread]
    before: str = ""
    after: str = ""

    @property
    def url(self) -> str:
        """Of this very page, to ask what is new on it."""
        query = {"mark": self.mark, "show": "open" if self.page.is_open_only else "all"}
        query |= {name: str(key) for name in ("before", "start") if (key := getattr(self.page, name))}
        return f"{self.subject.url}?{urlencode(query)}"

    @property
    def earlier_url(self) -> str:
        show = {"show": "open"} if self.page.is_open_only else {}
        return f"{self.subject.url}?{urlencode({**show, 'before': self.before})}"

    @property
    def mark(self) -> str:
        """Another one when any of it would be shown differently."""
        said = [one for thread in self.threads for one in (thread.begin, *thread.answers)]
        rows = [one.comment for one in said]
        return mark([[str(row.pk), row.edits, str(row.resolved_at), str(row.deleted_at)] for row in rows])


@dataclass(frozen=True)
class Page:
    """What the URL asks for: `?show=open`, and the threads before one, or from one on."""

    is_open_only: bool = False
    before: UUID | None = None
    start: UUID | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Page":
        show = query.get("show", "") or SHOW[0]
        if show not in SHOW:
            raise InvalidField("show", " or ".join(SHOW), describe(show))
        return cls(show == "open", *(_read_key(query, name) for name in ("before", "start")))


def read_discussion(subject: Subject, reader: User, page: Page) -> Discussion:
    """Two queries, or three where it is not the newest page."""
    every = threads_of(subject)
    threads = every.open() if page.is_open_only else every
    if page.start is not None:
        found = list(threads.filter(pk__gte=page.start).order_by("pk")[: THREADS_SHOWN + 1])
        shown, is_more = found[:THREADS_SHOWN], len(found) > THREADS_SHOWN
        older = threads.filter(pk__lt=page.start).exists()
        before = str(page.start) if older else ""
        return _build(subject, reader, shown, page, before, str(found[-1].pk) if is_more else "")
    older_than = threads if page.before is None else threads.filter(pk__lt=page.before)
    found = list(older_than.order_by("-pk")[: THREADS_SHOWN + 1])
    shown = found[:THREADS_SHOWN][::-1]
    before = str(shown[0].pk) if len(found) > THREADS_SHOWN else ""
    return _build(subject, reader, shown, page, before, str(page.before or ""))


def page_of(subject: Subject, comment: Comment) -> dict[str, str]:
    """The query with which the page of the subject holds the comment."""
    thread = comment.thread_id or comment.pk
    is_among_newest = threads_of(subject).filter(pk__gt=thread).order_by()[:THREADS_SHOWN].count() < THREADS_SHOWN
    return {} if is_among_newest else {"start": str(thread)}


def threads_of(subject: Subject) -> CommentQuerySet:
    """What begins them. One that was deleted stands as long as an answer to it does."""
    answers = Comment.objects.filter(thread=OuterRef("pk"), deleted_at=None)
    about = {"artifact": None} | {subject.kind: subject.about.pk}
    rows = Comment.objects.filter(Q(deleted_at=None) | Exists(answers), thread=None, **about)
    return rows.select_related("author", "resolved_by", "deleted_by")


def open_elsewhere(session_id: UUID, reader: User) -> list[Told]:
    """The newest open threads on the artifacts of a session and on the runs that began in it; one more than
    ELSEWHERE_SHOWN where there are more."""
    open_ones = with_about(Comment.objects.visible_to(reader).open()).order_by("-pk")
    rows = [
        row
        for about in (Q(session=session_id, artifact__isnull=False), Q(run__session=session_id))
        for row in open_ones.filter(about)[: ELSEWHERE_SHOWN + 1]
    ]
    return tell_about(sorted(rows, key=lambda row: row.pk, reverse=True)[: ELSEWHERE_SHOWN + 1])


def _build(subject: Subject, reader: User, begins: list[Comment], page: Page, before: str, after: str) -> Discussion:
    answers: dict[UUID | None, list[Said]] = defaultdict(list)
    if begins:
        rows = Comment.objects.filter(thread__in=begins, deleted_at=None).select_related("author", "deleted_by")
        for row in rows.order_by("pk"):
            answers[row.thread_id].append(_say(row, subject, reader))
    threads = [Thread(_say(begin, subject, reader), answers[begin.pk]) for begin in begins]
    return Discussion(subject, page, threads, before, after)


def _say(comment: Comment, subject: Subject, reader: User) -> Said:
    is_mine = comment.author_id == reader.pk
    is_there = comment.deleted_at is None and subject.may_comment
    return Said(comment, is_there and is_mine, is_there and (is_mine or subject.is_admin))


def _read_key(query: Mapping[str, str], name: str) -> UUID | None:
    given = query.get(name, "")
    key = read_key(given) if given else None
    if given and key is None:
        raise InvalidField(name, "the id of a comment", describe(given))
    return key
