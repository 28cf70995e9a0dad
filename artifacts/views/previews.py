"""What pages of artifacts show inside them: content that a browser can show itself, and pictures drawn of others."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from artifacts.access import get_artifact
from artifacts.inline import send_frame, send_inline, send_picture
from artifacts.previews.documents import FRAME_BYTES, PAGES_SHOWN
from artifacts.previews.drawing import CannotDraw, NotNow
from artifacts.previews.look import take_look
from artifacts.previews.readers import find_shown_kind
from artifacts.previews.renditions import find_page, find_picture, find_thumbnail
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.problems import NotFound


@require_safe
def content(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    """The content in the type that its bytes have, whatever its name says; only pictures, sound and film."""
    artifact = get_artifact(request.user, pk)
    kind = find_shown_kind(take_look(artifact))
    if kind is None or not kind.mime_type:
        raise NotFound("this is nothing that a browser shows by itself: download it")
    return send_inline(request, artifact, kind.mime_type)


@require_safe
def frame(request: AccountRequest, pk: UUID) -> HttpResponseBase:
    """HTML, for a frame in which nothing of it runs."""
    artifact = get_artifact(request.user, pk)
    kind = find_shown_kind(take_look(artifact))
    if kind is None or kind.name != "html" or artifact.blob.size > FRAME_BYTES:
        raise NotFound("this is no page that could be shown: download it")
    return send_frame(request, artifact)


@require_safe
def picture(request: AccountRequest, pk: UUID) -> HttpResponse:
    """A picture of an image that browsers do not show, or of one page of a PDF."""
    look = take_look(get_artifact(request.user, pk), request.GET)
    kind = find_shown_kind(look)
    try:
        match kind.name if kind else "":
            case "image":
                return send_picture(find_picture(look.blob))
            case "pdf":
                return send_picture(find_page(look.blob, look.number("page", least=1, most=PAGES_SHOWN, default=1)))
    except (CannotDraw, NotNow) as problem:
        raise NotFound(f"there is no picture of it: {problem}") from None
    raise NotFound("there is no picture of it")


@require_safe
def thumbnail(request: AccountRequest, pk: UUID) -> HttpResponse:
    """For lists. Where there is none, a picture that says so: lists know only what the name of a content says."""
    look = take_look(get_artifact(request.user, pk))
    kind = find_shown_kind(look)
    try:
        if kind and kind.name == "image":
            return send_picture(find_thumbnail(look.blob))
    except (CannotDraw, NotNow):
        pass  # its page says why
    return redirect(static("web/no-picture.svg"))
