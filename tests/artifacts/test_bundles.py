"""Artifacts as a ZIP: which, under which names, with which bytes, and what a damaged one does."""

import io
import os
import zipfile
from pathlib import Path
from unicodedata import normalize

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from artifacts.blobs import BlobDamaged, write_blob
from artifacts.bundles import Entry, gather, make_zip
from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.services import create_session

pytestmark = pytest.mark.django_db
# The log-in session, the account, the session with its tags, the list; then one for each content, when it is sent.
ZIP_QUERIES = 5


def store(session: Session, name: str, content: bytes, **given: object) -> Artifact:
    values: dict[str, object] = {"artifact_type": "chart", **given}
    return store_artifact(session, actor=session.created_by, name=name, content=content, **values)  # type: ignore[arg-type]  # what a test gives


def url(session: Session, query: str = "") -> str:
    return f"{reverse('artifacts:bundle', args=[session.pk])}{query}"


def unpack(response: object) -> dict[str, bytes]:
    """What the ZIP holds; its length is the announced one and every CRC is right."""
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # the test client's response
    assert response.headers["Content-Length"] == str(len(body))  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_all_is_the_newest_version_of_each_name(visitor: Client, session: Session) -> None:
    contents = {"a.bin": os.urandom(300_000), "b.txt": b"words " * 50_000, "empty": b"", "日本語 🎉.txt": b"x"}
    store(session, "a.bin", b"old")
    for name, content in contents.items():
        store(session, name, content)
    response = visitor.get(url(session))
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="Support.zip"'
    assert unpack(response) == contents


def test_old_versions_come_along_when_asked_for(visitor: Client, session: Session, owner: User) -> None:
    first, *_ = [store(session, "a.txt", content) for content in (b"1", b"2", b"3")]
    delete_artifact(first, actor=owner)
    assert unpack(visitor.get(url(session, "?versions=all"))) == {"a (v2).txt": b"2", "a.txt": b"3"}


def test_a_filter_leaves_what_it_leaves_on_the_page(visitor: Client, session: Session) -> None:
    store(session, "a.csv", b"1", tags=["final"])
    store(session, "b.csv", b"2", artifact_type="tool_result")
    store(session, "c.txt", b"3", tags=["final"])
    assert set(unpack(visitor.get(url(session, "?name=*.csv")))) == {"a.csv", "b.csv"}
    assert set(unpack(visitor.get(url(session, "?tag=final&type=chart&by=me")))) == {"a.csv", "c.txt"}
    assert unpack(visitor.get(url(session, "?name=nothing"))) == {}
    assert visitor.get(url(session, "?sort=colour")).status_code == 422


def test_the_chosen_ones_whatever_version(visitor: Client, session: Session) -> None:
    old, _, other, new = (store(session, name, name.encode()) for name in ("a.txt", "b.txt", "c.txt", "a.txt"))
    form = {"artifact": [str(new.pk), str(old.pk), str(other.pk), str(old.pk)]}
    expected = {"a (v1).txt": b"a.txt", "c.txt": b"c.txt", "a.txt": b"a.txt"}
    assert unpack(visitor.post(url(session), form)) == expected
    assert unpack(visitor.get(url(session), form)) == expected


def test_one_that_was_deleted_meanwhile_is_named_in_a_note(visitor: Client, session: Session, owner: User) -> None:
    kept, gone = store(session, "a.txt", b"1"), store(session, "not included.TXT", b"2")
    also = store(session, "NOT INCLUDED.txt", b"3")
    delete_artifact(gone, actor=owner)
    packed = unpack(visitor.post(url(session), {"artifact": [str(kept.pk), str(gone.pk), str(also.pk)]}))
    note = b"not included.TXT, version 1, is in the trash\r\n"
    assert packed == {"a.txt": b"1", "NOT INCLUDED.txt": b"3", "NOT INCLUDED (2).txt": note}


def test_nothing_chosen_and_what_is_not_there_are_told(visitor: Client, session: Session, owner: User) -> None:
    foreign = store(create_session(owner), "a.txt", b"1")
    assert visitor.post(url(session)).status_code == 422
    assert visitor.post(url(session), {"artifact": "x"}).status_code == 400
    assert visitor.post(url(session), {"artifact": str(foreign.pk)}).status_code == 404


