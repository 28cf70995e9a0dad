"""Which form of a content a client wants, and whether it wants one at all: RFC 9110, sections 12.5.3 and 13."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.http import parse_etags, parse_http_date_safe

WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


@dataclass(frozen=True)
class Representation:
    """One way to send a content. `pieces(start, stop)` gives `size` bytes or a part of them, in `encoding` ("" or a
    content coding). `etag` names exactly these bytes (a strong validator, quoted)."""

    etag: str
    size: int
    pieces: Callable[[int, int], Iterator[bytes]]
    encoding: str = ""


def choose(request: HttpRequest, forms: Sequence[Representation]) -> Representation:
    """The one to send of `forms`, the best first and the plain one last.

    Of two that a client takes it gets the one that it names in a condition, so that going on after a broken download
    works whatever else it accepts.
    """
    weights = _accepted(request.headers.get("Accept-Encoding", ""))
    plain = weights.get("identity", 0.0)  # unnamed, it is taken, but for want of a better one
    taken = [form for form in forms[:-1] if weights.get(form.encoding, 0.0) > 0 and weights[form.encoding] >= plain]
    taken.append(forms[-1])
    named = " ".join(request.headers.get(name, "") for name in ("If-Match", "If-None-Match", "If-Range"))
    return next((form for form in taken if form.etag in named), taken[0])


def unmet(request: HttpRequest, etag: str, modified: datetime | None) -> int | None:
    """304 or 412 when the conditions of the request say so, in the order of section 13.2.2."""
    headers = request.headers
    if "If-Match" in headers:
        if not _has(headers["If-Match"], etag):
            return 412
    elif (
        (since := _read_date(headers.get("If-Unmodified-Since"))) is not None
        and modified
        and _is_after(modified, since)
    ):
        return 412
    if "If-None-Match" in headers:
        return 304 if _has(headers["If-None-Match"].replace("W/", ""), etag) else None
    since = _read_date(headers.get("If-Modified-Since"))
    return 304 if since is not None and modified and not _is_after(modified, since) else None


def range_counts(request: HttpRequest, etag: str, modified: datetime | None) -> bool:
    """Whether If-Range lets a Range header count: the client has a part of just these bytes. Only exact dates do."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition or condition == etag:
        return True
    return modified is not None and _read_date(condition) == int(modified.timestamp())


def _has(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in parse_etags(header)


def _is_after(modified: datetime, since: int) -> bool:
    return int(modified.timestamp()) > since


def _read_date(text: str | None) -> int | None:
    return parse_http_date_safe(text) if text else None


def _accepted(header: str) -> dict[str, float]:
    """The weight of each coding that is named. One whose weight cannot be read counts as refused."""
    weights = {}
    for entry in header.lower().split(","):
        coding, _, weight = (part.strip() for part in entry.partition(";"))
        match = WEIGHT.fullmatch(weight.replace(" ", ""))
        weights[coding] = 1.0 if not weight else float(match[1]) if match else 0.0
    return weights
