"""What is new in the feed since an account last read it, and how that moves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.feed.mark import MARGIN, Mark, move_mark, read_mark
from llmspell_web.workspace.feed.reading import PAGE_SIZE
from llmspell_web.workspace.models import FeedMark, Run
from llmspell_web.workspace.runs import create_run
from sessions.models import Session, SessionEvent
from sessions.services import create_session, update_session

URL, NEWS, LIVE, READ = "/history/", "/history/news", "/history/live", "/history/read"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def news(client: Client) -> str:
    words: str = client.get(NEWS).json()["news"]
    return words


def read_it(client: Client) -> None:
    """As the button on the newest page does."""
    response = client.get(URL)
    assert client.post(READ, {"mark": str(response.context["mark"])}).status_code == 302


def marked(client: Client) -> list[str]:
    """`new`, `read`, and `|` where the line stands."""
    found = []
    for row in client.get(URL).context["rows"]:
        found += ["|"] * row.is_first_read + ["new" if row.is_news else "read"]
    return found


def late(session: Session, actor: User, age: timedelta) -> SessionEvent:
    """An event that was committed so long after its time."""
    update_session(session, actor=actor, name=f"{session.name}!")
    event = session.events.get(number=session.events.count())
    event.at = timezone.now() - age
    event.save(update_fields=["at"])
    return event


def test_what_others_did_is_new_until_it_is_read(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(owner, name="session")
    assert news(visitor) == ""
    update_session(session, actor=teammate, name="renamed")
    run = create_run(teammate, source="return 1", session=session)
    assert news(visitor) == "2"
    assert marked(visitor) == ["new", "new", "read"]
    assert news(visitor) == "2"  # looking at it by GET changes nothing
    read_it(visitor)
    assert news(visitor) == ""
    assert "mark" not in visitor.get(URL).context
    Run.objects.filter(pk=run.pk).update(ended_at=timezone.now(), status="failed")
    update_session(session, actor=owner, name="again")
    assert news(visitor) == "1"
    assert marked(visitor) == ["read", "new", "|", "read", "read", "read"]
    assert "You had read up to here" in visitor.get(URL).content.decode()


def test_a_new_account_is_told_of_what_happens_from_then_on(
    owner: User, make_user: Callable[..., User], client: Client
) -> None:
    session = create_session(owner, name="before")
    client.force_login(make_user("newcomer"))
    assert news(client) == ""
    for number in range(12):
        update_session(session, actor=owner, name=f"name {number}")
    assert news(client) == "9+"


def test_what_is_committed_late_is_new_although_it_is_older(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(teammate, name="session")
    read_it(visitor)
    late(session, teammate, timedelta(seconds=20))
    assert news(visitor) == "1"
    assert marked(visitor) == ["read", "new"]
    read_it(visitor)
    assert news(visitor) == ""
    SessionEvent.objects.filter(number=1).update(at=timezone.now() - 2 * MARGIN)
    assert news(visitor) == ""


def test_a_page_that_is_open_is_told_what_it_does_not_show(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(owner, name="session")
    for number in range(PAGE_SIZE + 20):
        update_session(session, actor=owner, name=f"name {number}")
    response = visitor.get(URL)
    on_page = {entry.key for entry in response.context["page"].entries}
    since = response.context["since"]

    def told(**query: str) -> set[str]:
        answer = visitor.get(LIVE, {"since": since, **query})
        return set(answer.json()["keys"]) - on_page if answer.status_code == 200 else set()

    assert told() == set()
    event = late(session, teammate, timedelta(seconds=0))
    assert told() == told(person="teammate") == {f"event-{event.pk}"}
    assert told(person="owner") == told(kind="saved") == set()
    assert visitor.get(LIVE, {"since": since, "kind": "saved"}).status_code == 204
    assert visitor.get(LIVE, {"since": "x"}).status_code == 422


def test_reading_the_newest_page_of_many_leaves_nothing_new(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(teammate, name="session")
    for number in range(PAGE_SIZE + 20):
        update_session(session, actor=teammate, name=f"name {number}")
    context = visitor.get(URL).context
    assert not context["is_all_here"]  # so that only the button says that it was read
    assert "More is new than this page shows" in visitor.get(URL).content.decode()
    read_it(visitor)
    assert news(visitor) == ""
    SessionEvent.objects.update(at=F("at") - timedelta(hours=1))  # the last minute before the mark has gone by
    update_session(session, actor=teammate, name="later")
    assert visitor.get(URL).context["is_all_here"]


def test_the_mark_never_moves_back(visitor: Client, owner: User, teammate: User) -> None:
    session = create_session(teammate, name="session")
    old = str(visitor.get(URL).context["mark"])
    update_session(session, actor=teammate, name="renamed")
    read_it(visitor)
    visitor.post(READ, {"mark": old})
    assert news(visitor) == ""
    mark = read_mark(owner)
    move_mark(owner, Mark(mark.since, mark.until, frozenset(["event-1"])))
    assert read_mark(owner).read == mark.read | {"event-1"}
    ahead = timezone.now() + timedelta(days=1)
    move_mark(owner, Mark(ahead, ahead))
    assert read_mark(owner).until <= timezone.now()


@pytest.mark.parametrize("mark", ["", "x", "1", "2 1", "-1 1", "1 1 " + "k " * 200, f"{'9' * 19} {'9' * 19}", "1 1\0"])
def test_a_mark_that_is_none_is_refused(mark: str, visitor: Client, owner: User) -> None:
    assert visitor.post(READ, {"mark": mark}).status_code == 422
    assert not FeedMark.objects.exists()


def test_filtered_and_older_pages_offer_no_mark(visitor: Client, owner: User, teammate: User) -> None:
    create_session(teammate, name="session")
    assert "mark" not in visitor.get(URL, {"person": "teammate"}).context
    place = visitor.get(URL).context["page"].entries[0].place
    older = visitor.get(URL, {"page": f"before.{place}"})
    assert "mark" not in older.context
    assert "since" not in older.context


def test_own_acts_hide_nothing_of_others(visitor: Client, owner: User, teammate: User, other_team: Team) -> None:
    """Neither do those of other teams."""
    create_session(teammate, name="theirs")
    session = create_session(owner, name="mine")
    for number in range(30):
        update_session(session, actor=owner, name=f"name {number}")
    assert news(visitor) == "1"
    Membership.objects.create(team=other_team, user=teammate)
    create_session(teammate, name="elsewhere", team=other_team)
    assert news(visitor) == "1"