def test_head_tells_the_length_and_reads_nothing(visitor: Client, session: Session) -> None:
    blob = store(session, "a.txt", b"x" * 500).blob
    Path(blob.file.path).unlink()
    response = visitor.head(url(session))
    assert int(response.headers["Content-Length"]) > 500
    assert response.content == b""


def test_damaged_content_ends_the_zip_before_it_can_look_complete(visitor: Client, session: Session) -> None:
    store(session, "first", b"fine")
    blob = store(session, "second", os.urandom(600_000)).blob
    store(session, "third", b"never reached")
    with open(blob.file.path, "r+b") as file:
        file.seek(599_000)
        file.write(b"damaged!")
    response = visitor.get(url(session))
    sent, problem = read_until_it_breaks(response)
    assert isinstance(problem, BlobDamaged)
    assert len(sent) < int(response.headers["Content-Length"])
    assert b"PK\x01\x02" not in sent
    assert not zipfile.is_zipfile(io.BytesIO(sent))


def read_until_it_breaks(response: object) -> tuple[bytes, Exception | None]:
    sent = bytearray()
    try:
        for piece in response.streaming_content:  # type: ignore[attr-defined]  # the test client's response
            sent += piece
    except BlobDamaged as problem:
        return bytes(sent), problem
    return bytes(sent), None


def test_nothing_is_read_before_it_is_sent(
    visitor: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        store(session, f"{number}", os.urandom(100_000))
    with django_assert_num_queries(ZIP_QUERIES):
        response = visitor.get(url(session))
    with django_assert_num_queries(0):
        assert next(iter(response.streaming_content)).startswith(b"PK\x03\x04")  # type: ignore[attr-defined]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(min_size=1, max_size=60), st.binary(max_size=3000)), max_size=8))
def test_every_file_is_there_with_its_bytes(db: None, files: list[tuple[str, bytes]]) -> None:
    blobs = [write_blob(content, max_bytes=10_000) for _, content in files]
    entries = [Entry(name, 1, 1, blob.pk, blob.size) for (name, _), blob in zip(files, blobs, strict=True)]
    made = make_zip(entries)
    length, body = len(made), b"".join(gather(made))
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert len(body) == length
        assert packed.testzip() is None
        assert [packed.read(info) for info in packed.infolist()] == [content for _, content in files]
        assert len({normalize("NFC", name.casefold()) for name in packed.namelist()}) == len(files)


def test_of_several_sessions_each_has_a_folder(
    visitor: Client, session: Session, owner: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    same, odd = create_session(owner, name="SUPPORT"), create_session(owner, name="../a/b:c")
    chosen = [
        store(session, "a.txt", b"1"),
        store(session, "../a.txt", b"2"),
        store(same, "a.txt", b"3"),
        store(odd, "/", b"4"),
        store(odd, "x/y.txt", b"5"),
    ]
    theirs, gone = store(create_session(stranger), "theirs", b"6"), store(same, "gone", b"7")
    delete_artifact(gone, actor=owner)
    url = reverse("artifacts:bundle_some")
    form = {"artifact": [str(artifact.pk) for artifact in [*chosen, theirs, gone]]}
    with django_assert_num_queries(4):  # the log-in session, the account, how many there are, the list
        response = visitor.post(url, form)
    assert unpack(response) == {
        "Support/a.txt": b"1",
        "Support/a (2).txt": b"2",
        "SUPPORT (2)/a.txt": b"3",
        ".._a_b_c/unnamed": b"4",
        ".._a_b_c/x/y.txt": b"5",
        "NOT INCLUDED.txt": b"2 of the chosen artifacts are not there any more.\r\n",
    }
    matching = {"which": "everything", "filter": f"in={session.pk}&name=*.txt"}
    assert set(unpack(visitor.get(url, matching))) == {"Support/a.txt", "Support/a (2).txt"}
    assert visitor.post(url, {"artifact": "abc"}).status_code == 400
