"""Messages that offer to take back what they tell of."""

from django.contrib import messages
from django.http import HttpRequest


def tell_with_undo(request: HttpRequest, text: str, undo_url: str) -> None:
    """The next page shows the text with a button that posts to `undo_url`: `web/_messages.html` reads it from the
    message's extra tags."""
    messages.success(request, text, extra_tags=undo_url)
