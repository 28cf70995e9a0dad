"""The parts of an artifact's page that have addresses of their own, for whoever may see the artifact.

Content that a browser can show itself, pictures drawn of others, and the download.
"""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static

from artifacts.downloads import send_blob
from artifacts.inline import send_frame, send_inline, send_picture
from artifacts.models import Artifact
from artifacts.previews.documents import FRAME_BYTES, PAGES_SHOWN
from artifacts.previews.drawing import CannotDraw, NotNow
from artifacts.previews.look import take_look
from artifacts.previews.readers import find_shown_kind
from artifacts.previews.renditions import find_page, find_picture, find_thumbnail
from llmspell_web.web.problems import NotFound


def send_download(request: HttpRequest, artifact: Artifact) -> HttpResponseBase:
    return send_blob(
        request, artifact.blob, name=artifact.name, mime_type=artifact.mime_type, modified=artifact.created_at
    )


def send_content(request: HttpRequest, artifact: Artifact) -> HttpResponseBase:
    """In the type that its bytes have, whatever its name says; only pictures, sound and film."""
    kind = find_shown_kind(take_look(artifact))
    if kind is None or not kind.mime_type:
        raise NotFound("this is nothing that a browser shows by itself: download it")
    return send_inline(request, artifact, kind.mime_type)


def send_page(request: HttpRequest, artifact: Artifact) -> HttpResponseBase:
    """HTML, for a frame in which nothing of it runs."""
    kind = find_shown_kind(take_look(artifact))
    if kind is None or kind.name != "html" or artifact.blob.size > FRAME_BYTES:
        raise NotFound("this is no page that could be shown: download it")
    return send_frame(request, artifact)


def send_drawing(request: HttpRequest, artifact: Artifact) -> HttpResponse:
    """A picture of an image that browsers do not show, or of the page `?page=` of a PDF."""
    look = take_look(artifact, request.GET)
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


def send_thumbnail(request: HttpRequest, artifact: Artifact) -> HttpResponse:
    """For lists. Where there is none, a picture that says so: lists know only what the name of a content says."""
    look = take_look(artifact)
    kind = find_shown_kind(look)
    try:
        if kind and kind.name == "image":
            return send_picture(find_thumbnail(look.blob))
    except (CannotDraw, NotNow):
        pass  # its page says why
    return redirect(static("web/no-picture.svg"))


# By the last part of the address, wherever the page stands.
PARTS: Mapping[str, Callable[[HttpRequest, Artifact], HttpResponseBase]] = {
    "download": send_download,
    "content": send_content,
    "frame": send_page,
    "picture": send_drawing,
    "thumbnail": send_thumbnail,
}
