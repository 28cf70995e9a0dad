"""What is the same and what differs between two states, now or saved."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts import comparison
from artifacts.comparison import compare_artifacts, compare_fields, compare_metadata, compare_tags
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from artifacts.states import State, load_state, state_now
from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.services import create_session, update_session

pytestmark = pytest.mark.django_db
# The log-in session, the account, the current session; of each side the session and its tags; the names, twice, and
# the versions of each side.
COMPARE_QUERIES = 11


@pytest.fixture
def first(owner: User) -> Session:
    return create_session(owner, name="First")


@pytest.fixture
def second(owner: User) -> Session:
    return create_session(owner, name="Second")


def store(session: Session, name: str, content: bytes = b"x") -> Any:
    return store_artifact(session, actor=session.created_by, artifact_type="chart", name=name, content=content)


def fresh(session: Session) -> State:
    return load_state(session.created_by, str(session.pk))


def verdicts(first: State, second: State, *, differences_only: bool = False) -> dict[str, str]:
    found: dict[str, str] = {}
    after = ""
    while True:
        page = compare_artifacts(first, second, after=after, differences_only=differences_only)
        found |= {line.name: line.verdict for line in page.lines}
        after = page.after
        if not after:
            return found


def test_artifacts_by_name_and_content_of_the_newest_version(first: Session, second: Session) -> None:
    store(first, "same")
    store(second, "same", b"old")
    store(second, "same")
    store(first, "changed", b"1")
    store(second, "changed", b"2")
    store(first, "only first")
    store(second, "only second")
    expected = {"changed": "changed", "only first": "first", "only second": "second", "same": "same"}
    assert verdicts(fresh(first), fresh(second)) == expected
    del expected["same"]
    assert verdicts(fresh(first), fresh(second), differences_only=True) == expected


def test_a_save_and_what_became_of_it(first: Session, owner: User) -> None:
    gone = store(first, "gone")
    store(first, "kept")
    store(first, "edited", b"1")
    save_session(first, actor=owner)
    delete_artifact(gone, actor=owner)
    store(first, "edited", b"2")
    store(first, "new")
    saved = load_state(owner, f"{first.pk}:1")
    assert verdicts(saved, fresh(first)) == {"edited": "changed", "gone": "first", "kept": "same", "new": "second"}
    save_session(first, actor=owner)
    assert verdicts(load_state(owner, f"{first.pk}:2"), fresh(first), differences_only=True) == {}


def test_every_name_comes_once_over_any_pages(first: Session, second: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "PAGE_SIZE", 7)
    monkeypatch.setattr(comparison, "BATCH", 5)
    monkeypatch.setattr(comparison, "SCAN_MAX", 10)
    names = ["Zebra", "apple", "Äpfel", "éclair", "a b", "a-b", "ab", "日本", "🎉", *(f"n{n:02}" for n in range(30))]
    for number, name in enumerate(names):
        if number % 3 != 1:
            store(first, name)
        if number % 3 != 2:
            store(second, name)
    kinds = ("same", "second", "first")
    expected = {name: kinds[number % 3] for number, name in enumerate(names)}
    assert verdicts(fresh(first), fresh(second)) == expected
    differing = {name: kind for name, kind in expected.items() if kind != "same"}
    assert verdicts(fresh(first), fresh(second), differences_only=True) == differing


def test_fields_tags_and_metadata_line_by_line(owner: User) -> None:
    metadata = {"a": 1, "model": {"name": "x", "rows": [1, {"k": None}]}, "a.b": True, "e": {}, "text": "1"}
    session = create_session(owner, name="Before", description="d", tags=["x", "y"], metadata=metadata)
    save_session(session, actor=owner)
    update_session(
        session, actor=owner, name="After", tags=["y", "z"], metadata={"a": "1", "model": {"name": "x", "rows": [1]}}
    )
    before, after = load_state(owner, f"{session.pk}:1"), fresh(session)
    fields = {line.label: line.verdict for line in compare_fields(before, after)}
    assert (fields["Name"], fields["Description"], fields["Updated"]) == ("changed", "same", "changed")
    assert "Owner" not in fields
    assert {line.label: line.verdict for line in compare_tags(before, after)} == {
        "x": "first",
        "y": "same",
        "z": "second",
    }
    assert {line.label: (line.first, line.second) for line in compare_metadata(before, after)} == {
        "a": ("1", '"1"'),
        '["a.b"]': ("true", "true"),
        "e": ("{}", "{}"),
        "model.name": ('"x"', '"x"'),
        "model.rows[1]": ("1", "1"),
        "model.rows[2].k": ("null", None),
        "text": ('"1"', '"1"'),
    }


def test_two_sessions_differ_in_owner_and_team(first: Session, teammate: User) -> None:
    other = create_session(teammate, name="First")
    lines = {line.label: (line.first, line.second) for line in compare_fields(fresh(first), fresh(other))}
    assert lines["Owner"] == ("owner", "teammate")
    assert lines["Team"] == ("Team", "Team")


@pytest.fixture
def get(client: Client, owner: User) -> Callable[..., tuple[int, str]]:
    client.force_login(owner)

    def ask(**query: object) -> tuple[int, str]:
        response = client.get(reverse("artifacts:compare"), query)  # type: ignore[arg-type]  # what a test gives
        return response.status_code, response.content.decode()

    return ask


def test_the_page_shows_differences_and_on_request_everything(
    get: Callable[..., tuple[int, str]], first: Session, second: Session
) -> None:
    store(first, "same.txt")
    store(second, "same.txt")
    store(second, "<b>new</b>.txt")
    status, content = get(a=first.pk, b=second.pk)
    assert status == 200
    assert "same.txt" not in content
    assert "&lt;b&gt;new&lt;/b&gt;.txt" in content
    assert "only in the second" in content
    assert "same.txt" in get(a=first.pk, b=second.pk, show="all")[1]
    assert "only in the first" in get(selected=[second.pk, first.pk])[1]


def test_choosing_what_to_compare_with(
    get: Callable[..., tuple[int, str]], first: Session, second: Session, stranger: User
) -> None:
    hidden = create_session(stranger, name="Hidden")
    status, content = get(a=first.pk)
    assert status == 200
    assert f"a={first.pk}&amp;b={second.pk}" in content
    assert "Hidden" not in content
    for wrong, words in (
        ({"b": "x"}, "Invalid session id"),
        ({"b": hidden.pk}, f"Session not found: {hidden.pk}"),
        ({"b": f"{second.pk}:1"}, "Save not found: 1"),
        ({"b": f"{second.pk}:"}, "Save not found"),
        ({"b": f"{second.pk}:{10**30}"}, "Save not found"),
        ({"b": f"{second.pk}:{10**18}"}, "Save not found"),
    ):
        status, content = get(a=first.pk, **wrong)
        assert (status, words in content) == (422, True)
    assert get(a=first.pk, b=second.pk, after="\0")[0] == 422
    status, content = get(selected=[first.pk, second.pk, hidden.pk])
    assert (status, "Two can be compared, 3 are selected" in content) == (422, True)


def test_comparing_costs_the_same_however_much_there_is(
    client: Client, first: Session, second: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(first.created_by)
    url = f"{reverse('artifacts:compare')}?a={first.pk}&b={second.pk}"
    for number in range(3):
        store(first, f"{number}")
    with django_assert_num_queries(COMPARE_QUERIES):
        client.get(url)
    for number in range(40):
        store(first, f"n{number}")
        store(second, f"n{number}", b"other")
    with django_assert_num_queries(COMPARE_QUERIES):
        client.get(url)


def test_a_state_knows_where_its_page_is(first: Session, owner: User) -> None:
    save_session(first, actor=owner)
    assert state_now(first).get_absolute_url() == first.get_absolute_url()
    assert load_state(owner, f" {first.pk}:1 ").get_absolute_url() == f"{first.get_absolute_url()}saves/1/"


def test_an_endless_key_is_not_repeated_for_all_that_it_holds(visitor: Client, owner: User) -> None:
    held = [0] * 15_000
    one = create_session(owner, metadata={"k" * 20_000: {"n": held}, "same": 1})
    other = create_session(owner, metadata={"k" * 20_000: {"n": [*held[:-1], 1]}, "same": 1})
    tracemalloc.start()
    lines = compare_metadata(fresh(one), fresh(other))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sorted(line.verdict for line in lines) == ["changed", "same"]
    assert peak < 20 * 1024 * 1024
    page = visitor.get(reverse("artifacts:compare"), {"a": str(one.pk), "b": str(other.pk)})
    assert len(page.content) < 1024 * 1024
