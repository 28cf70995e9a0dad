"""Pages are compressed for browsers that take it; consoles and downloads go as they are."""

import gzip

import zstandard
from django.test import Client
from django.urls import reverse

from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from llmspell_web.web.bell import ring
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run, topic
from sessions.services import create_session

ACCEPTS = {"accept-encoding": "gzip, deflate, br, zstd"}


def test_pages_and_parts_of_pages_are_compressed(visitor: Client, owner: User) -> None:
    create_session(owner, name="Support")
    for headers in (ACCEPTS, ACCEPTS | {"HX-Request": "true"}):
        sent = visitor.get(reverse("sessions:list"), headers=headers)
        assert sent["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in sent["Vary"]
        assert int(sent["Content-Length"]) == len(sent.content)
        page = gzip.decompress(sent.content)
        assert b"Support" in page
        assert len(sent.content) < len(page) / 2
    assert "Content-Encoding" not in visitor.get(reverse("sessions:list")).headers


def test_the_length_of_a_page_does_not_tell_what_is_in_it(visitor: Client) -> None:
    lengths = {len(visitor.get(reverse("workspace:status"), headers=ACCEPTS).content) for _ in range(20)}
    assert len(lengths) > 1


def test_a_console_is_sent_line_by_line(visitor: Client, owner: User) -> None:
    run = create_run(owner, source="return 1")
    stream = visitor.get(reverse("workspace:console", args=[run.pk]), headers=ACCEPTS)
    assert stream.streaming
    assert "Content-Encoding" not in stream.headers
    pieces = iter(stream.streaming_content)  # type: ignore[attr-defined]  # it streams
    assert b"queued" in next(pieces)  # at once, while the run goes on
    Run.objects.filter(pk=run.pk).update(status="succeeded")
    ring(topic(run.pk))
    assert b"succeeded" in b"".join(pieces)


def test_a_download_keeps_its_length_and_its_bytes(visitor: Client, owner: User) -> None:
    content = b"line of text\n" * 5000
    artifact = store_artifact(create_session(owner), actor=owner, artifact_type="x", name="a.txt", content=content)
    sent = visitor.get(reverse("artifacts:download", args=[artifact.pk]), headers=ACCEPTS)
    assert (int(sent["Content-Length"]), sent["Content-Encoding"]) == (artifact.blob.stored_size, "zstd")
    stored = b"".join(sent.streaming_content)  # type: ignore[attr-defined]  # it streams
    assert zstandard.ZstdDecompressor().decompressobj().decompress(stored) == content
