"""Sending what a blob holds, from wherever it is named: an artifact, a line of a save, a user's file."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase

from artifacts.blob_reader import read_range, read_stored
from artifacts.models import Blob
from llmspell_web.web.conditions import Representation
from llmspell_web.web.downloads import send_stored


def send_blob(
    request: HttpRequest,
    blob: Blob,
    *,
    name: str,
    mime_type: str,
    modified: datetime | None = None,
    inline: bool = False,
) -> HttpResponseBase:
    """The exact content, verified on its way, saved under `name`; see `send_stored` for `modified` and `inline`.

    A client that takes zstd gets a compressed content as it lies, under an ETag of its own.
    """

    def plain(start: int, stop: int) -> Iterator[bytes]:
        return read_range(blob, start, stop)

    def stored(start: int, stop: int) -> Iterator[bytes]:
        return read_stored(blob, start, stop)

    forms = [Representation(f'"{blob.digest}"', blob.size, plain)]
    if blob.is_compressed:
        forms.insert(0, Representation(f'"{blob.digest}-{blob.encoding}"', blob.stored_size, stored, blob.encoding))
    return send_stored(request, forms, name=name, mime_type=mime_type, modified=modified, inline=inline)
