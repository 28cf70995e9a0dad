"""Pages go compressed over the wire; what streams stays as it is."""

from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

Response = TypeVar("Response", bound=HttpResponseBase)


class PageCompression(GZipMiddleware):
    """Django's own, which hides the length of what it compresses (BREACH), for whole responses only.

    A console would wait in its buffer, and a download would lose the length and the encoding that it is sent with.
    """

    def process_response(self, request: HttpRequest, response: Response) -> Response:
        if response.streaming:
            return response
        compressed: Response = super().process_response(request, response)
        return compressed
