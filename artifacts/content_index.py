"""Makes contents searchable in the background, each once, however many artifacts have it.

A content waits until `indexed_at` says that its words are there. Nothing is claimed: who begins at a random place
hardly ever meets another, and where two do the same, the second finds the rows there. So a process may die at any
moment, and the next one does again what was not committed. Words are read outside of transactions, which stay short.
"""

import logging
import secrets
import time
from collections.abc import Collection, Iterator
from itertools import chain

from django.db import transaction
from django.utils import timezone

from artifacts.blobs import BlobDamaged, open_blob
from artifacts.content_text import text_pieces
from artifacts.models import Blob, ContentWords
from llmspell_web.web.counts import EXACT_MAX
from sessions.words import words_of

logger = logging.getLogger(__name__)

BATCH = 200  # contents
WRITE_CHARACTERS = 60_000  # of words a transaction: it holds SQLite's lock for some 10 ms
PAUSE_SECONDS = 0.03  # after it, in which others that wait for SQLite's lock find it free
POLL_SECONDS = 2


def index_contents(linger_seconds: float) -> tuple[int, int]:
    """Index what waits, until nothing has been waiting for so long. How many that were; how many could not be read."""
    failed: set[str] = set()
    total, idle_since = 0, time.monotonic()
    while True:
        if count := index_batch(failed):
            total += count
            idle_since = time.monotonic()
        elif time.monotonic() - idle_since >= linger_seconds:
            return total, len(failed)
        else:
            time.sleep(POLL_SECONDS)


def index_batch(failed: set[str]) -> int:
    """Index some of the contents that wait; how many. Adds to `failed`, and leaves out, those that could not be read
    now: they go on waiting. A content that is damaged has no words."""
    rows: list[ContentWords] = []
    done: list[str] = []
    size = count = 0
    for blob in _some_waiting(failed):
        try:
            for row in _rows(blob):
                rows.append(row)
                size += len(row.words)
                if size > WRITE_CHARACTERS:
                    count += _write(rows, done)
                    rows, done, size = [], [], 0
        except BlobDamaged:
            pass  # the log has it already
        except Exception:
            # The boundary of one content: what ails it, or the storage at this moment, must not stop the others.
            logger.exception("the content %s could not be indexed now", blob.pk)
            failed.add(blob.pk)
            continue
        done.append(blob.pk)
    return count + _write(rows, done)


def is_waiting() -> bool:
    return Blob.objects.waiting().exists()


def count_waiting() -> int:
    """How many contents cannot be searched yet: up to EXACT_MAX, or one more for more than that."""
    return Blob.objects.waiting()[: EXACT_MAX + 1].count()


def _some_waiting(but: Collection[str]) -> list[Blob]:
    waiting = Blob.objects.waiting().exclude(pk__in=but).order_by("pk")
    return list(waiting.filter(pk__gte=secrets.token_hex(32))[:BATCH]) or list(waiting[:BATCH])


def _rows(blob: Blob) -> Iterator[ContentWords]:
    """The same ones whoever makes them, and in the same order."""
    with open_blob(blob) as file:
        parts = _parts(text_pieces(file))
        first, second = next(parts, None), next(parts, None)
        if first is None:
            return
        mark = [ContentWords.PART_MARK] if second else []
        for number, words in enumerate(chain([first], [second] if second else [], parts)):
            yield ContentWords(blob=blob, part=number, words=" ".join(mark + words))


def _parts(pieces: Iterator[str]) -> Iterator[list[str]]:
    held: set[str] = set()
    room = ContentWords.WORDS_MAX_BYTES
    for piece in pieces:
        for word in sorted(words_of(piece) - held):
            size = len(word.encode()) + 1
            if size > room:
                yield sorted(held)
                held, room = set(), ContentWords.WORDS_MAX_BYTES
            room -= size
            held.add(word)
    if held:
        yield sorted(held)


def _write(rows: list[ContentWords], done: list[str]) -> int:
    """Rows of contents that were swept meanwhile, or that another has finished, are left out."""
    keys = {*done, *(row.blob_id for row in rows)}
    if not keys:
        return 0
    with transaction.atomic():
        held = Blob.objects.waiting().filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
        there = set(held.values_list("pk", flat=True))
        ContentWords.objects.bulk_create((row for row in rows if row.blob_id in there), ignore_conflicts=True)
        count = Blob.objects.waiting().filter(pk__in=done).update(indexed_at=timezone.now())
    time.sleep(PAUSE_SECONDS)
    return count
