"""Content in, the same content out; one file and one row for each digest; damage is seen."""

import hashlib
import io
import logging
import random
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from django.conf import settings
from django.core.files.storage import InMemoryStorage, storages
from django.core.files.uploadedfile import TemporaryUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from artifacts.blob_reader import read_stored
from artifacts.blobs import BlobDamaged, open_blob, read_blob, write_blob
from artifacts.models import Blob
from llmspell_web.lua.parts import SpooledParts
from llmspell_web.web.problems import InvalidField, Problem

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024
NOISE = random.Random(7).randbytes(MIB + 17)
PROSE = b"All work and no play makes Jack a dull boy.\n" * 40_000


class Dribble(io.RawIOBase):
    """A source that gives a few bytes at a time, as sockets do, and breaks when told to."""

    def __init__(self, content: bytes, *, breaks: bool = False) -> None:
        self._file, self._breaks = io.BytesIO(content), breaks

    def read(self, length: int = -1, /) -> bytes:
        piece = self._file.read(min(length, 70_001))
        if not piece and self._breaks:
            raise ConnectionResetError("the other side went away")
        return piece


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", "identity"),
        (b"short", "identity"),
        (PROSE[: 10 * 1024], "identity"),
        (PROSE[: 10 * 1024 + 1], "zstd"),
        (NOISE[: 20 * 1024], "identity"),
        (PROSE[: 256 * 1024], "zstd"),
        (PROSE, "zstd"),
        (NOISE, "identity"),
    ],
)
def test_content_survives_and_is_compressed_when_that_helps(content: bytes, encoding: str) -> None:
    blob = write_blob(content, max_bytes=4 * MIB)
    assert (blob.digest, blob.size, blob.encoding) == (hashlib.sha256(content).hexdigest(), len(content), encoding)
    (file,) = stored_files()
    suffix = ".zst" if encoding == "zstd" else ""
    assert file == Path(settings.MEDIA_ROOT) / "blobs" / blob.digest[:2] / f"{blob.digest}{suffix}"
    assert file.stat().st_size == blob.stored_size
    assert blob.stored_size < blob.size or not blob.is_compressed
    assert read_blob(Blob.objects.get(), max_bytes=4 * MIB) == content
    stored = b"".join(read_stored(blob, 0, blob.stored_size))
    assert (zstandard.ZstdDecompressor().decompressobj().decompress(stored) if suffix else stored) == content


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    content=st.binary(max_size=400)
    | st.builds(lambda a, n: a * n, st.binary(min_size=1, max_size=50), st.integers(1, 9000))
)
def test_any_bytes_come_back(content: bytes) -> None:
    assert read_blob(write_blob(content, max_bytes=MIB), max_bytes=MIB) == content


@pytest.mark.parametrize("content", [b"short", PROSE, NOISE])
def test_the_same_content_is_stored_once_however_it_comes(content: bytes) -> None:
    first = write_blob(content, max_bytes=4 * MIB)
    (file,) = stored_files()
    before = file.stat()
    for source in (content, io.BytesIO(content), Dribble(content), memoryview(content)):
        assert write_blob(source, max_bytes=4 * MIB) == first  # type: ignore[arg-type]  # a view is bytes, too
    behind = io.BytesIO(b"before" + content)
    behind.seek(6)
    assert write_blob(behind, max_bytes=4 * MIB) == first
    after = file.stat()
    assert stored_files() == [file]
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert Blob.objects.count() == 1


def as_from_a_script(content: bytes) -> SpooledParts:
    parts = SpooledParts(len(content))
    parts.fill(content)
    parts.rewind()
    return parts


def as_uploaded(content: bytes) -> TemporaryUploadedFile:
    upload = TemporaryUploadedFile("a.txt", "text/plain", len(content), None)
    upload.write(content)
    upload.seek(0)
    return upload


