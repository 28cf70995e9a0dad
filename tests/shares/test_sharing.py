"""Making, listing and revoking links: who may, what may be given, and what is told of it."""

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from llmspell_web.shares.access import get_shareable
from llmspell_web.shares.models import Share, ShareEvent
from llmspell_web.shares.services import ENDED_SHOWN, OPEN_MAX, create_share, revoke_share
from llmspell_web.teams.models import Team, User
from llmspell_web.teams.services import private_team
from llmspell_web.web.problems import Forbidden, InvalidField, NotFound, Problem
from llmspell_web.workspace.runs import create_run
from sessions.access import get_session
from sessions.models import Session
from sessions.placement import place_session
from sessions.services import create_session, delete_session
from tests.shares.conftest import PASSWORD_OF_LINK, ShareIt, Store, Visit, link, words

pytestmark = pytest.mark.django_db
FORM = {"mode": "live", "lifetime": "week", "uses": "3", "password": PASSWORD_OF_LINK}


def url_of(thing: Session | Artifact, name: str = "links") -> str:
    kind = "session" if isinstance(thing, Session) else "artifact"
    return reverse(f"shares:{name}", args=[kind, thing.pk])


def test_a_link_is_made_shown_once_and_revoked(visitor: Client, session: Session, visit: Visit) -> None:
    assert url_of(session) in words(visitor, session.get_absolute_url())
    assert url_of(session, "create") in words(visitor, url_of(session))
    answer = visitor.post(url_of(session, "create"), FORM)
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    made = answer.content.decode()
    assert PASSWORD_OF_LINK not in made
    token = made.split("/s/")[1].split("/")[0]
    browser = visit(token, PASSWORD_OF_LINK)
    page = words(visitor, url_of(session))
    assert token not in page
    for shown in ("Open", "Live", "with a password", "1 of 3", "owner", "just now"):
        assert shown in page
    share = Share.objects.get()
    question = words(visitor, f"{reverse('shares:revoke', args=[share.pk])}?next={url_of(session)}")
    assert "Revoke this link to <bdi>Support</bdi>?" in question
    back = visitor.post(reverse("shares:revoke", args=[share.pk]), {"next": url_of(session)})
    assert back.headers["Location"] == url_of(session)
    assert browser.get(link(token)).status_code == 404
    assert "Revoked" in words(visitor, url_of(session))
    assert visitor.get(reverse("shares:revoke", args=[share.pk])).status_code == 404


def test_what_is_told(session: Session, owner: User, admin: User, share_it: ShareIt, visit: Visit) -> None:
    share, token = share_it(session, uses=5)
    visit(token)
    revoke_share(share, actor=admin)
    revoke_share(share, actor=admin)
    told = list(ShareEvent.objects.order_by("pk"))
    assert [(event.kind, event.actor) for event in told] == [
        ("share_made", owner),
        ("share_opened", None),
        ("share_revoked", admin),
    ]
    about = {"kind": "session", "title": "Support"}
    assert told[0].details.items() >= (about | {"live": False, "password": False, "uses_max": 5}).items()
    assert told[2].details == about
    assert {event.team for event in told} == {session.team}
    assert {(event.share_id, event.object_id) for event in told} == {(share.pk, session.pk)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lifetime", "century"),
        ("uses", "0"),
        ("uses", "1001"),
        ("uses", str(2**70)),
        ("uses", "x"),
        ("password", "short"),
        ("password", "x" * 129),
        ("mode", "both"),
    ],
)
def test_what_a_link_cannot_be(field: str, value: str, visitor: Client, session: Session) -> None:
    answer = visitor.post(url_of(session, "create"), FORM | {field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Share.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("lifetime", "century"), ("uses", 0), ("uses", 1001), ("password", "x")])
def test_every_door_refuses_it(field: str, value: object, session: Session, owner: User) -> None:
    given = {"is_live": True, "lifetime": "day"} | {field: value}
    with pytest.raises(InvalidField, match=f"^{field}: expected "):
        create_share(session, actor=owner, **given)  # type: ignore[arg-type]  # what it must refuse


