"""Archives that are small and take long: each is counted in the bytes that are read of it, not in seconds."""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable
from typing import Literal

import pytest
from django.test import Client

from artifacts.previews import archives
from sessions.models import Session
from tests.artifacts.previews.making import make_tar
from tests.artifacts.previews.test_kinds import look, words
from tests.artifacts.test_pages import store


@pytest.fixture
def largest_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes that a tar was asked for at once."""
    sizes: list[int] = []
    read = tarfile._Stream.read  # type: ignore[attr-defined]  # no other place sees what a header makes tarfile read

    def counted(stream: object, size: int) -> bytes:
        sizes.append(size)
        content: bytes = read(stream, size)
        return content

    monkeypatch.setattr(tarfile._Stream, "read", counted)  # type: ignore[attr-defined]
    return sizes


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_header_without_end_is_not_read(
    visitor: Client, session: Session, largest_read: list[int], kind: bytes
) -> None:
    header = tarfile.TarInfo("long")
    header.type, header.size = kind, 4 * 1024 * 1024
    content = make_tar({"first.txt": b"a"})[:1024] + header.tobuf(tarfile.GNU_FORMAT) + b"12 path=abc\n" * 400_000
    html = look(visitor, store(session, "a.tar", content))
    assert "first.txt" in html
    assert "It is damaged: what follows could not be read." in words(html)
    assert max(largest_read) <= archives.HEADER_BYTES


@pytest.mark.parametrize("kind", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_long_name_is_shown(visitor: Client, session: Session, kind: Literal[1, 2]) -> None:
    member = tarfile.TarInfo("folder/" * 40 + "end.txt")
    assert "folder/end.txt" in look(visitor, store(session, "a.tar", member.tobuf(kind) + b"\0" * 1024))


EMPTY_PARTS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("kind", EMPTY_PARTS)
def test_of_parts_that_hold_nothing_few_are_read(
    visitor: Client, session: Session, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(archives, "PACKED_BYTES", 1000)
    compress = EMPTY_PARTS[kind]
    content = compress(b"") * 500 + compress(b"never reached")
    assert "never reached" not in look(visitor, store(session, f"a.{kind}", content))


@pytest.mark.parametrize("kind", EMPTY_PARTS)
def test_a_large_compressed_tar_is_listed_in_part(
    visitor: Client, session: Session, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    compress = EMPTY_PARTS[kind]
    tar = make_tar({f"{number}.txt": b"a" for number in range(50)})
    first = compress(tar[: 20 * 1024])
    monkeypatch.setattr(archives, "PACKED_BYTES", len(first))
    page = words(look(visitor, store(session, f"a.tar.{kind}", first + compress(tar[20 * 1024 :]))))
    assert "Only the first 20 entries are listed." in page
    assert "damaged" not in page
