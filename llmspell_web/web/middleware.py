"""Turns the mistakes that users make (`problems.Problem`) into answers in words."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from llmspell_web.web.errors import answer_problem
from llmspell_web.web.problems import Problem


class ProblemMiddleware:
    """404, 403, 409 or 422 for a Problem that a view lets through; forms show theirs beside the field instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return answer_problem(request, exception) if isinstance(exception, Problem) else None
