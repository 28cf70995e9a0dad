"""Stores a text of 10 MB in this process; prints `{how: [milliseconds, …]}`, beside what its parts alone take."""

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable
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
from tests.bench.figures import Stopwatch  # noqa: E402
from tests.bench.texts import prose  # noqa: E402

TEXT_BYTES, TIMES = 10_000_000, 15


def main() -> None:
    prepare_database()
    text, store = prose(TEXT_BYTES).encode(), make_store()
    watches = {name: Stopwatch() for name in ("the parts alone", "a string", "a file", "once more")}
    for number in range(TIMES):  # in turns, so that a busy machine is equally busy for all
        contents = [f"{which} {number}\n".encode() + text for which in "abc"]
        with watches["the parts alone"]:
            write_parts(contents[0])
        with watches["a string"]:
            store(contents[1])
        with watches["a file"]:
            store(io.BytesIO(contents[2]))
        with watches["once more"]:
            store(contents[1])
    json.dump({name: watch.samples[1:] for name, watch in watches.items()}, sys.stdout)


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
