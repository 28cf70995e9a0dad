"""What stands before every view: who is not logged in, and the mistakes that users make (`problems.Problem`)."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRefresh

from llmspell_web.web.errors import answer_problem
from llmspell_web.web.htmx import is_partial, wants_json
from llmspell_web.web.problems import Problem


class LoginMiddleware(LoginRequiredMiddleware):
    """A page leads to the log-in page. Of a page left open after logging out, a part reloads the page, which then does
    the same, and a script gets 401; neither gets the log-in page in place of what it asked for."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],  # Any: as Django has it
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None:
            return None
        if wants_json(request):
            return JsonResponse({"message": "You are logged out. Reload this page to log in again."}, status=401)
        return HttpResponseClientRefresh() if is_partial(request) else refusal


class PrivateAnswers:
    """An answer is for who asked: no cache on the way keeps it, and a browser asks again before it shows it once more,
    unless the view says something else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response


class ProblemMiddleware:
    """404, 403, 409, 422 or 429 for a Problem that a view lets through; forms show theirs beside the field instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return answer_problem(request, exception) if isinstance(exception, Problem) else None
