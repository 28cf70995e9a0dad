"""Indexes and searches contents in this process; prints `{what: [value, …]}`. Argument: how many contents to search."""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator

os.environ["DJANGO_SETTINGS_MODULE"] = "llmspell_web.settings"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from artifacts.blobs import write_blob  # noqa: E402
from artifacts.content_index import index_batch  # noqa: E402
from artifacts.models import Artifact, Blob, ContentWords  # noqa: E402
from llmspell_web.teams.services import local_account  # noqa: E402
from llmspell_web.web.database import prepare_database  # noqa: E402
from llmspell_web.web.keys import new_key  # noqa: E402
from sessions.services import create_session  # noqa: E402

RNG = random.Random(7)
VOCABULARY = ["".join(RNG.choices("abcdefghijklmnopqrstuvwxyz", k=RNG.randrange(3, 10))) for _ in range(20_000)]
WEIGHTS = [1 / (place + 1) for place in range(len(VOCABULARY))]  # as words of a language are spread
MEGABYTE, CONTENTS, SEARCHES, BATCH = 1_000_000, 20, 20, 2_000


def texts() -> dict[str, Callable[[], str]]:
    def prose() -> str:
        return " ".join(RNG.choices(VOCABULARY, WEIGHTS, k=180_000))

    def log() -> str:
        lines = (f"2026-11-25 06:00:00 INFO id={RNG.getrandbits(64):x} took {n % 997} ms\n" for n in range(20_000))
        return "".join(lines)

    def records() -> str:
        return json.dumps([{"id": n, "name": RNG.choice(VOCABULARY), "score": RNG.random()} for n in range(18_000)])

    return {"prose": prose, "log with an id a line": log, "JSON": records}


def index_times() -> Iterator[tuple[str, list[float]]]:
    for name, make in texts().items():
        size = sum(write_blob(make().encode()[:MEGABYTE], max_bytes=MEGABYTE).size for _ in range(CONTENTS))
        held, started = stored_bytes(), time.perf_counter()
        while index_batch(set()):
            pass
        yield f"indexing {name}", [size / 1e6 / (time.perf_counter() - started)]
        yield f"index of {name}", [(stored_bytes() - held) / size]


def stored_bytes() -> int:
    """Of the whole database: little but the index grows here."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def search_times(contents: int) -> Iterator[tuple[str, list[float]]]:
    fill(contents)
    reader = local_account()
    common = VOCABULARY[0]
    for name, text in {
        "a word of one": "id500",
        "a common word": common,
        "two common words": f"{common} {VOCABULARY[1]}",
        "a common and a rare word": f"{common} id500",
        "a rare beginning": "id50*",
        "a common beginning": f"{common[:2]}*",
        "a word of none": "nothinghere",
    }.items():
        samples = []
        for _ in range(SEARCHES):
            started = time.perf_counter()
            list(Artifact.objects.visible_to(reader).inside(text).order_by("-id")[:50])
            samples.append((time.perf_counter() - started) * 1000)
        yield f"search for {name}", samples


def fill(contents: int) -> None:
    owner, now = local_account(), timezone.now()
    session = create_session(owner, name="bench")
    facts = {
        "session": session,
        "listed_in": session.team,
        "version": 1,
        "artifact_type": "note",
        "mime_type": "text/plain",
    }
    for start in range(0, contents, BATCH):
        blobs, words, artifacts = [], [], []
        for number in range(start, min(start + BATCH, contents)):
            digest = f"{RNG.getrandbits(256):064x}"
            blob = Blob(digest=digest, size=1000, stored_size=1000, encoding="identity", file="x", indexed_at=now)
            held = sorted({*RNG.choices(VOCABULARY, WEIGHTS, k=150), f"id{number}"})
            blobs.append(blob)
            words.append(ContentWords(blob=blob, part=0, words=" ".join(held)))
            key = new_key()
            artifacts.append(
                Artifact(id=key, name=f"{key}", blob=blob, size=1000, created_by=owner, created_at=now, **facts)
            )
        with transaction.atomic():
            Blob.objects.bulk_create(blobs)
            ContentWords.objects.bulk_create(words)
            Artifact.objects.bulk_create(artifacts)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as it is done by itself within minutes


def main() -> None:
    prepare_database()
    print(json.dumps({**dict(index_times()), **dict(search_times(int(sys.argv[1])))}))


main()
