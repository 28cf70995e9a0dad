"""Which links a browser has opened: one signed cookie for each, that is sent to the pages below the link alone.

The signature covers the share, its digest and its password: a cookie of one link opens no other, and none at all once
the password is another one. That the link has not ended is asked at every request.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from llmspell_web.shares.models import Share


def has_opened(request: HttpRequest, share: Share) -> bool:
    return request.get_signed_cookie(_name(share), None, salt=_salt(share)) == share.pk.hex


def remember_opened(response: HttpResponse, share: Share, token: str) -> None:
    """Until the link expires."""
    response.set_signed_cookie(
        _name(share),
        share.pk.hex,
        salt=_salt(share),
        max_age=max(0, int((share.expires_at - datetime.now(UTC)).total_seconds())),
        path=reverse("shares:shared", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _name(share: Share) -> str:
    return f"llmspell_share_{share.pk.hex}"


def _salt(share: Share) -> str:
    return f"share {share.digest} {share.password}"
