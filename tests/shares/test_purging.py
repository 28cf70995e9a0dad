"""Deleting for good means gone, whatever was shared."""

import pytest
from django.core.management import call_command
from django.test import Client

from artifacts.models import Artifact, Blob
from artifacts.services import delete_artifact
from artifacts.sweeping import without_referrers
from llmspell_web.shares.models import Share, SharedArtifact, ShareEvent
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.trash.consequences import foresee
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import remove_all
from sessions.models import Session
from sessions.services import delete_session
from tests.shares.conftest import ShareIt, Store, Visit, content_of, link, part_url, words

pytestmark = pytest.mark.django_db


def purge(artifact: Artifact, owner: User) -> None:
    delete_artifact(artifact, actor=owner)
    purge_artifact(Artifact.objects.get(pk=artifact.pk), actor=owner)


@pytest.mark.parametrize("is_last_number", [True, False])
def test_an_artifact(
    is_last_number: bool, session: Session, owner: User, store: Store, share_it: ShareIt, visit: Visit
) -> None:
    artifact, kept = store(content=b"to be gone"), store("kept.txt")
    _, of_session = share_it(session)
    _, own = share_it(artifact)
    if not is_last_number:
        store(content=b"second")
    browser, of_artifact = visit(of_session), visit(own)
    content = artifact.blob_id
    purge(artifact, owner)
    assert not SharedArtifact.objects.filter(name="notes.txt").exists()
    assert without_referrers(Blob.objects.filter(pk=content)).exists()
    assert "notes.txt" not in words(browser, link(of_session))
    assert browser.get(part_url(of_session, artifact)).status_code == 404
    assert content_of(browser, of_session, kept) == b"first line\n"
    assert of_artifact.get(link(own)).status_code == 404
    assert Client().get(link(own)).status_code == 404


def test_an_old_version_leaves_the_live_link(owner: User, store: Store, share_it: ShareIt, visit: Visit) -> None:
    first = store(content=b"first")
    _, token = share_it(first, is_live=True)
    second = store(content=b"second")
    purge(first, owner)
    browser = visit(token)
    assert content_of(browser, token, second) == b"second"


def test_a_session_takes_its_links_along(
    session: Session, owner: User, store: Store, share_it: ShareIt, visit: Visit
) -> None:
    artifact = store(content=b"only here")
    tokens = [share_it(thing, is_live=live)[1] for thing in (session, artifact) for live in (True, False)]
    browsers = [visit(token) for token in tokens]
    delete_session(session, actor=owner)
    freed = foresee([Session.objects.get(pk=session.pk)]).freed_bytes
    record = purge_session(Session.objects.get(pk=session.pk), actor=owner)
    for browser, token in zip(browsers, tokens, strict=True):  # nothing of it is seen while rows are left
        assert browser.get(link(token)).status_code == 404
    assert remove_all(record).freed_bytes == freed == len(b"only here")
    assert not Share.objects.exists()
    assert not SharedArtifact.objects.exists()
    assert ShareEvent.objects.count() == 8  # made and opened: what was done stays told
    assert all(Client().get(link(token)).status_code == 404 for token in tokens)


def test_samples_that_were_shared_are_removed(owner: User, share_it: ShareIt) -> None:
    call_command("seed_sample", sessions=3, artifacts=3, verbosity=0)
    team = Team.objects.get(slug="sample")
    Membership.objects.update_or_create(team=team, user=owner)
    for session in Session.objects.filter(team=team):
        share_it(session)
    assert SharedArtifact.objects.exists()
    call_command("seed_sample", remove=True)
    assert not Session.objects.exists()
    assert not Share.objects.exists()
