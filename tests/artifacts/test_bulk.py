"""Changing many artifacts at once: what becomes of each, what an undo takes back, and what it leaves alone."""

from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from artifacts.bulk_selection import read_selection
from artifacts.models import Artifact
from artifacts.services import delete_artifact, restore_artifact, store_artifact, update_artifact_tags
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField, Problem
from sessions import bulk, bulk_work
from sessions.access import get_session
from sessions.bulk import cancel_bulk, start_bulk, undo_bulk
from sessions.bulk_subjects import CHANGED_SINCE
from sessions.bulk_words import news_of, title_of
from sessions.bulk_work import claim, run_batch
from sessions.lifecycle import change_status
from sessions.models import BulkAction, Session, SessionEvent
from sessions.services import create_session, delete_session

pytestmark = pytest.mark.django_db
Make = Callable[..., list[Artifact]]
# Of a batch: the action, its targets, artifacts, their tags, sessions, these' tags, results, position; savepoints.
BATCH_QUERIES = 12
TRASH_QUERIES = 10  # of each artifact, savepoint included
TAG_QUERIES = 10


@pytest.fixture
def make(session: Session) -> Make:
    def make(*names: str, tags: Iterable[str] = (), into: Session = session) -> list[Artifact]:
        return [
            store_artifact(
                into, actor=into.created_by, artifact_type="note", name=name, content=name.encode(), tags=list(tags)
            )
            for name in names
        ]

    return make


def keys_of(artifacts: Iterable[Artifact]) -> list[UUID]:
    return sorted(artifact.pk for artifact in artifacts)


def tags_of(artifact: Artifact) -> list[str]:
    return list(artifact.tags.values_list("name", flat=True))


def newest(session: Session) -> dict[str, tuple[int, int | None]]:
    rows = session.artifacts.newest()
    return {artifact.name: (artifact.version, artifact.version_count) for artifact in rows}


def test_to_the_trash_and_back(make: Make, session: Session, owner: User) -> None:
    first, second, other = make("a", "a", "b")
    size = get_session(owner, session.pk).total_artifact_size
    action = start_bulk(owner, "trash_artifacts", keys_of([second, other]))
    assert (action.status, action.changed, action.refusals) == ("done", 2, {})
    assert (title_of(action), news_of(action)) == ("Move 2 artifacts to the trash", "2 artifacts moved to the trash.")
    assert newest(session) == {"a": (1, 1)}
    undo = undo_bulk(action)
    assert (undo.status, undo.changed) == ("done", 2)
    assert newest(session) == {"a": (2, 2), "b": (1, 1)}
    counted = get_session(owner, session.pk)
    assert (counted.artifact_count, counted.total_artifact_size) == (3, size)
    kinds = session.events.filter(details__bulk=str(undo.pk)).values_list("kind", flat=True)
    assert list(kinds) == ["artifact_restored"] * 2
    assert tags_of(first) == []


@pytest.mark.parametrize(
    ("kind", "argument", "after"),
    [
        ("tag_artifacts", "new", {"a": ["x", "y", "new"], "b": ["y", "new"]}),
        ("untag_artifacts", "y", {"a": ["x"], "b": []}),
        ("retag_artifacts", ("y", "z"), {"a": ["x", "z"], "b": ["z"]}),
        ("retag_artifacts", ("y", "x"), {"a": ["x"], "b": ["x"]}),
    ],
)
def test_tags_and_back(make: Make, owner: User, kind: str, argument: object, after: dict[str, list[str]]) -> None:
    (a,), (b,) = make("a", tags=["x", "y"]), make("b", tags=["y"])
    action = start_bulk(owner, kind, keys_of([a, b]), argument=argument)
    assert action.changed == 2
    assert {artifact.name: tags_of(artifact) for artifact in (a, b)} == after
    assert undo_bulk(action).changed == 2
    assert (tags_of(a), tags_of(b)) == (["x", "y"], ["y"])


def test_what_cannot_be_changed_says_why(
    make: Make, session: Session, owner: User, viewer: User, stranger: User
) -> None:
    fine, gone = make("fine", "gone")
    delete_artifact(gone, actor=owner)
    (theirs,) = make("theirs", into=create_session(stranger))
    done = create_session(owner)
    (fixed,) = make("fixed", into=done)
    change_status(done, "complete", actor=owner)
    trashed = create_session(owner)
    (hidden,) = make("hidden", into=trashed)
    delete_session(trashed, actor=owner)
    nothing = uuid4()
    keys = sorted([fine.pk, gone.pk, theirs.pk, fixed.pk, hidden.pk, nothing])
    action = start_bulk(owner, "trash_artifacts", keys)
    missing = "it is not there any more, or you may not see it"
    reasons = dict(action.results.values_list("target_id", "reason"))
    assert {key for key, reason in reasons.items() if reason == missing} == {gone.pk, theirs.pk, hidden.pk, nothing}
    assert "completed session" in reasons[fixed.pk]
    assert reasons[fine.pk] == ""
    looked = start_bulk(viewer, "tag_artifacts", [fixed.pk], argument="x")
    assert list(looked.refusals) == ["you may not change this session: your role in the team Team is viewer"]
    again = start_bulk(owner, "untag_artifacts", [fixed.pk], argument="x")
    assert again.refusals == {"it does not have this tag": 1}


