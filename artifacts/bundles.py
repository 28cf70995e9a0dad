"""Several artifacts as one ZIP, made while it is sent: `docs/decisions/012-contents-of-a-session.md`."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from zipstream import ZipStream

from artifacts.blobs import open_blob
from artifacts.models import Artifact, Blob
from artifacts.zip_names import ZipNames, safe_segment
from llmspell_web.web.downloads import read_chunks
from llmspell_web.web.problems import NotFound
from sessions.models import Session
from sessions.prepared import PreparedQuery

PIECE_BYTES = 64 * 1024  # of many small files, so much is sent at a time
NOTE = "NOT INCLUDED.txt"


class Entry(NamedTuple):
    """What a ZIP needs to know of an artifact. `version_count` is None for all but the newest version of a name. All
    with one `folder` lie in it."""

    name: str
    version: int
    version_count: int | None
    digest: str
    size: int
    folder: str = ""


def pick_artifacts(session: Session, keys: Iterable[UUID]) -> tuple[list[Artifact], list[Artifact]]:
    """The chosen ones in the order stored: those that are there, and those that lie in the trash by now.

    `NotFound` for a key that was never one of this session's.
    """
    wanted = set(keys)
    found = list(session.artifacts.filter(pk__in=wanted).select_related("blob").order_by("pk"))
    if unknown := wanted - {artifact.pk for artifact in found}:
        raise NotFound(f"artifact not found: {min(unknown)}")
    return (
        [artifact for artifact in found if artifact.deleted_at is None],
        [artifact for artifact in found if artifact.deleted_at is not None],
    )


def entries_of(artifacts: Iterable[Artifact]) -> list[Entry]:
    return [Entry(each.name, each.version, each.version_count, each.blob_id, each.size) for each in artifacts]


def all_entries(artifacts: "QuerySet[Artifact]") -> Iterator[Entry]:
    """In the order stored, without making an instance of each."""
    rows = artifacts.order_by("pk").values_list("name", "version", "version_count", "blob_id", "size")
    return (Entry(*row) for row in rows.iterator())


def entries_by_session(artifacts: "QuerySet[Artifact]") -> Iterator[Entry]:
    """Artifacts of several sessions, each in a folder with its session's name."""
    columns = ("session", "session__name", "name", "version", "version_count", "blob_id", "size")
    folders: dict[UUID, str] = {}
    taken: set[str] = set()
    for key, title, *facts in artifacts.order_by("session", "pk").values_list(*columns).iterator():
        if key not in folders:
            folders[key] = _new_folder(title, taken)
        yield Entry(*facts)._replace(folder=folders[key])


def _new_folder(title: str, taken: set[str]) -> str:
    wanted = safe_segment(title.replace("/", "_")) or "session"
    names = (wanted if number == 1 else f"{wanted} ({number})" for number in count(1))
    folder = next(name for name in names if name.casefold() not in taken)
    taken.add(folder.casefold())
    return folder


def note_missing(artifacts: Iterable[Artifact]) -> str:
    return "".join(f"{artifact.name}, version {artifact.version}, is in the trash\r\n" for artifact in artifacts)


def make_zip(entries: Iterable[Entry], note: str = "") -> ZipStream:
    """Iterating it gives its bytes, and `len()` how many these are; contents are read only then.

    The newest version of a name has that name, others ` (v2)` in it; `note` says what is not included. Each content is
    verified on its way: `BlobDamaged` ends the stream short of its length, and before the directory at the end of a
    ZIP, without which no program takes the file for a complete one.
    """
    bundle, names = ZipStream(sized=True), ZipNames()
    for entry in entries:
        suffix = "" if entry.version_count is not None else f" (v{entry.version})"
        bundle.add(_Content(entry.digest), names.claim(entry.name, suffix=suffix, folder=entry.folder), size=entry.size)
    if note:
        bundle.add(note, names.claim(NOTE))
    return bundle


class _Content:
    """The chunks of a blob, looked up when they are wanted: a ZIP of all artifacts keeps one of these for each."""

    __slots__ = ("_digest",)

    def __init__(self, digest: str) -> None:
        self._digest = digest

    def __iter__(self) -> Iterator[bytes]:
        (blob,) = _find_blob(self._digest)
        return read_chunks(lambda: open_blob(blob))


@PreparedQuery
def _find_blob(digest: str) -> "QuerySet[Blob]":
    return Blob.objects.filter(pk=digest)


def gather(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces worth sending: the first one at once, then at least `PIECE_BYTES`."""
    waiting: list[bytes] = []
    size, wanted = 0, 1
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= wanted:
            yield b"".join(waiting)
            waiting, size, wanted = [], 0, PIECE_BYTES
    if size:
        yield b"".join(waiting)
