"""Reading every stored content again, to find what has been lost or changed before somebody needs it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from artifacts.blob_reader import BlobDamaged, read_stored, read_whole
from artifacts.models import Blob, BlobCheck, DamagedBlob

BATCH = 200
SAVE_SECONDS = 1  # how much a check that is killed does again


@dataclass(frozen=True)
class Finding:
    """One content that was read, and the sentence about it if it is damaged."""

    blob: Blob
    damage: str


def verify_blobs(check: BlobCheck, *, bytes_per_second: int | None = None) -> Iterator[Finding]:
    """Read every blob behind `check.after`, in the order of digests, and keep the check's row in step; the row is gone
    at the end. What is right is no longer noted as damaged."""
    started, read, saved = time.monotonic(), 0, time.monotonic()
    while blobs := list(Blob.objects.filter(pk__gt=check.after).order_by("pk")[:BATCH]):
        for blob in blobs:
            finding = Finding(blob, find_damage(blob))
            check.after = blob.pk
            check.checked += 1
            check.damaged += bool(finding.damage)
            read += blob.stored_size
            if time.monotonic() - saved > SAVE_SECONDS or finding.damage:
                check.save()
                saved = time.monotonic()
            yield finding
            if bytes_per_second:
                time.sleep(max(0.0, started + read / bytes_per_second - time.monotonic()))
    check.delete()


def begin_check(*, anew: bool) -> BlobCheck:
    """The check that was broken off, or with `anew` a fresh one."""
    with transaction.atomic():
        if anew:
            BlobCheck.objects.all().delete()
        check = BlobCheck.objects.order_by("-pk").first()
        return check or BlobCheck.objects.create(after="", checked=0, damaged=0)


def find_damage(blob: Blob) -> str:
    """Empty when every byte is right, decompressed and as stored. What was noted of the blob is brought in step."""
    try:
        for _ in read_whole(blob):
            pass
        if blob.is_compressed:
            for _ in read_stored(blob, 0, blob.stored_size):
                pass
    except BlobDamaged as damage:
        if not Blob.objects.filter(pk=blob.pk, file=blob.file.name).exists():
            DamagedBlob.objects.filter(pk=blob.pk).delete()
            return ""  # swept or mended meanwhile
        return str(damage)
    DamagedBlob.objects.filter(pk=blob.pk).delete()
    return ""
