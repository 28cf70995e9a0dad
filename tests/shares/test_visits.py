"""What somebody outside sees by a link: what is shared, as it was or as it is, and nothing when it has ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from artifacts.services import delete_artifact, restore_artifact, update_artifact_tags
from llmspell_web.shares.models import Share, ShareEvent
from llmspell_web.shares.services import revoke_share
from llmspell_web.teams.members import change_role, end_membership
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import private_team
from llmspell_web.workspace.models import Run, RunOutput
from llmspell_web.workspace.runs import create_run
from sessions.access import get_session
from sessions.models import Session
from sessions.placement import place_session
from sessions.services import delete_session, restore_session, update_session
from tests.shares.conftest import (
    PASSWORD_OF_LINK,
    ShareIt,
    Store,
    Visit,
    content_of,
    link,
    part_url,
    words,
)

pytestmark = pytest.mark.django_db


def test_only_digests_are_kept(session: Session, share_it: ShareIt) -> None:
    share, token = share_it(session, password=PASSWORD_OF_LINK)
    assert len(token) >= 43
    kept = str(Share.objects.filter(pk=share.pk).values()) + str(ShareEvent.objects.values())
    assert token not in kept
    assert PASSWORD_OF_LINK not in kept


def test_a_frozen_session_stays_as_it_was(
    session: Session, owner: User, store: Store, share_it: ShareIt, visit: Visit
) -> None:
    old = store()
    _, token = share_it(session)
    update_session(get_session(owner, session.pk), actor=owner, name="Other", tags=["other"], metadata={"new": "1"})
    store(content=b"second line\n")
    store("later.txt")
    update_artifact_tags(old, actor=owner, tags=["changed"], seen=None)
    browser = visit(token)
    page = words(browser, link(token))
    for shown in ("Support", "Refunds in May", "refund", "12345", "notes.txt", ">v1<", "final"):
        assert shown in page
    for hidden in ("Other", "other", "later.txt", ">v2<", "changed"):
        assert hidden not in page
    assert content_of(browser, token, old) == b"first line\n"


def test_a_live_session_shows_what_is_there(
    session: Session, owner: User, store: Store, share_it: ShareIt, visit: Visit
) -> None:
    old = store()
    _, token = share_it(session, is_live=True)
    browser = visit(token)
    update_session(get_session(owner, session.pk), actor=owner, name="Other", metadata={"new": "1"})
    newer = store(content=b"second line\n")
    page = words(browser, link(token))
    assert "Other" in page
    assert ">v2<" in page
    assert "Support" not in page
    assert content_of(browser, token, newer) == b"second line\n"
    # The page with the old version's address may have been open for a while.
    assert content_of(browser, token, old) == b"second line\n"


def test_a_frozen_artifact_is_that_version(
    session: Session, store: Store, owner: User, share_it: ShareIt, visit: Visit
) -> None:
    store(content=b"one\n")
    second = store(content=b"two\n")
    _, token = share_it(second)
    third = store(content=b"three\n")
    update_artifact_tags(second, actor=owner, tags=["changed"], seen=None)
    browser = visit(token)
    page = words(browser, link(token))
    assert "<code>two</code>" in page
    assert "About the refund" in page
    assert "mail" in page
    assert "final" in page
    assert "changed" not in page
    assert "Support" not in page
    assert content_of(browser, token, second) == b"two\n"
    assert browser.get(part_url(token, third)).status_code == 404


def test_a_live_artifact_is_the_newest_of_its_name(store: Store, share_it: ShareIt, visit: Visit) -> None:
    _, token = share_it(store(content=b"one\n"), is_live=True)
    browser = visit(token)
    assert "<code>one</code>" in words(browser, link(token))
    newer, other = store(content=b"two\n"), store("other.txt")
    assert "<code>two</code>" in words(browser, link(token))
    assert content_of(browser, token, newer) == b"two\n"
    assert browser.get(part_url(token, other)).status_code == 404


def finish(run: Run, **changed: object) -> None:
    Run.objects.filter(pk=run.pk).update(status="succeeded", ended_at=timezone.now(), **changed)
    run.refresh_from_db()


def test_a_run(owner: User, share_it: ShareIt, visit: Visit) -> None:
    run = create_run(owner, source='print("out")\nreturn 1', arguments={"who": "Ada <b>"})
    _, token = share_it(run, is_live=True)
    browser = visit(token)
    assert "It goes on." in words(browser, link(token))
    RunOutput.objects.create(run=run, stream="stdout", text="out\n")
    finish(run, result='[{"a": 41}]')
    page = words(browser, link(token))
    for shown in ("print(&quot;out&quot;)", "Ada &lt;b&gt;", "out\n", "41", "Succeeded"):
        assert shown in page
    assert "owner" not in page
    text = browser.get(reverse("shares:output", args=[token])).getvalue()
    assert text == b"out\n"


def test_what_only_fetches_a_link_uses_nothing_up(session: Session, share_it: ShareIt) -> None:
    share, token = share_it(session, uses=1)
    for client in (Client(), Client()):
        page = words(client, link(token))
        assert "Something is shared with you" in page
        assert "Support" not in page
        client.head(link(token))
        assert not client.cookies
    share.refresh_from_db()
    assert (share.uses, share.last_used_at) == (0, None)


def test_a_use_is_one_visitor(session: Session, store: Store, share_it: ShareIt, visit: Visit) -> None:
    artifact = store()
    share, token = share_it(session, uses=2)
    first, second = visit(token), visit(token)
    for browser in (first, second):
        words(browser, link(token))
        words(browser, reverse("shares:artifact", args=[token, artifact.pk]))
        assert browser.post(link(token)).status_code == 302
    share.refresh_from_db()
    assert (share.uses, share.last_used_at is not None) == (2, True)
    late = Client()
    assert late.get(link(token)).status_code == late.post(link(token)).status_code == 404
    assert late.get(part_url(token, artifact)).status_code == 404
    events = ShareEvent.objects.filter(kind="share_opened").order_by("id")
    assert [(event.actor, event.details["use"], event.details["title"]) for event in events] == [
        (None, 1, "Support"),
        (None, 2, "Support"),
    ]


def test_a_password(session: Session, store: Store, share_it: ShareIt, visit: Visit) -> None:
    artifact = store()
    share, token = share_it(session, password=PASSWORD_OF_LINK, uses=1)
    client = Client()
    for wrong in ("", PASSWORD_OF_LINK.upper(), "\0", "💥" * 128):
        answer = client.post(link(token), {"password": wrong})
        assert answer.status_code == 422
        assert "Support" not in answer.content.decode()
        assert answer.content.decode().count("field__errors") == 1
        assert not client.cookies
    assert client.get(part_url(token, artifact)).headers["Location"] == link(token)
    share.refresh_from_db()
    assert share.uses == 0
    browser = visit(token, PASSWORD_OF_LINK)
    assert "Support" in words(browser, link(token))
    assert (
        ShareEvent.objects.filter(kind="share_refused", share_id=share.pk).count() == 2
    )  # nothing and a NUL are no passwords
    Share.objects.filter(pk=share.pk).update(password="another hash", uses=0)
    assert "Something is shared with you" in words(browser, link(token))


def test_passwords_are_not_to_be_tried_without_end(session: Session, share_it: ShareIt, visit: Visit) -> None:
    _, token = share_it(session, password=PASSWORD_OF_LINK)
    client = Client()
    answers = [client.post(link(token), {"password": f"wrong {number}"}) for number in range(21)]
    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert "Too many tries" in answers[-1].content.decode()
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.post(link(token), {"password": PASSWORD_OF_LINK}).status_code == 429
    assert ShareEvent.objects.filter(kind="share_refused").count() == 20
    elsewhere = client.post(link(token), {"password": PASSWORD_OF_LINK}, REMOTE_ADDR="203.0.113.7")
    assert elsewhere.status_code == 302


def test_a_cookie_opens_no_other_link(session: Session, store: Store, share_it: ShareIt, visit: Visit) -> None:
    mine, own = share_it(session)
    other, others = share_it(session)
    browser = visit(own)
    cookie = browser.cookies[f"llmspell_share_{mine.pk.hex}"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (link(own), True, "Lax")
    for name, value in (
        (f"llmspell_share_{other.pk.hex}", cookie.value),
        (f"llmspell_share_{other.pk.hex}", cookie.value.replace(mine.pk.hex, other.pk.hex)),
        (f"llmspell_share_{other.pk.hex}", other.pk.hex),
        (f"llmspell_share_{other.pk.hex}", ""),
    ):
        browser.cookies[name] = value
        assert "Something is shared with you" in words(browser, link(others))


# What ends a link, or stops it for a while: each takes the share, and the browser that has opened it sees nothing.
def expire(share: Share, admin: User) -> None:
    Share.objects.filter(pk=share.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(share: Share, admin: User) -> None:
    revoke_share(share, actor=admin)


def remove_maker(share: Share, admin: User) -> None:
    end_membership(share.team, actor=admin, user_id=share.created_by_id)


def lower_maker(share: Share, admin: User) -> None:
    change_role(share.team, actor=admin, user_id=share.created_by_id, role="viewer", seen="member")


def deactivate_maker(share: Share, admin: User) -> None:
    User.objects.filter(pk=share.created_by_id).update(is_active=False)


def trash(share: Share, admin: User) -> None:
    assert share.session
    delete_session(share.session, actor=admin)


def make_private(share: Share, admin: User) -> None:
    move(share, private_team(share.created_by))


def move_away(share: Share, admin: User) -> None:
    other = Team.objects.create(slug="elsewhere", name="Elsewhere")
    Membership.objects.create(team=other, user=share.created_by)
    move(share, other)


def move(share: Share, team: Team) -> None:
    session = get_session(share.created_by, share.session_id or "")
    place_session(session, actor=share.created_by, team=team, owner=share.created_by)


ENDS = [expire, revoke, remove_maker, lower_maker, deactivate_maker, trash, make_private, move_away]


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("kind", ["session", "artifact"])
@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_link_ends_it_at_once_for_everybody(
    end: Callable[[Share, User], None],
    kind: str,
    is_live: bool,
    session: Session,
    store: Store,
    share_it: ShareIt,
    visit: Visit,
    admin: User,
) -> None:
    artifact = store()
    share, token = share_it(session if kind == "session" else artifact, is_live=is_live)
    browser, newcomer = visit(token), Client()
    end(share, admin)
    never = link(token.swapcase())
    expected = newcomer.get(never)
    for client in (browser, newcomer):
        for url in (link(token), part_url(token, artifact), reverse("shares:artifact", args=[token, artifact.pk])):
            answer = client.get(url)
            assert (answer.status_code, answer.content) == (404, expected.content)
        assert client.post(link(token)).status_code == 404


@pytest.mark.parametrize("end", [expire, revoke, remove_maker, lower_maker])
def test_what_ends_the_link_of_a_run(
    end: Callable[[Share, User], None], owner: User, admin: User, share_it: ShareIt, visit: Visit
) -> None:
    run = create_run(owner, source="return 1")
    finish(run)
    share, token = share_it(run)
    browser = visit(token)
    words(browser, link(token))
    end(share, admin)
    assert browser.get(link(token)).status_code == 404


def test_a_run_goes_with_its_session(session: Session, owner: User, share_it: ShareIt, visit: Visit) -> None:
    run = create_run(owner, source="return 1", session=session)
    finish(run)
    _, token = share_it(run)
    browser = visit(token)
    place_session(get_session(owner, session.pk), actor=owner, team=private_team(owner), owner=owner)
    assert browser.get(link(token)).status_code == 404


def test_what_is_restored_is_shown_again(session: Session, owner: User, share_it: ShareIt, visit: Visit) -> None:
    _, token = share_it(session)
    browser = visit(token)
    delete_session(session, actor=owner)
    assert browser.get(link(token)).status_code == 404
    restore_session(Session.objects.get(pk=session.pk), actor=owner)
    assert "Support" in words(browser, link(token))


def test_links_of_who_was_removed_and_came_back_stay_ended(
    session: Session, owner: User, admin: User, share_it: ShareIt, default_team: Team
) -> None:
    share, token = share_it(session)
    remove_maker(share, admin)
    Membership.objects.create(team=default_team, user=owner)
    assert Client().get(link(token)).status_code == 404
    _, newer = share_it(session)
    assert Client().get(link(newer)).status_code == 200


def test_an_artifact_in_the_trash_is_not_shown_until_it_is_out_again(
    session: Session, owner: User, store: Store, share_it: ShareIt, visit: Visit
) -> None:
    gone, stays = store("gone.txt"), store("stays.txt")
    tokens = [share_it(session, is_live=is_live)[1] for is_live in (True, False)]
    _, own = share_it(gone)
    browsers = [visit(token) for token in tokens]
    of_artifact = visit(own)
    delete_artifact(gone, actor=owner)
    for browser, token in zip(browsers, tokens, strict=True):
        page = words(browser, link(token))
        assert "stays.txt" in page
        assert "gone.txt" not in page
        assert browser.get(part_url(token, gone)).status_code == 404
        assert content_of(browser, token, stays) == b"first line\n"
    assert of_artifact.get(link(own)).status_code == 404
    restore_artifact(gone, actor=owner)
    for browser, token in zip(browsers, tokens, strict=True):
        assert "gone.txt" in words(browser, link(token))
    words(of_artifact, link(own))


@pytest.mark.parametrize(
    "token", ["x", "\0", "💥", "a\nb", "%00", "..", "A" * 5000, "\u202e", "Ünïcode", "'\"<script>"]
)
def test_tokens_that_never_were(token: str) -> None:
    client = Client()
    for answer in (client.get(link(token)), client.post(link(token), {"password": "x"})):
        assert answer.status_code == 404
        assert "This link is not valid, or not any more" in answer.content.decode()
        assert "<script>" not in answer.content.decode()


def test_headers(session: Session, store: Store, share_it: ShareIt, visit: Visit) -> None:
    artifact = store()
    _, token = share_it(session)
    browser = visit(token)
    pages = [link(token), reverse("shares:artifact", args=[token, artifact.pk])]
    for client, url in ((Client(), link(token)), (Client(), link("never")), *((browser, page) for page in pages)):
        answer = client.get(url)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert '<meta name="robots" content="noindex, nofollow">' in answer.content.decode()
        assert "<script" not in answer.content.decode()
    download = browser.get(part_url(token, artifact), headers={"range": "bytes=0-4"})
    assert (download.status_code, download.getvalue()) == (206, b"first")
    assert download.headers["Cache-Control"] == "private, no-cache"
    assert download.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert download.headers["Referrer-Policy"] == "no-referrer"


def test_page_of_many_artifacts(
    session: Session,
    store: Store,
    share_it: ShareIt,
    visit: Visit,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(53):
        store(f"file {number:02}.txt")
    for is_live, queries in ((True, 4), (False, 2)):
        _, token = share_it(session, is_live=is_live)
        browser = visit(token)
        with django_assert_num_queries(queries):  # the share; tags of the session; artifacts, their tags
            page = words(browser, link(token))
        assert [f"file {number:02}.txt" in page for number in (0, 2, 3, 52)] == [False, False, True, True]
        place = page.split("?after=")[1].split('"')[0]
        second = words(browser, f"{link(token)}?after={place}")
        assert "file 02.txt" in second
        assert "file 03.txt" not in second
        assert browser.get(f"{link(token)}?after=%00").status_code == 200


@pytest.mark.parametrize(("is_live", "queries"), [(True, 3), (False, 2)])
def test_queries_of_an_artifact(
    is_live: bool,
    queries: int,
    session: Session,
    store: Store,
    share_it: ShareIt,
    visit: Visit,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    artifact = store()
    _, token = share_it(session, is_live=is_live)
    browser = visit(token)
    with django_assert_num_queries(queries):
        words(browser, reverse("shares:artifact", args=[token, artifact.pk]))
    with django_assert_num_queries(1):
        Client().get(link(token))
    with django_assert_num_queries(1):
        Client().get(link("never"))
