"""Sending stored content: exact bytes, never shown on our origin, never whole in memory."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header, http_date

from llmspell_web.web.conditions import Representation, choose, range_counts, unmet
from llmspell_web.web.ranges import Range, cut, read_ranges


def send_attachment(
    request: HttpRequest,
    chunks: Callable[[], Iterable[bytes]],
    *,
    name: str,
    mime_type: str,
    size: int,
    digest: str,
    inline: bool = False,
) -> HttpResponseBase:
    """The content under `name` (RFC 6266). `chunks` is called only when a body is wanted."""
    form = Representation(f'"{digest}"', size, lambda start, stop: cut(chunks(), start, stop))
    return send_stored(request, [form], name=name, mime_type=mime_type, inline=inline)


def send_stored(
    request: HttpRequest,
    forms: Sequence[Representation],
    *,
    name: str,
    mime_type: str,
    modified: datetime | None = None,
    inline: bool = False,
) -> HttpResponseBase:
    """The form of a content that the client takes, or the parts asked for, if its conditions are met (RFC 9110).

    `modified` only where the content behind this address never changes to something older. With `inline` the browser
    may show it, in a sandbox; else it saves it. What goes wrong before the first bytes is raised, later it breaks the
    connection off.
    """
    form = choose(request, forms)
    status = unmet(request, form.etag, modified)
    parts = None
    if status is None and request.method == "GET" and range_counts(request, form.etag, modified):
        parts = read_ranges(request.headers.get("Range", ""), form.size)
    response = HttpResponse(status=status) if status else _answer(request, form, mime_type, parts)
    if status == 304:
        response["Content-Length"] = str(form.size)  # else a middleware says 0
    response["ETag"] = form.etag
    if len(forms) > 1:
        patch_vary_headers(response, ["Accept-Encoding"])
    if modified:
        response["Last-Modified"] = http_date(modified.timestamp())
    if response.status_code in (200, 206):
        response["Accept-Ranges"] = "bytes"
        if form.encoding:
            response["Content-Encoding"] = form.encoding
    _sandbox(response, name, inline=inline)
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
    _sandbox(response, name, inline=False)
    return response


def read_chunks(open_content: Callable[[], BinaryIO], size: int = 256 * 1024) -> Iterator[bytes]:
    """The content piece by piece; the file is closed when the reader is done or gone."""
    with open_content() as file:
        while chunk := file.read(size):
            yield chunk


class _Started:
    """Pieces whose first one is there already: a content that cannot even begin still gets an error page."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._first = next(pieces, b"")

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._pieces

    def close(self) -> None:
        if close := getattr(self._pieces, "close", None):
            close()


def _answer(request: HttpRequest, form: Representation, mime_type: str, parts: list[Range] | None) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(content_type=mime_type, headers={"Content-Length": str(form.size)})
    if parts is None:
        return _stream(form.pieces(0, form.size), form.size, mime_type)
    if not parts:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{form.size}"})
    if len(parts) > 1:
        return _send_parts(form, mime_type, parts)
    ((start, stop),) = parts
    response = _stream(form.pieces(start, stop), stop - start, mime_type, status=206)
    response["Content-Range"] = _content_range(start, stop, form.size)
    return response


def _send_parts(form: Representation, mime_type: str, parts: list[Range]) -> HttpResponseBase:
    boundary = secrets.token_hex(16)
    heads = [
        f"\r\n--{boundary}\r\nContent-Type: {mime_type}\r\n"
        f"Content-Range: {_content_range(start, stop, form.size)}\r\n\r\n".encode()
        for start, stop in parts
    ]
    end = f"\r\n--{boundary}--\r\n".encode()
    length = sum(map(len, heads)) + sum(stop - start for start, stop in parts) + len(end)

    def pieces() -> Iterator[bytes]:
        for head, (start, stop) in zip(heads, parts, strict=True):
            yield head
            yield from form.pieces(start, stop)
        yield end

    return _stream(pieces(), length, f"multipart/byteranges; boundary={boundary}", status=206)


def _stream(pieces: Iterator[bytes], length: int, mime_type: str, *, status: int = 200) -> HttpResponseBase:
    headers = {"Content-Length": str(length)}
    return StreamingHttpResponse(_Started(pieces), content_type=mime_type, status=status, headers=headers)


def _content_range(start: int, stop: int, size: int) -> str:
    return f"bytes {start}-{stop - 1}/{size}"


def _sandbox(response: HttpResponseBase, name: str, *, inline: bool) -> None:
    """Whatever the bytes are, they never run here: a browser saves them, or shows them without scripts or origin."""
    if response.status_code in (200, 206):
        kind = "inline" if inline else "attachment"
        response["Content-Disposition"] = content_disposition_header(not inline, name) or kind
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    patch_cache_control(response, private=True, no_cache=True)
