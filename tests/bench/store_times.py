"""Stores a text of 10 MB in this process; prints `{how: [[milliseconds, …], [those of the processor, …]]}`,
beside what its parts alone take."""

import hashlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "llmspell_web.settings"

import django

django.setup()

import zstandard  # noqa: E402
from django.conf import settings  # noqa: E402

from artifacts.blobs import ZSTD_LEVEL  # noqa: E402
from artifacts.services import store_artifact  # noqa: E402
from llmspell_web.teams.services import local_account  # noqa: E402
from llmspell_web.web.database import prepare_database  # noqa: E402
from sessions.services import create_session  # noqa: E402
from tests.bench.texts import prose  # noqa: E402

TEXT_BYTES, TIMES = 10_000_000, 15


def main() -> None:
    prepare_database()
    text, store = prose(TEXT_BYTES).encode(), make_store()
    times: dict[str, tuple[list[float], list[float]]] = {}
    for number in range(TIMES):  # in turns, so that a busy machine is equally busy for all
        contents = [f"{which} {number}\n".encode() + text for which in "abc"]
        actions: dict[str, Callable[[], object]] = {
            "the parts alone": partial(write_parts, contents[0]),
            "a string": partial(store, contents[1]),
            "a file": partial(store, io.BytesIO(contents[2])),
            "once more": partial(store, contents[1]),
        }
        for name, action in actions.items():
            started = time.perf_counter(), time.process_time()
            action()
            ended = time.perf_counter(), time.process_time()
            for samples, start, end in zip(times.setdefault(name, ([], [])), started, ended, strict=True):
                samples.append((end - start) * 1000)
    json.dump({name: [samples[1:] for samples in both] for name, both in times.items()}, sys.stdout)


def make_store() -> Callable[[bytes | io.BytesIO], object]:
    user = local_account()
    session = create_session(user, name="bench")

    def store(content: bytes | io.BytesIO) -> object:
        return store_artifact(session, actor=user, artifact_type="x", name="text.txt", content=content)

    return store


def write_parts(content: bytes) -> None:
    """What nobody can leave out: the digest, the compressed bytes, and a file of them."""
    digest = hashlib.sha256(content).hexdigest()
    packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content)
    (Path(settings.DATA_DIR) / digest).write_bytes(packed)


main()
