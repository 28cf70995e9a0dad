"""Where to go after a small action: back to where it was asked for."""

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def go_back(request: HttpRequest, fallback: str) -> HttpResponseRedirect:
    """To the form's `next`, if it is a page of ours, else to `fallback`."""
    return HttpResponseRedirect(own_path(request, request.POST.get("next", "")) or fallback)


def own_path(request: HttpRequest, target: str) -> str:
    """The target, if it is a page of ours; else empty."""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith("/") else ""
