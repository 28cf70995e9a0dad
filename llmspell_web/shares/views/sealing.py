"""What holds for every answer below `/s/`: nobody has to log in, nothing leads out, and nothing keeps or spreads it."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from llmspell_web.shares.access import NO_LINK, find_share
from llmspell_web.shares.models import Share
from llmspell_web.shares.visitors import has_opened
from llmspell_web.web.errors import TITLES, sentence, status_of
from llmspell_web.web.problems import NotFound, Problem, TooManyTries

# No script at all: pages of visitors are plain. Answers with content of artifacts have stricter policies of their own.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
View = Callable[..., HttpResponseBase]


def sealed(view: View) -> View:
    """Without a token against forged forms, which a page that sends no Referer could not use: whoever forges one here
    has to know the link, and then may open it."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, token: str, **place: object) -> HttpResponseBase:
        try:
            response = view(request, token, **place)
        except Problem as problem:
            response = _tell(request, problem)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        if "ETag" not in response:  # what has one is asked for again each time
            response["Cache-Control"] = "private, no-store"
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = POLICY
        return response

    return answer


def for_opened(view: View) -> View:
    """The view gets the share. Who has not opened it is led to the question whether to."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, **place: object) -> HttpResponseBase:
        share = find_share(token)
        if has_opened(request, share):
            return view(request, share, token, **place)
        check_open_to_newcomers(share)
        return redirect("shares:shared", token)

    return answer


def check_open_to_newcomers(share: Share) -> None:
    if share.is_used_up:
        raise NotFound(NO_LINK)


def _tell(request: HttpRequest, problem: Problem) -> HttpResponse:
    status = status_of(problem)
    context = {"title": TITLES[status], "message": sentence(str(problem)), "status": status}
    response = render(request, "shares/problem.html", context, status=status)
    if isinstance(problem, TooManyTries):
        response["Retry-After"] = str(problem.seconds)
    return response
