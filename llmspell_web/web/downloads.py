"""Sending stored content: exact bytes, never shown on our origin, never whole in memory."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags


def send_attachment(
    request: HttpRequest, chunks: Callable[[], Iterable[bytes]], *, name: str, mime_type: str, size: int, digest: str
) -> HttpResponseBase:
    """The content under `name` (RFC 6266). `chunks` is called only when a body is wanted.

    Whatever the bytes are, a browser saves them: attachment, nosniff, and a sandbox without scripts if it shows them.
    """
    etag = f'"{digest}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponseBase
    if etag in known or "*" in known:
        response = HttpResponse(status=304)
    elif request.method == "HEAD":
        response = HttpResponse(content_type=mime_type)
    else:
        response = StreamingHttpResponse(chunks(), content_type=mime_type)
    if response.status_code != 304:
        response["Content-Length"] = str(size)
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def read_chunks(open_content: Callable[[], BinaryIO], size: int = 256 * 1024) -> Iterator[bytes]:
    """The content piece by piece; the file is closed when the reader is done or gone."""
    with open_content() as file:
        while chunk := file.read(size):
            yield chunk
