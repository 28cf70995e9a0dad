"""Acting on several artifacts from the page of a session: the question, the outcome, Undo."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from sessions.artifact_list import PAGE_SIZE
from sessions.lifecycle import change_status
from sessions.models import BulkAction, Session

pytestmark = pytest.mark.django_db
NEW = reverse("sessions:bulk_new")


def store(session: Session, name: str, **given: object) -> Artifact:
    values: dict[str, object] = {"actor": session.created_by, "artifact_type": "note", "content": b"x", **given}
    return store_artifact(session, name=name, **values)  # type: ignore[arg-type]  # what a test gives


def hidden(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.partition("<h1>")[0]):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


def test_asking_naming_doing_and_taking_back(visitor: Client, session: Session) -> None:
    chosen = [store(session, "<b>.txt"), store(session, "b.txt"), store(session, "c.txt")]
    page = visitor.get(session.get_absolute_url(), {"name": "*.txt"}).content.decode()
    assert f'name="filter" value="in={session.pk}&amp;name=%2A.txt"' in page
    sent = {
        "ask": "1",
        "act": "trash_artifacts",
        "filter": f"in={session.pk}&name=*.txt",
        "artifact": [str(artifact.pk) for artifact in chosen[:2]],
    }
    asked = visitor.post(NEW, sent).content.decode()
    assert "Move 2 artifacts to the trash?" in asked
    assert "&lt;b&gt;.txt v1" in asked
    assert session.artifacts.newest().count() == 3
    answer = visitor.post(NEW, hidden(asked))
    assert answer["Location"] == f"{session.get_absolute_url()}?name=%2A.txt"
    assert session.artifacts.newest().count() == 1
    told = visitor.get(answer["Location"]).content.decode()
    assert "2 artifacts moved to the trash." in told
    action = BulkAction.objects.get()
    visitor.post(reverse("sessions:bulk_undo", args=[action.pk]))
    assert session.artifacts.newest().count() == 3


def test_renaming_a_tag(visitor: Client, session: Session) -> None:
    artifact = store(session, "a", tags=["old"])
    sent = {"act": "retag_artifacts", "filter": f"in={session.pk}", "artifact": str(artifact.pk)}
    wrong = visitor.post(NEW, {**sent, "tag": "old", "into": "old"})
    assert wrong.status_code == 422
    assert "another tag" in wrong.content.decode()
    visitor.post(NEW, {**sent, "tag": "old", "into": "new"})
    assert artifact.tag_names == ["new"]
    recent = visitor.get(reverse("sessions:bulk_recent")).content.decode()
    assert "Rename the tag “old” to “new” on 1 artifact" in recent


def test_the_outcome_names_what_was_not_changed(visitor: Client, session: Session, owner: User) -> None:
    artifact = store(session, "a")
    change_status(session, "complete", actor=owner)
    page = visitor.get(session.get_absolute_url()).content.decode()
    assert 'value="trash_artifacts"' not in page
    assert 'value="tag_artifacts"' in page
    sent = {"act": "trash_artifacts", "filter": f"in={session.pk}", "artifact": [str(artifact.pk), str(uuid4())]}
    answer = visitor.post(NEW, sent)
    action = BulkAction.objects.get()
    assert answer["Location"] == action.get_absolute_url()
    reason = next(reason for reason in action.refusals if "completed" in reason)
    shown = visitor.get(action.get_absolute_url(), {"reason": reason}).content.decode()
    assert "2 could not be changed" in shown
    assert f'<a href="{artifact.get_absolute_url()}">a v1</a>' in shown


def test_everything_that_matches(visitor: Client, session: Session) -> None:
    for number in range(PAGE_SIZE + 1):
        store(session, f"{number}.txt")
    store(session, "other")
    page = visitor.get(session.get_absolute_url(), {"name": "*.txt"}).content.decode()
    assert "Act on everything that matches" in page
    sent = {"ask": "1", "act": "tag_artifacts", "which": "everything", "filter": f"in={session.pk}&name=*.txt"}
    asked = visitor.post(NEW, sent).content.decode()
    assert f"Add a tag to {PAGE_SIZE + 1} artifacts?" in asked
    assert "Name: *.txt" in asked
    visitor.post(NEW, hidden(asked) | {"tag": "all"})
    assert Artifact.objects.tagged("all").count() == PAGE_SIZE + 1
    action = BulkAction.objects.get()
    page = visitor.get(action.get_absolute_url()).content.decode()
    assert "Every artifact that matched: Name: *.txt." in page
    assert f'<a href="{session.get_absolute_url()}?name=%2A.txt">Artifacts</a>' in page


@pytest.mark.parametrize(
    "sent", [{}, {"artifact": "abc"}, {"which": "everything"}, {"which": "everything", "filter": "in=abc"}]
)
def test_a_selection_that_means_nothing(visitor: Client, sent: dict[str, str]) -> None:
    answer = visitor.post(NEW, {"act": "trash_artifacts", **sent})
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()


def test_viewers_see_no_such_buttons(client: Client, viewer: User, session: Session) -> None:
    store(session, "a")
    client.force_login(viewer)
    assert 'name="act"' not in client.get(session.get_absolute_url()).content.decode()
