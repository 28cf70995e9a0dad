"""What pages of artifacts show inside them, for those who may see the artifact: see `artifacts/parts.py`."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from artifacts import parts
from artifacts.access import get_artifact
from llmspell_web.teams.requests import AccountRequest


@require_safe
def content(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    return parts.send_content(request, get_artifact(request.user, pk))


@require_safe
def frame(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    return parts.send_page(request, get_artifact(request.user, pk))


@require_safe
def picture(request: AccountRequest, pk: UUID) -> HttpResponse:
    return parts.send_drawing(request, get_artifact(request.user, pk))


@require_safe
def thumbnail(request: AccountRequest, pk: UUID) -> HttpResponse:
    return parts.send_thumbnail(request, get_artifact(request.user, pk))