@pytest.mark.parametrize("content", [b"short", PROSE[: 100 * 1024], PROSE, NOISE])
def test_the_same_content_is_not_compressed_a_second_time(content: bytes) -> None:
    first = write_blob(content, max_bytes=4 * MIB)
    drafts = Path(settings.MEDIA_ROOT) / "blobs/drafts"
    drafts.rmdir()  # whatever is compressed or written goes through there
    assert write_blob(content, max_bytes=4 * MIB) == first
    for make in (io.BytesIO, as_from_a_script, as_uploaded):
        with closing(make(content)) as source:
            assert write_blob(source, max_bytes=4 * MIB) == first
    assert not drafts.exists()
    write_blob(content + b"more", max_bytes=4 * MIB)
    assert drafts.exists()


@pytest.mark.parametrize("source", [NOISE, io.BytesIO(NOISE), b"x" * 101, Dribble(PROSE)])
def test_too_much_leaves_nothing(source: bytes | io.RawIOBase) -> None:
    limit = 100 if source == b"x" * 101 else MIB
    words = "100 bytes" if limit == 100 else "1 MiB"
    with pytest.raises(InvalidField, match=f"^content: expected at most {words}, got more$"):
        write_blob(source, max_bytes=limit)
    assert (stored_files(), Blob.objects.count()) == ([], 0)


def test_a_source_that_breaks_leaves_nothing() -> None:
    with pytest.raises(ConnectionResetError):
        write_blob(Dribble(NOISE, breaks=True), max_bytes=4 * MIB)
    assert (stored_files(), Blob.objects.count()) == ([], 0)


@pytest.mark.parametrize("source", [None, 7, {"a": 1}, ["a"], "text"])
def test_content_that_is_not_bytes_is_refused(source: bytes) -> None:
    with pytest.raises(InvalidField, match=r"^content: expected a string \(json.encode"):
        write_blob(source, max_bytes=MIB)


@pytest.mark.parametrize("content", [PROSE, NOISE])
def test_a_reader_seeks_to_and_fro(content: bytes) -> None:
    with open_blob(write_blob(content, max_bytes=4 * MIB)) as file:
        for position in (0, 1_000_000, 10, 500_000, len(content) - 5, 3):
            assert file.seek(position) == position
            assert file.read(700) == content[position : position + 700]
        assert file.seek(-10, io.SEEK_END) == len(content) - 10
        assert file.read() == content[-10:]
        assert file.seek(len(content) + 50) == len(content) + 50
        assert file.read(1) == b""
        file.seek(0)
        assert file.read() == content


def test_a_reader_refuses_more_than_it_may_hold() -> None:
    blob = write_blob(NOISE, max_bytes=4 * MIB)
    with pytest.raises(Problem, match=r"^the content has 1048593 bytes, more than the 1048576 allowed here$"):
        read_blob(blob, max_bytes=MIB)


@pytest.mark.parametrize("content", [b"short", PROSE, NOISE])
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "grown", "other"])
def test_damage_is_seen_logged_and_mended_by_the_next_store(
    content: bytes, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    blob = write_blob(content, max_bytes=4 * MIB)
    (file,) = stored_files()
    stored = file.read_bytes()
    middle = len(stored) // 2
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(
            {
                "cut": stored[:middle],
                "grown": stored + b"more",
                "flipped": stored[:middle] + bytes([stored[middle] ^ 1]) + stored[middle + 1 :],
                "other": b"something else",
            }[damage]
        )
    caplog.clear()
    with pytest.raises(BlobDamaged, match=blob.digest):
        read_blob(blob, max_bytes=4 * MIB)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    if damage != "flipped":
        with pytest.raises(BlobDamaged):
            list(read_stored(blob, 0, blob.stored_size))
        again = write_blob(content, max_bytes=4 * MIB)
        assert read_blob(again, max_bytes=4 * MIB) == content


def test_another_storage_can_stand_in_for_the_file_system(settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    assert isinstance(storages["default"], InMemoryStorage)
    for content in (b"short", PROSE, NOISE):
        first = write_blob(content, max_bytes=4 * MIB)
        assert write_blob(content, max_bytes=4 * MIB) == first
        assert read_blob(first, max_bytes=4 * MIB) == content
        assert b"".join(read_stored(first, 0, first.stored_size))
    assert stored_files() == []
