"""Sending stored content: exact bytes, never shown on our origin, never whole in memory."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags


def send_attachment(
    request: HttpRequest, chunks: Callable[[], Iterable[bytes]], *, name: str, mime_type: str, size: int, digest: str
) -> HttpResponseBase:
    """The content under `name` (RFC 6266). `chunks` is called only when a body is wanted."""
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
    response["ETag"] = etag
    _save_only(response, name)
    return response


def send_made(
    request: HttpRequest, pieces: Callable[[], Iterable[bytes]], *, name: str, mime_type: str, size: int
) -> HttpResponseBase:
    """As `send_attachment`, for what is made for this answer alone. Pieces that end before `size` break the connection
    off, so that a browser does not take what it has for the whole."""
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=mime_type)
    else:
        response = StreamingHttpResponse(pieces(), content_type=mime_type)
    response["Content-Length"] = str(size)
    _save_only(response, name)
    return response


def _save_only(response: HttpResponseBase, name: str) -> None:
    """Whatever the bytes are, a browser saves them: attachment, nosniff, and a sandbox without scripts for one that
    shows them all the same."""
    if response.status_code != 304:
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    patch_cache_control(response, private=True, no_cache=True)


def read_chunks(open_content: Callable[[], BinaryIO], size: int = 256 * 1024) -> Iterator[bytes]:
    """The content piece by piece; the file is closed when the reader is done or gone."""
    with open_content() as file:
        while chunk := file.read(size):
            yield chunk
