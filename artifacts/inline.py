"""Content that a browser shows itself, inside our pages: never scripts, never more than one resource.

Whatever is sent here has a type that the bytes were found to be, from a short list, and a policy of its own that lets
it load and run nothing: also for somebody who opens its address alone.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from artifacts.downloads import send_blob
from artifacts.models import Artifact, Rendition

MEDIA_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
# A frame of ours shows it; its own styles and pictures are inside of it.
FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
)


def send_inline(request: HttpRequest, artifact: Artifact, mime_type: str) -> HttpResponseBase:
    """The exact content, as a picture, sound or film of this type."""
    response = send_blob(request, artifact.blob, name=artifact.name, mime_type=mime_type)
    return _show(response, artifact.name, MEDIA_POLICY)


def send_frame(request: HttpRequest, artifact: Artifact) -> HttpResponseBase:
    """HTML for an `iframe` with `sandbox`: without scripts, forms, an origin, or the network."""
    response = send_blob(request, artifact.blob, name=artifact.name, mime_type="text/html")
    response["X-Frame-Options"] = "SAMEORIGIN"
    return _show(response, artifact.name, FRAME_POLICY)


def send_picture(rendition: Rendition) -> HttpResponse:
    """What was drawn of a content never changes, and neither does the content at an artifact's address."""
    response = HttpResponse(bytes(rendition.picture), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = MEDIA_POLICY
    return response


def _show(response: HttpResponseBase, name: str, policy: str) -> HttpResponseBase:
    if "Content-Disposition" in response:
        response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Content-Security-Policy"] = policy
    return response
