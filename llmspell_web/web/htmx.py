"""Telling a request for a part of a page from one for the whole page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

PARTIAL_HEADERS = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")


class HtmxRequest(HttpRequest):
    """A request that has passed HtmxMiddleware."""

    htmx: HtmxDetails


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of this page. Answer with `render_either`, which sets `Vary`."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_either(
    request: HttpRequest, page: str, partial: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    """`partial` for htmx, `page` for everybody else, with the same context."""
    response = render(request, partial if is_partial(request) else page, context, status=status)
    patch_vary_headers(response, PARTIAL_HEADERS)
    return response


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
