"""The files of an account, which its scripts see as their disk."""

from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from artifacts.blobs import write_blob
from artifacts.models import Blob
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField, NotFound
from llmspell_web.workspace.models import UserFile
from llmspell_web.workspace.paths import clean_path, is_nameable, is_private, normal_path


def list_files(user: User) -> QuerySet[UserFile]:
    return UserFile.objects.filter(user=user).select_related("blob")


def find_file(user: User, path: str) -> UserFile | None:
    """The file of that name, however it is spelled."""
    return _named(user, path).first()


def _named(user: User, path: str) -> QuerySet[UserFile]:
    normal = normal_path(path)
    # Not every database takes every character in a question.
    return list_files(user).filter(path=normal) if is_nameable(normal) else UserFile.objects.none()


def get_file(user: User, path: str) -> UserFile:
    """Raises NotFound."""
    file = find_file(user, path)
    if file is None:
        raise NotFound(f"file not found: {path}")
    return file


def save_file(user: User, path: str, content: BinaryIO | bytes) -> UserFile:
    """Store the whole content under `path`, replacing what was there: readers see the old or the new, never a part.

    Raises InvalidField for a bad path, one that is a folder or lies below a file, and for content over the limit.
    """
    normal = _clean_place(path)
    _refuse_collisions(user, normal)
    return point_file_at(user, normal, write_blob(content, max_bytes=settings.FILE_MAX_BYTES))


def point_file_at(user: User, normal: str, blob: Blob) -> UserFile:
    """Make `normal` (a clean path) name this content."""
    return UserFile.objects.update_or_create(user=user, path=normal, defaults={"blob": blob})[0]


def delete_file(user: User, path: str) -> None:
    """Raises NotFound."""
    deleted, _ = _named(user, path).delete()
    if not deleted:
        raise NotFound(f"file not found: {path}")


def rename_file(user: User, old: str, new: str) -> None:
    """Give a file another name, replacing a file that has it. Raises NotFound, InvalidField."""
    normal = _clean_place(new)
    with transaction.atomic():
        file = get_file(user, old)
        if file.path == normal:
            return
        _refuse_collisions(user, normal)
        UserFile.objects.filter(user=user, path=normal).delete()
        file.path = normal
        file.save(update_fields=["path", "updated_at"])


def is_folder(user: User, normal: str) -> bool:
    """Whether files lie below this path. Folders exist only so."""
    if not is_nameable(normal):
        return False
    below = f"{normal}/" if normal else ""
    names = UserFile.objects.filter(user=user, path__startswith=below).values_list("path", flat=True)
    return any(name.startswith(below) for name in names)  # SQLite's own comparison folds case


def _clean_place(path: str) -> str:
    normal = clean_path(path)
    if is_private(normal):
        raise InvalidField("file name", "a place outside /tmp, which belongs to one run", f'"{path}"')
    return normal


def _refuse_collisions(user: User, normal: str) -> None:
    parts = normal.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    near = UserFile.objects.filter(user=user).filter(Q(path__in=above) | Q(path__startswith=f"{normal}/"))
    for name in near.values_list("path", flat=True):
        if name in above:
            raise InvalidField("file name", "a path through folders", f'"{name}", which is a file')
        if name.startswith(f"{normal}/"):
            raise InvalidField("file name", "a file", f'"{normal}", which is a folder')
