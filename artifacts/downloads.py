"""Sending what a blob holds, from wherever it is named: an artifact, a line of a save, a user's file."""

import functools

from django.http import HttpRequest, HttpResponseBase

from artifacts.blobs import open_blob
from artifacts.models import Blob
from llmspell_web.web.downloads import read_chunks, send_attachment


def send_blob(request: HttpRequest, blob: Blob, *, name: str, mime_type: str) -> HttpResponseBase:
    """The exact content, verified on its way, saved under `name`."""
    return send_attachment(
        request,
        functools.partial(read_chunks, functools.partial(open_blob, blob)),
        name=name,
        mime_type=mime_type,
        size=blob.size,
        digest=blob.digest,
    )
