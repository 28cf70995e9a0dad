"""The status page tells of damaged content, and no more of it than its reader may see."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from artifacts.blob_reader import report_damage
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from sessions.models import Session

pytestmark = pytest.mark.django_db


def test_damage_is_named_only_to_whom_sees_an_artifact_with_it(
    client: Client, session: Session, owner: User, stranger: User
) -> None:
    for name in ("first", "second"):
        artifact = store_artifact(session, actor=owner, artifact_type="x", name=name, content=b"content")
    report_damage(artifact.blob, "its file is missing")
    named = (artifact.blob.digest, "its file is missing", "first v1", "second v1")
    for reader, is_named in ((owner, True), (stranger, False)):
        client.force_login(reader)
        page = client.get(reverse("workspace:status")).content.decode()
        assert "1 stored content is damaged." in page
        assert [text in page for text in named] == [is_named] * len(named)


def test_the_queries_do_not_grow_with_the_damage(client: Client, session: Session, owner: User) -> None:
    client.force_login(owner)
    counts = []
    for number in range(3):
        artifact = store_artifact(session, actor=owner, artifact_type="x", name=f"{number}", content=b"%d" % number)
        report_damage(artifact.blob, "its file is missing")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("workspace:status"))
        counts.append(len(queries))
    assert len(set(counts)) == 1
