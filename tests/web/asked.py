"""Which names of parameters and fields a view asks for: noted while it answers, so that a test can send each."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict

ASKED: set[str] = set()


class _NotingDict(QueryDict):
    """Reads as the one that it is made of."""

    @classmethod
    def of(cls, other: QueryDict) -> "_NotingDict":
        return cls(other.urlencode())  # type: ignore[return-value]  # it is one

    def __contains__(self, name: object) -> bool:
        ASKED.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> Any:  # Any: as Django has it
        ASKED.add(name)
        return super().__getitem__(name)

    def _getlist(self, name: str, *given: Any, **named: Any) -> Any:  # Any: as above
        ASKED.add(name)
        return super()._getlist(name, *given, **named)  # type: ignore[misc]  # not in the stubs


class AskedNames:
    """Middleware: behind all others, so that the names are those of the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.GET = _NotingDict.of(request.GET)  # type: ignore[assignment]  # a QueryDict
        request.POST = _NotingDict.of(request.POST)  # type: ignore[assignment]  # a QueryDict
        return self.get_response(request)
