"""Sending a file that is made while it is sent: whole, or in a way that nobody takes for whole.

The web server ends a body properly also when the application failed in the middle of it (granian 2.8): a part of a file
would pass for all of it. A compressed body is therefore broken on purpose, and browsers, curl and libraries report the
download as failed. A client that does not take gzip finds words of ours as the last line instead.
"""

import re
import threading
import weakref
import zlib
from collections.abc import Iterator

from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header

from llmspell_web.web.problems import Conflict

DOWNLOADS_MAX = 12  # at once in a web process: each holds one of its threads, and pages need some too
GZIP_LEVEL = 3  # JSON lines become 15 % for 5 ms a megabyte; level 6 makes them 13 % for twice the time
NO_GZIP_BLOCK = b"\xff" * 16  # at the start of a block: a kind that does not exist (RFC 1951, 3.2.3)
FAILED = b"\r\nThe server failed here: this file is not complete.\r\n"

# Somebody takes data out: sent with the `request`, and the `name` of the file, before its first byte is.
download_begins = Signal()
_slots = threading.BoundedSemaphore(DOWNLOADS_MAX)


def send_generated(request: HttpRequest, chunks: Iterator[bytes], *, name: str, mime_type: str) -> HttpResponseBase:
    """The chunks as a download called `name`, each made when the client is ready for it, and none once it is gone.

    `Conflict` when DOWNLOADS_MAX are being sent already.
    """
    is_compressed = re.search(r"\bgzip\b", request.headers.get("Accept-Encoding", "")) is not None
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=mime_type)
    else:
        response = StreamingHttpResponse(_Body(chunks, is_compressed), content_type=mime_type)
        download_begins.send(sender=None, request=request, name=name)
    if is_compressed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "private, no-store"
    return response


class _Body:
    """Holds one of the slots until `close`, which a StreamingHttpResponse calls, or until nobody holds it."""

    def __init__(self, chunks: Iterator[bytes], is_compressed: bool) -> None:
        if not _slots.acquire(blocking=False):
            raise Conflict(f"{DOWNLOADS_MAX} downloads are being made already: try again when one of them has ended")
        self.close = weakref.finalize(self, _slots.release)
        self._chunks = chunks
        self._gzip = zlib.compressobj(GZIP_LEVEL, wbits=31) if is_compressed else None

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._chunks:
                yield self._gzip.compress(chunk) if self._gzip else chunk
        except Exception:
            yield self._gzip.flush(zlib.Z_FULL_FLUSH) + NO_GZIP_BLOCK if self._gzip else FAILED
            raise
        if self._gzip:
            yield self._gzip.flush()
