"""Finding artifacts by the words of their content."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts import content_index
from artifacts.content_index import index_batch
from artifacts.content_search import holds
from artifacts.models import Artifact, Blob, ContentWords
from artifacts.services import delete_artifact, store_artifact
from artifacts.snippets import add_snippets
from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.services import create_session
from sessions.words import read_terms

pytestmark = pytest.mark.django_db
# More than the page has without it: how many contents hold it, those of the rows for their snippets, how many wait.
INSIDE_QUERIES = 3
Store = Callable[..., Artifact]


@pytest.fixture
def store(session: Session) -> Store:
    def store(name: str, content: str | bytes, into: Session = session) -> Artifact:
        body = content.encode() if isinstance(content, str) else content
        return store_artifact(into, actor=into.created_by, artifact_type="note", name=name, content=body)

    return store


def index() -> None:
    while index_batch(set()):
        pass


def found(text: str, user: User) -> list[str]:
    artifacts = Artifact.objects.visible_to(user).order_by("name")
    names = list(artifacts.inside(text).values_list("name", flat=True))
    by_row = artifacts.filter(holds(read_terms(text, "inside")))  # as it is asked for common words
    assert names == list(by_row.values_list("name", flat=True))
    return names


def test_words_in_any_order_and_case(store: Store, owner: User) -> None:
    store("both", "The refund\nwas Approved.")
    store("one", "A refund was refused")
    store("json", json.dumps({"état": {"refund": [1, "approuvé", 3.5]}}))
    store("utf16", "Refund für Zoë".encode("utf-16"))
    store("binary", b"refund \0 approved")
    index()
    assert found("refund", owner) == ["both", "json", "one", "utf16"]
    assert found("APPROVED refund", owner) == ["both"]
    assert found("appro*", owner) == ["both", "json"]
    assert found("appro", owner) == []
    assert found("ÉTAT", owner) == found("e\u0301tat", owner) == ["json"]
    assert found("refund 3.5", owner) == ["json"]
    assert found("zoë", owner) == ["utf16"]


@pytest.mark.parametrize(
    "text",
    ["a'b", "x) OR (y", "NEAR(a b)", "a AND NOT b", "col:x", "^a", "-a", "a + b", "a\\'b", "a & !b | c", "<script>",
     "a'::tsquery--", "{words}", "\ue000 a", "😀'", "é\"*\"", "東'京", "a\"b", "rowid:1", "50%"],
)  # fmt: skip
def test_nothing_in_a_search_is_a_language(store: Store, owner: User, text: str) -> None:
    store("same", text)
    store("other", "something else")
    index()
    assert found(text, owner) == ["same"]


def test_every_script_is_found(store: Store, owner: User) -> None:
    texts = {
        "chinese": "我们在东京都内见面",
        "greek": "ΟΔΥΣΣΕΥΣ",
        "hindi": "नमस्ते दुनिया",
        "math": "𝒳 is 😀",
        "thai": "สวัสดีชาวโลก",
    }
    for name, text in texts.items():
        store(name, text)
    index()
    assert found("东京", owner) == found("京", owner) == found("东京都内", owner) == ["chinese"]
    assert found("东都", owner) == []
    assert found("οδυσσευς", owner) == ["greek"]
    assert found("दुनिया", owner) == ["hindi"]
    assert found("x 😀", owner) == ["math"]
    assert found("ชาว", owner) == ["thai"]


def test_large_contents(store: Store, owner: User) -> None:
    """So many different words that they stand in several rows; a text is searched as far as its first megabyte."""
    rng = random.Random(1)
    rows = [f"{rng.getrandbits(64):016x}" for _ in range(120_000)]
    store("json", json.dumps({"first": "alpha", "rows": rows, "last": "omega"}))
    store("text", f"alpha {'x ' * 520_000} edge {'y ' * 50_000} omega")
    store("word", "z" * 1_500_000)
    index()
    assert ContentWords.objects.filter(blob__artifacts__name="json").count() == 3
    assert found("alpha", owner) == ["json", "text"]
    assert found("alpha omega", owner) == found(f"{rows[60_000]} omega alpha {rows[-1]}", owner) == ["json"]
    assert found("alpha edge", owner) == ["text"]
    assert found(f"alpha {rows[5][:9]}* {rows[-5][:9]}*", owner) == ["json"]
    assert found(f"alpha {rows[5]} missing", owner) == []
    assert found("z" * 2_00, owner) == found("z" * 50 + "*", owner) == ["word"]


def test_only_what_the_reader_may_see(store: Store, owner: User, viewer: User, stranger: User) -> None:
    kept, gone = store("kept", "secret word"), store("gone", "secret word")
    theirs = store("theirs", "secret word", into=create_session(stranger))
    delete_artifact(gone, actor=owner)
    index()
    assert kept.blob_id == theirs.blob_id
    assert ContentWords.objects.count() == 1
    assert found("secret", owner) == found("secret", viewer) == ["kept"]
    assert found("secret", stranger) == ["theirs"]


def test_a_content_is_indexed_once_and_its_words_go_with_it(store: Store, owner: User) -> None:
    store("one", "needle")
    index()
    words = ContentWords.objects.get()
    again = store("two", "needle")
    index()
    assert ContentWords.objects.get() == words
    assert found("needle", owner) == ["one", "two"]
    Artifact.objects.all().delete()
    again.blob.delete()
    assert not ContentWords.objects.exists()
    store("new", "needle")
    assert found("needle", owner) == []
    index()
    assert found("needle", owner) == ["new"]


def test_what_was_done_by_another_is_not_done_twice(store: Store) -> None:
    blob = store("one", "needle").blob
    rows = list(content_index._rows(blob))
    ContentWords.objects.bulk_create(rows)  # as a process leaves it that died before it came to the mark
    index()
    blob.refresh_from_db()
    assert blob.indexed_at is not None
    assert ContentWords.objects.count() == 1
    assert content_index._write(list(content_index._rows(blob)), [blob.pk]) == 0


def test_damaged_contents_have_no_words_and_unreadable_ones_wait(store: Store, owner: User) -> None:
    lost, unreadable = store("lost", "needle").blob, store("unreadable", "needle in hay").blob
    store("good", "a needle")
    Path(lost.file.path).unlink()
    path = Path(unreadable.file.path)
    content = path.read_bytes()
    path.unlink()
    path.mkdir()  # opening it fails in another way than of a file that is missing
    with pytest.raises(CommandError, match="1 contents could not be read now"):
        call_command("index_contents")
    assert found("needle", owner) == ["good"]
    path.rmdir()
    path.write_bytes(content)
    call_command("index_contents")
    assert found("needle", owner) == ["good", "unreadable"]
    assert not Blob.objects.waiting().exists()


def test_the_field_on_the_session_page(
    visitor: Client, session: Session, store: Store, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        store(f"n{number}", f"<b>before</b> needle{number}, Needle & more")
    store("other", "nothing of it")
    url = session.get_absolute_url()
    page = visitor.get(url, {"inside": "needle"}).content.decode()
    assert "6 contents here cannot be searched yet" in page
    assert "in JSON up to 128 MB" in page
    index()
    page = visitor.get(url, {"inside": "needle"}).content.decode()
    assert page.count('class="choose"') == 5
    assert page.count("&lt;b&gt;before&lt;/b&gt; needle0, <mark>Needle</mark> &amp; more") == 1
    response = visitor.get(url, {"inside": "***"})
    assert response.status_code == 422
    assert "Expected at least one word" in response.content.decode()
    with CaptureQueriesContext(connection) as plain:
        visitor.get(url)
    with django_assert_num_queries(len(plain) + INSIDE_QUERIES):
        visitor.get(url, {"inside": "needle"})


def test_snippets_read_no_more_than_they_may(
    store: Store, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        store(f"{number}", f"needle {number} {'hay ' * 200_000}")
    artifacts = list(session.artifacts.order_by("id"))
    with django_assert_num_queries(1):
        add_snippets(artifacts, "needle")
    assert [bool(artifact.snippet) for artifact in artifacts] == [True] * 5 + [False] * 3


def test_the_status_page_tells_how_much_waits(visitor: Client, store: Store) -> None:
    store("one", "needle")
    assert "1 content waiting to be indexed" in visitor.get(reverse("workspace:status")).content.decode()
    index()
    assert "Up to date" in visitor.get(reverse("workspace:status")).content.decode()
