"""Every page that says that something could not be done: a title, what happened in words, and the way on."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from llmspell_web.web.direction import without_turns
from llmspell_web.web.htmx import is_partial, wants_json
from llmspell_web.web.problems import Conflict, Failed, Forbidden, InvalidField, NotFound, Problem, TooManyTries
from llmspell_web.web.request_ids import current_request_id

TITLES = {
    400: "This request could not be read",
    403: "You may not do this",
    404: "There is nothing here",
    409: "Not in this state",
    422: "Something needs to be corrected",
    429: "Too many tries",
    500: "The server failed",
}
PROBLEM_STATUS: dict[type[Problem], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    InvalidField: 422,
    TooManyTries: 429,
    Failed: 500,
}


def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    answer = answer_error(request, status_of(problem), sentence(str(problem)))
    if isinstance(problem, TooManyTries):
        answer["Retry-After"] = str(problem.seconds)
    return answer


def status_of(problem: Problem) -> int:
    return next((code for kind, code in PROBLEM_STATUS.items() if isinstance(problem, kind)), 400)


def answer_error(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """JSON for a script, the words alone for htmx, else a page."""
    message = without_turns(message)
    if wants_json(request):
        return JsonResponse({"message": message}, status=status)
    context = {"title": TITLES[status], "message": message, "status": status, "request_id": current_request_id()}
    if not is_partial(request):
        return render(request, "web/error.html", context, status=status)
    if status in {403, 404}:  # the page offers what it would not offer now
        context["page_url"] = request.htmx.current_url_abs_path  # type: ignore[attr-defined]  # as in `is_partial`
    return render(request, "web/_error.html", context, status=status)


def sentence(text: str) -> str:
    """The text, ready to stand alone on a page."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    match exception:
        case DisallowedHost():  # refused before the middleware that a page needs
            words = "This server does not answer to this name: LLMSPELL_ALLOWED_HOSTS lists those that it does.\n"
            return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
        case RequestDataTooBig():
            message = "What was sent is larger than this form takes. A script is at most 1 MB."
        case TooManyFilesSent():
            message = f"One form takes at most {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files. Nothing was stored."
        case TooManyFieldsSent():
            message = "More was selected than this form takes: select fewer, or everything that matches."
        case MultiPartParserError():
            message = "The upload was cut short or is not a valid form. Nothing was stored. Please send it again."
        case _:
            message = "The browser sent something that this page does not understand."
    return answer_error(request, 400, message)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_error(request, 403, "Your account is not allowed to do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_error(request, 404, "The address is wrong, or what was here is gone or not visible to you.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Printed without the header: whatever failed may be what the header needs."""
    return render(None, "500.html", {"request_id": current_request_id()}, status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer_error(
        request, 403, "This form is too old, or cookies are off. Go back, reload the page and send it again."
    )
