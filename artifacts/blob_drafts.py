"""Files on their way to becoming blobs: written under a name that nothing reads, then put in place in one step."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

BLOB_FOLDER = "blobs"
DRAFT_FOLDER = f"{BLOB_FOLDER}/drafts"


@contextmanager
def open_draft() -> Iterator[BinaryIO]:
    """A new, empty file, gone at the end unless it was published. A killed process leaves it behind, unseen."""
    if not isinstance(default_storage, FileSystemStorage):
        with TemporaryFile() as file:
            yield cast(BinaryIO, file)  # typeshed calls it by another name
        return
    path = _draft_folder() / uuid4().hex
    try:
        file = path.open("x+b")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("x+b")
    try:
        with file:
            yield file
    finally:
        path.unlink(missing_ok=True)


def publish(draft: BinaryIO, name: str, *, synced: bool) -> str:
    """Give a finished draft its name, whole or not at all; the name it really has in the storage.

    On a file system this replaces what stood there, and `synced` makes content and name survive a power cut.
    Other storages get a name that nobody ever had, so that nothing there is replaced or swept away under a writer;
    they answer for durability themselves.
    """
    draft.flush()
    if not isinstance(default_storage, FileSystemStorage):
        draft.seek(0)
        stem, dot, suffix = name.partition(".")
        return default_storage.save(f"{stem}-{uuid4().hex}{dot}{suffix}", File(draft, name))
    path = Path(default_storage.path(name))
    if synced:
        os.fsync(draft.fileno())
    with _names_locked(path.parent, fcntl.LOCK_SH):
        Path(draft.name).replace(path)
    if synced:
        for folder in list(path.parents)[: len(Path(name).parts)]:
            _sync_folder(folder)
    return name


def remove_old(name: str, before: datetime) -> int | None:
    """Remove a stored file or draft written before then; the bytes freed, None when it is gone or newer.

    Safe beside `publish`: that either has put a new file there already, which stays, or does so afterwards.
    """
    if not isinstance(default_storage, FileSystemStorage):
        size = default_storage.size(name)
        default_storage.delete(name)
        return size
    path = Path(default_storage.path(name))
    with _names_locked(path.parent, fcntl.LOCK_EX):
        try:
            facts = path.stat()
        except FileNotFoundError:
            return None
        if facts.st_mtime >= before.timestamp():
            return None
        path.unlink()
    return facts.st_size


def is_old(name: str, before: datetime) -> bool:
    """Whether a stored file was last written before then. False for one that is gone."""
    try:
        return default_storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False


def list_local_drafts(before: datetime) -> Iterator[str]:
    """Drafts of killed processes, by their names in the storage. Other storages than the file system have none: their
    drafts lie in the machine's folder for temporary files, without a name."""
    if isinstance(default_storage, FileSystemStorage) and (folder := _draft_folder()).is_dir():
        names = sorted(f"{DRAFT_FOLDER}/{path.name}" for path in folder.iterdir())
        yield from (name for name in names if is_old(name, before))


@contextmanager
def _names_locked(folder: Path, mode: int) -> Iterator[None]:
    """Hold the lock of a folder, made if need be: shared by those who put files there, alone for who takes one away."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, mode)
        yield
    finally:
        os.close(descriptor)


def _draft_folder() -> Path:
    """On the storage's own file system, so that a rename is enough."""
    return Path(default_storage.path(DRAFT_FOLDER))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