def test_a_run_that_goes_on_is_shared_live_or_later(visitor: Client, owner: User) -> None:
    run = create_run(owner, source="return 1")
    url = reverse("shares:create", args=["run", run.pk])
    refused = visitor.post(url, FORM | {"mode": "frozen"})
    assert refused.status_code == 422
    assert "expected live, as this run has not ended" in refused.content.decode()
    assert visitor.post(url, FORM).status_code == 200


def test_only_so_many_are_open_at_once(session: Session, store: Store, share_it: ShareIt) -> None:
    first, _ = share_it(session)
    for _ in range(OPEN_MAX - 1):
        share_it(session, is_live=True)
    with pytest.raises(Problem, match="50 open links"):
        share_it(session)
    share_it(store())  # others have their own
    revoke_share(first, actor=first.created_by)
    share_it(session)


def test_who_may_share(
    session: Session, store: Store, owner: User, teammate: User, viewer: User, stranger: User, admin: User
) -> None:
    artifact, run = store(), create_run(owner, source="return 1", session=session)
    for kind, key in (("session", session.pk), ("artifact", artifact.pk), ("run", run.pk)):
        for user in (owner, teammate, admin):
            assert get_shareable(user, kind, key).pk == key
        with pytest.raises(Forbidden):
            get_shareable(viewer, kind, key)
        with pytest.raises(NotFound):
            get_shareable(stranger, kind, key)
    place_session(get_session(owner, session.pk), actor=owner, team=private_team(owner), owner=owner)
    for kind, key in (("session", session.pk), ("artifact", artifact.pk), ("run", run.pk)):
        assert get_shareable(owner, kind, key).pk == key
        with pytest.raises(NotFound):
            get_shareable(admin, kind, key)
    with pytest.raises(NotFound):
        get_shareable(owner, "team", session.pk)


def test_what_was_moved_or_deleted_meanwhile_is_not_shared(session: Session, owner: User, share_it: ShareIt) -> None:
    seen = get_session(owner, session.pk)
    place_session(get_session(owner, session.pk), actor=owner, team=private_team(owner), owner=owner)
    with pytest.raises(NotFound):
        share_it(seen)
    seen = get_session(owner, session.pk)
    delete_session(session, actor=owner)
    with pytest.raises(NotFound):
        share_it(seen)


def test_the_list_of_ones_teams(
    session: Session, owner: User, teammate: User, viewer: User, stranger: User, admin: User, share_it: ShareIt
) -> None:
    share_it(session)
    hidden = create_session(owner, name="My diary")
    place_session(get_session(owner, hidden.pk), actor=owner, team=private_team(owner), owner=owner)
    share_it(get_session(owner, hidden.pk))
    share_it(create_session(teammate, name="Of the mate"), actor=teammate)
    expected = {
        owner: {"Support", "My diary"},
        teammate: {"Of the mate"},
        admin: {"Support", "Of the mate"},
        viewer: set(),
        stranger: set(),
    }
    for user, titles in expected.items():
        client = Client()
        client.force_login(user)
        page = words(client, reverse("shares:list"))
        assert {title for title in ("Support", "My diary", "Of the mate") if title in page} == titles
        assert page.count("Revoke…") == len(titles)


def test_who_may_revoke(
    session: Session, owner: User, teammate: User, viewer: User, stranger: User, admin: User, share_it: ShareIt
) -> None:
    share, _ = share_it(session)
    url = reverse("shares:revoke", args=[share.pk])
    for user, status in ((stranger, 404), (viewer, 404), (teammate, 403), (admin, 302)):
        client = Client()
        client.force_login(user)
        if user == teammate:
            assert "Revoke…" not in words(client, url_of(session))
        assert client.post(url).status_code == status


