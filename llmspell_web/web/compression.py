"""Pages go compressed over the wire; what streams stays as it is."""

from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware


class PageCompression(GZipMiddleware):
    """Django's own, which hides the length of what it compresses (BREACH), for whole responses only.

    A console would wait in its buffer, and a download would lose the length and the encoding that it is sent with.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:  # any kind of response, as Django has it
        return response if response.streaming else super().process_response(request, response)
