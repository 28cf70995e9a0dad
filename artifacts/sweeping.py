"""Taking away content that nothing points at, safe beside those who are storing.

Who stores a content that is there already claims its blob (`blobs.py`) and points at it within `CLAIM_LASTS`. The sweep
deletes a row in one statement whose condition is that nothing points at it and its last claim is older than the grace
period, which is longer. A claim that comes first makes that condition false; one that comes later finds no row, and
the content is written anew. Only then files are taken that no row names and nobody has written since the grace period
began: `remove_old` decides on each while no writer can put another in its place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import CASCADE, PROTECT, Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from artifacts.blob_drafts import BLOB_FOLDER, DRAFT_FOLDER, is_old, list_local_drafts, remove_old
from artifacts.blobs import CLAIM_LASTS
from artifacts.models import Blob, DamagedBlob
from llmspell_web.web.uploads import sweep_uploads

BATCH = 500
GRACE_HOURS = 24


@dataclass
class Swept:
    """What was, or with `dry_run` would be, taken away. `bytes` counts files."""

    rows: int = 0
    files: int = 0
    bytes: int = 0

    def count_file(self, size: int) -> None:
        self.files += 1
        self.bytes += size


def sweep_blobs(*, grace: timedelta, dry_run: bool = False) -> Swept:
    """Remove rows and files that nothing points at and nobody claimed or wrote within `grace`, also those of uploads
    that never came to an end."""
    assert grace >= CLAIM_LASTS, "a shorter one could take what is about to be pointed at"
    before = timezone.now() - grace
    swept = Swept()
    gone = set()
    for digest in _list_unused(before):
        if dry_run or _remove_row(digest, before):
            gone.add(digest)
            swept.rows += 1
    if not dry_run:
        _forget_damage()
    for name in _list_loose_files(before, gone if dry_run else set()):
        size = default_storage.size(name) if dry_run else remove_old(name, before)
        if size is not None:
            swept.count_file(size)
    for size in sweep_uploads(before, dry_run=dry_run):
        swept.count_file(size)
    return swept


def referrers() -> list[ForeignObjectRel]:
    """Every relation that protects a blob, also one that is defined tomorrow."""
    return [relation for relation in _relations() if relation.on_delete is PROTECT]


def without_referrers(blobs: "QuerySet[Blob]") -> "QuerySet[Blob]":
    """Those of the blobs that nothing points at."""
    for relation in referrers():
        pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        blobs = blobs.filter(~Exists(pointing))
    return blobs


def derived() -> list[ForeignObjectRel]:
    """Those of what was made from a content, which goes with it."""
    return [relation for relation in _relations() if relation.on_delete is CASCADE]


def _relations() -> list[ForeignObjectRel]:
    relations = Blob._meta.get_fields(include_hidden=True)
    return [field for field in relations if isinstance(field, ForeignObjectRel)]


def _remove_row(digest: str, before: datetime) -> bool:
    """The row first: whoever makes something from this content at that moment waits for the commit, and then fails."""
    with transaction.atomic():
        if not _unused(before).filter(pk=digest)._raw_delete("default"):  # Django's own, without collecting
            return False
        for relation in derived():
            relation.related_model._base_manager.filter(**{relation.field.name: digest})._raw_delete("default")
    return True


def _unused(before: datetime) -> "QuerySet[Blob]":
    return without_referrers(Blob.objects.filter(claimed_at__lt=before))


def _list_unused(before: datetime) -> Iterator[str]:
    after = ""
    while keys := list(_unused(before).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from keys
        after = keys[-1]


def _forget_damage() -> None:
    DamagedBlob.objects.exclude(Exists(Blob.objects.filter(pk=OuterRef("digest")))).delete()


def _list_loose_files(before: datetime, gone: set[str]) -> Iterator[str]:
    """Names of old files that no row has, or only one in `gone`; drafts too."""
    yield from list_local_drafts(before)
    folders, _ = _list_folder(BLOB_FOLDER)
    for folder in sorted(set(folders) - {DRAFT_FOLDER.rsplit("/", 1)[-1]}):
        _, files = _list_folder(f"{BLOB_FOLDER}/{folder}")
        names = sorted(f"{BLOB_FOLDER}/{folder}/{file}" for file in files)
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            yield from (name for name in sorted(_without_rows(batch, gone)) if is_old(name, before))


def _without_rows(names: Iterable[str], gone: set[str]) -> set[str]:
    rows = Blob.objects.filter(pk__in={_digest_of(name) for name in names}).values_list("pk", "file")
    return set(names) - {file for digest, file in rows if digest not in gone}


def _digest_of(name: str) -> str:
    return name.rsplit("/", 1)[-1][:64]


def _list_folder(name: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(name)
    except FileNotFoundError:
        return [], []