def test_a_link_that_was_made_elsewhere_does_not_tell_what_became_of_it(
    session: Session, owner: User, admin: User, share_it: ShareIt
) -> None:
    share_it(session)
    place_session(get_session(owner, session.pk), actor=owner, team=private_team(owner), owner=owner)
    Session.objects.filter(pk=session.pk).update(name="A new name for myself")
    client = Client()
    client.force_login(admin)
    page = words(client, reverse("shares:list"))
    assert "Stopped: it is in the trash, or in another team" in page
    assert "Support" in page
    assert "A new name" not in page
    assert str(session.pk) not in page


def test_links_of_an_artifact_are_those_of_its_name(
    visitor: Client, session: Session, store: Store, share_it: ShareIt
) -> None:
    first, second, other = store(), store(), store("other.txt")
    share_it(first), share_it(second, is_live=True), share_it(other), share_it(session)
    for artifact, count in ((first, 2), (second, 2), (other, 1)):
        assert words(visitor, url_of(artifact)).count("Revoke…") == count
    assert words(visitor, url_of(session)).count("Revoke…") == 1
    assert words(visitor, reverse("shares:list")).count("Revoke…") == 4


def test_an_open_link_is_never_hidden_behind_those_that_ended(
    visitor: Client, session: Session, share_it: ShareIt
) -> None:
    share_it(session, lifetime="year")
    for _ in range(ENDED_SHOWN + 5):
        revoke_share(share_it(session)[0], actor=session.created_by)
    page = words(visitor, url_of(session))
    assert page.count("Revoke…") == 1
    assert page.count(">Revoked<") == ENDED_SHOWN
    assert page.index("Revoke…") < page.index(">Revoked<")


@pytest.mark.parametrize("name", ["<b>bold</b>", "\u202etxt.exe", "💥" * 80, "x" * 255])
def test_names_are_shown_as_text(
    name: str, visitor: Client, owner: User, store: Store, share_it: ShareIt, visit: Visit
) -> None:
    session = create_session(owner, name=name, description=name, metadata={name: name})
    artifact = store("safe.txt", name.encode(), into=session)
    _, token = share_it(session)
    browser = visit(token)
    pages = [
        words(browser, link(token)),
        words(browser, reverse("shares:artifact", args=[token, artifact.pk])),
        words(visitor, url_of(session)),
        words(visitor, url_of(session, "create")),
        words(visitor, reverse("shares:list")),
    ]
    assert all("<b>bold" not in page for page in pages)
    assert all(html.escape(name) in page for page in (pages[0], *pages[2:]))


def test_queries_do_not_grow(
    visitor: Client, session: Session, share_it: ShareIt, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 6):
        for _ in range(count):
            share_it(session)
        with django_assert_max_num_queries(6):  # log-in, account, links, roles; the current session of the header
            words(visitor, reverse("shares:list"))
        with django_assert_max_num_queries(8):
            words(visitor, url_of(session))


def test_pages_of_links(visitor: Client, session: Session, owner: User) -> None:
    for number in range(52):
        session.name = f"Number {number:02}"
        Share.objects.create(
            team=session.team,
            session=session,
            digest=str(number),
            title=session.name,
            is_live=True,
            created_by=owner,
            created_at=session.created_at,
            expires_at=session.created_at,
        )
    first = words(visitor, reverse("shares:list"))
    assert [f"Number {number:02}" in first for number in (1, 2, 51)] == [False, True, True]
    older = words(visitor, f"{reverse('shares:list')}?after={first.split('?after=')[1].split(chr(34))[0]}")
    assert [f"Number {number:02}" in older for number in (0, 1, 2)] == [True, True, False]


def test_the_team_of_another_sees_nothing(
    session: Session, share_it: ShareIt, make_user: Callable[..., User], other_team: Team
) -> None:
    share_it(session)
    chief = make_user("chief", "admin", other_team)
    client = Client()
    client.force_login(chief)
    assert "There are none." in words(client, reverse("shares:list"))
