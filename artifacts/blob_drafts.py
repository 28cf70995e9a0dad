"""Files on their way to becoming blobs: written under a name that nothing reads, then put in place in one step."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import BinaryIO
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

BLOB_FOLDER = "blobs"
DRAFT_FOLDER = f"{BLOB_FOLDER}/drafts"


@contextmanager
def open_draft() -> Iterator[BinaryIO]:
    """A new, empty file, gone at the end unless it was published. A killed process leaves it behind, unseen."""
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
    Other storages keep what they hold and may choose another name; they answer for durability themselves.
    """
    draft.flush()
    if not isinstance(default_storage, FileSystemStorage):
        draft.seek(0)
        return default_storage.save(name, File(draft, name))
    path = Path(default_storage.path(name))
    if synced:
        os.fsync(draft.fileno())
    try:
        Path(draft.name).replace(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(draft.name).replace(path)
    if synced:
        for folder in list(path.parents)[: len(Path(name).parts)]:
            _sync_folder(folder)
    return name


def _draft_folder() -> Path:
    """On the storage's own file system, so that a rename is enough; for other storages the machine's folder."""
    if isinstance(default_storage, FileSystemStorage):
        return Path(default_storage.path(DRAFT_FOLDER))
    return Path(gettempdir())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