def test_an_undo_leaves_alone_what_others_changed(make: Make, owner: User, teammate: User) -> None:
    kept, touched, other = make("kept", "touched", "other", tags=["x"])
    action = start_bulk(owner, "tag_artifacts", keys_of([kept, touched, other]), argument="new")
    update_artifact_tags(touched, actor=teammate, tags=["x"])
    update_artifact_tags(touched, actor=teammate, tags=["new", "x"])
    update_artifact_tags(other, actor=teammate, tags=["x", "new", "more"])
    undo = undo_bulk(action)
    assert undo.refusals == {CHANGED_SINCE: 1}
    assert (tags_of(kept), tags_of(touched), tags_of(other)) == (["x"], ["new", "x"], ["x", "more"])
    moved = start_bulk(owner, "trash_artifacts", keys_of([kept, touched]))
    back = Artifact.objects.get(pk=touched.pk)
    restore_artifact(back, actor=teammate)
    delete_artifact(back, actor=teammate)
    assert undo_bulk(moved).refusals == {CHANGED_SINCE: 1}
    assert Artifact.objects.get(pk=kept.pk).deleted_at is None
    assert Artifact.objects.get(pk=touched.pk).deleted_at is not None


@pytest.mark.parametrize(
    ("kind", "argument", "field"),
    [
        ("tag_artifacts", "", "tag"),
        ("untag_artifacts", "a\nb", "tag"),
        ("retag_artifacts", ("a", ""), "into"),
        ("retag_artifacts", ("a", "a"), "into"),
        ("retag_artifacts", "a", "into"),
        ("tag_artifacts", "x" * 65, "tag"),
    ],
)
def test_arguments_that_do_not_fit(make: Make, owner: User, kind: str, argument: object, field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        start_bulk(owner, kind, keys_of(make("a")), argument=argument)
    assert caught.value.field == field


def test_one_edit_of_tags(make: Make, session: Session, owner: User, teammate: User) -> None:
    (artifact,) = make("a", tags=["x"])
    update_artifact_tags(artifact, actor=owner, tags=["y", "x"], seen=["x"])
    before = session.events.count()
    update_artifact_tags(artifact, actor=teammate, tags=["y", "x"])
    assert session.events.count() == before
    with pytest.raises(Problem, match="changed these tags meanwhile"):
        update_artifact_tags(artifact, actor=teammate, tags=["z"], seen=["x"])
    assert tags_of(artifact) == ["y", "x"]
    event = session.events.latest("number")
    assert event.kind == SessionEvent.Kind.ARTIFACT_UPDATED
    assert event.details["tags"] == {"before": ["x"], "after": ["y", "x"]}


def test_everything_that_matches_in_a_session(make: Make, session: Session, owner: User, stranger: User) -> None:
    make("a.csv", "a.csv", "b.csv", "c.txt")
    make("d.csv", into=create_session(owner))
    sent = QueryDict(mutable=True)
    sent.update({"act": "trash_artifacts", "which": "everything", "filter": f"in={session.pk}&name=*.csv"})
    chosen = read_selection(owner, sent)
    assert chosen.count().count == 2
    assert chosen.filter_words == ["Name: *.csv"]
    start_bulk(owner, chosen.kind, chosen.keys(), query=chosen.query)
    assert newest(session) == {"a.csv": (1, 1), "c.txt": (1, 1)}
    sent["filter"] = f"in={session.pk}&name=nothing"
    with pytest.raises(InvalidField, match="at least one that matches"):
        read_selection(owner, sent)
    for place in ("in=", "in=abc", f"in={uuid4()}"):
        sent["filter"] = place
        with pytest.raises(Problem):
            read_selection(owner, sent)
    sent["filter"] = f"in={session.pk}"
    with pytest.raises(Problem):
        read_selection(stranger, sent)


def test_batches_go_on_where_they_ended(
    make: Make, session: Session, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 0)
    monkeypatch.setattr(bulk_work, "BATCH_MAX", 2)
    monkeypatch.setattr(bulk_work, "GROUP", 2)
    action = start_bulk(owner, "trash_artifacts", keys_of(make(*"abcdef")))
    taken = claim("one")
    assert taken is not None
    run_batch(taken, "one")
    BulkAction.objects.filter(pk=action.pk).update(status="queued", worker="")  # as a worker that died leaves it
    again = claim("two")
    assert again is not None
    run_batch(again, "two")
    assert not run_batch(taken, "one")
    cancel_bulk(again)
    assert not run_batch(again, "two")
    assert session.artifacts.newest().count() == 2
    assert session.events.filter(kind="artifact_deleted").count() == 4
    action.refresh_from_db()
    undo = undo_bulk(action)
    while taken := claim("three"):
        while run_batch(taken, "three"):
            pass
    undo.refresh_from_db()
    assert undo.changed == 4
    assert session.artifacts.newest().count() == 6


@pytest.mark.parametrize(
    ("kind", "argument", "each"),
    [
        ("trash_artifacts", "", TRASH_QUERIES),
        ("tag_artifacts", "t", TAG_QUERIES),
        ("untag_artifacts", "x", TAG_QUERIES),
    ],
)
def test_what_a_batch_costs(
    make: Make, owner: User, monkeypatch: pytest.MonkeyPatch, kind: str, argument: str, each: int
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 0)
    monkeypatch.setattr(bulk_work, "BATCH_SECONDS", 60)
    start_bulk(owner, kind, keys_of(make(*"abcdefghij", tags=["x"])), argument=argument)
    taken = claim("one")
    assert taken is not None
    with CaptureQueriesContext(connection) as queries:
        run_batch(taken, "one")
    assert len(queries) <= BATCH_QUERIES + 10 * each
