"""Two people edit one session: who comes second overwrites nothing that they did not see."""

import threading
from typing import Any

import pytest
from django.db import connection

from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict, InvalidField
from sessions.edits import ABSENT, Overtaken
from sessions.history import last_change
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session, update_session

SEEN: dict[str, Any] = {"name": "old", "description": "text", "tags": ["a"], "metadata": {"one": 1, "two": 2}}


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, **SEEN)


def stored(session: Session) -> dict[str, object]:
    fresh = Session.objects.get(pk=session.pk)
    return {
        "name": fresh.name,
        "description": fresh.description,
        "tags": fresh.tag_names,
        "metadata": fresh.metadata,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "theirs", "mine"), [("name", "theirs", "mine"), ("tags", ["b"], ["a", "c"])])
def test_the_second_of_two_edits_is_told_and_nothing_is_overwritten(
    field: str, theirs: object, mine: object, session: Session, owner: User, teammate: User
) -> None:
    update_session(session, actor=teammate, seen=SEEN, **{field: theirs})  # type: ignore[arg-type]  # a field's name
    with pytest.raises(Overtaken) as refusal:
        update_session(session, actor=owner, seen=SEEN, **{field: mine})  # type: ignore[arg-type]
    assert refusal.value.now == {field: theirs}
    assert stored(session) == SEEN | {field: theirs}
    event = last_change(session.pk, field)
    assert event is not None
    assert (event.actor, event.number) == (teammate, session.events.count())
    update_session(session, actor=owner, seen=refusal.value.now, **{field: mine})  # type: ignore[arg-type]
    assert stored(session) == SEEN | {field: mine}


@pytest.mark.django_db
def test_edits_of_different_fields_do_not_meet(session: Session, owner: User, teammate: User) -> None:
    update_session(session, actor=teammate, seen=SEEN, **SEEN | {"name": "theirs"})
    update_session(session, actor=owner, seen=SEEN, **SEEN | {"description": "mine", "tags": []})
    assert stored(session) == SEEN | {"name": "theirs", "description": "mine", "tags": []}


@pytest.mark.django_db
def test_other_changes_of_the_session_are_no_conflict(session: Session, owner: User, teammate: User) -> None:
    change_status(session, "suspend", actor=teammate)
    update_session(session, actor=owner, seen=SEEN, name="mine")
    assert stored(session)["name"] == "mine"


@pytest.mark.django_db
def test_who_wants_what_is_there_already_is_content(session: Session, owner: User, teammate: User) -> None:
    update_session(session, actor=teammate, seen=SEEN, name="same", metadata={"one": 3, "two": 2})
    events = session.events.count()
    update_session(session, actor=owner, seen=SEEN, name="same", metadata={"one": 3, "two": 2})
    assert session.events.count() == events


@pytest.mark.django_db
def test_metadata_is_compared_key_by_key(session: Session, owner: User, teammate: User) -> None:
    update_session(session, actor=teammate, seen=SEEN, metadata={"one": 10, "two": 2, "theirs": None})
    update_session(session, actor=owner, seen=SEEN, metadata={"one": 1, "mine": {"x": 1}})
    assert stored(session)["metadata"] == {"one": 10, "theirs": None, "mine": {"x": 1}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("theirs", "mine", "keys"),
    [
        ({"one": 5, "two": 2}, {"one": 6, "two": 2}, {"one": 5}),
        ({"two": 2}, {"one": 6, "two": 2}, {"one": ABSENT}),
        ({"one": 5, "two": 2}, {"two": 2}, {"one": 5}),
        ({"one": True, "two": 2}, {"one": 6, "two": 3}, {"one": True}),
        ({"one": 1, "two": 2, "new": "a"}, {"one": 1, "two": 2, "new": "b"}, {"new": "a"}),
    ],
)
def test_the_same_key_of_the_metadata_conflicts(
    theirs: object, mine: object, keys: dict[str, object], session: Session, owner: User, teammate: User
) -> None:
    update_session(session, actor=teammate, seen=SEEN, metadata=theirs)
    with pytest.raises(Overtaken) as refusal:
        update_session(session, actor=owner, seen=SEEN, metadata=mine)
    assert refusal.value.keys == keys
    assert stored(session)["metadata"] == theirs


@pytest.mark.django_db
def test_true_is_not_one(session: Session, owner: User) -> None:
    update_session(session, actor=owner, metadata={"one": True})
    assert stored(session)["metadata"] == {"one": True, "two": 2}
    assert session.events.count() == 2


@pytest.mark.django_db
def test_what_is_wrong_is_told_before_what_is_overtaken(session: Session, owner: User, teammate: User) -> None:
    update_session(session, actor=teammate, seen=SEEN, name="theirs")
    with pytest.raises(InvalidField, match=r"metadata\.rows\[3\]\.f: expected a finite number"):
        update_session(session, actor=owner, seen=SEEN, metadata={"rows": [1, 2, {"f": float("nan")}]})
    with pytest.raises(InvalidField, match="at most 64 KiB"):
        update_session(session, actor=owner, seen=SEEN, metadata={"one": "x" * 40_000, "two": "x" * 40_000})


@pytest.mark.django_db
def test_a_script_s_edit_has_the_last_word(session: Session, owner: User, teammate: User) -> None:
    update_session(session, actor=teammate, name="theirs", metadata={"one": 5})
    update_session(session, actor=owner, name="mine", metadata={"one": 6})
    assert stored(session) == SEEN | {"name": "mine", "metadata": {"one": 6, "two": 2}}


@pytest.mark.django_db
def test_a_step_from_another_status_than_the_one_seen_is_refused(session: Session, owner: User, teammate: User) -> None:
    change_status(Session.objects.get(pk=session.pk), "suspend", actor=teammate)
    with pytest.raises(Conflict, match="the session is suspended now: it was not changed"):
        change_status(session, "complete", actor=owner, seen="active")
    with pytest.raises(Conflict, match="cannot suspend a suspended session"):
        change_status(session, "suspend", actor=owner, seen="active")
    change_status(Session.objects.get(pk=session.pk), "load", actor=teammate)
    with pytest.raises(Conflict, match="cannot load an active session"):
        change_status(session, "load", actor=owner, seen="suspended")
    assert change_status(session, "complete", actor=owner, seen="active").status == "completed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"name": "{}"}, {"metadata": {"one": "{}", "two": 2}}])
def test_of_many_edits_at_once_one_wins_and_the_others_are_told(change: dict[str, Any], owner: User) -> None:
    session = create_session(owner, **SEEN)
    barrier, outcomes = threading.Barrier(4), []

    def attempt(number: int) -> None:
        mine = {
            field: {**value, "one": f"mine {number}"} if isinstance(value, dict) else f"mine {number}"
            for field, value in change.items()
        }
        barrier.wait()
        try:
            update_session(session, actor=owner, seen=SEEN, **mine)  # type: ignore[arg-type]
            outcomes.append("won")
        except Overtaken:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["told", "told", "told", "won"]
    assert session.events.count() == 2
