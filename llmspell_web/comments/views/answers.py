"""Where somebody is led who has written something."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from llmspell_web.comments.services import Written
from llmspell_web.web.navigation import go_back


def lead_to(request: HttpRequest, written: Written) -> HttpResponse:
    """To the comment, on the page where it was written. Says which names went unheard, alike of those that nobody goes
    by and of those whose bearers cannot see it."""
    if written.unheard:
        names = ", ".join(f"@{name}" for name in written.unheard)
        messages.warning(request, f"Nobody who can see this goes by the name: {names}. It stays as it is written.")
    response = go_back(request, written.comment.get_absolute_url())
    if request.POST.get("next"):
        response["Location"] = f"{response.url.partition('#')[0]}#comment-{written.comment.pk}"
    return response
