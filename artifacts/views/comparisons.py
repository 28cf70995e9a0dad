"""Two states side by side: two sessions, two saves, or a save and what became of it."""

from typing import TypedDict

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from artifacts import comparison
from artifacts.forms import CompareForm
from artifacts.states import State, load_state
from llmspell_web.teams.models import User
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import add_problem
from llmspell_web.web.problems import Problem
from sessions.models import Session
from sessions.offers import recent_sessions

SESSIONS_SHOWN = 20


@require_safe
def compare(request: AccountRequest) -> HttpResponse:
    """`?a=` and `?b=`, or `selected` twice: a session's id, or `ID:3` for its third save. `show=all` for what is the
    same, too; `after` is the name that the page of artifacts before ended with. Without both: choosing them."""
    form = CompareForm.of(request.GET)
    states = _load(request.user, form)
    if form.errors or len(states) < 2:
        context: dict[str, object] = {"form": form, "choices": _choices(request.user, form)}
        return render(request, "artifacts/compare_choose.html", context, status=422 if form.errors else 200)
    first, second = states
    show_all = request.GET.get("show") == "all"
    context = {
        "first": first,
        "second": second,
        "show_all": show_all,
        "here": f"?{urlencode({'a': first.reference, 'b': second.reference})}",
        "swapped": f"?{urlencode({'a': second.reference, 'b': first.reference})}",
        "sections": _sections(first, second, show_all=show_all),
        "artifacts": comparison.compare_artifacts(
            first, second, after=request.GET.get("after", ""), differences_only=not show_all
        ),
    }
    return render(request, "artifacts/compare.html", context)


class Section(TypedDict):
    """`same` counts the lines that are not shown for being the same on both sides, `cut` those beyond the limit."""

    title: str
    lines: list[comparison.Line]
    same: int
    cut: int


def _load(user: User, form: CompareForm) -> list[State]:
    states = []
    for name in ("a", "b"):
        if reference := form.given(name):
            try:
                states.append(load_state(user, reference))
            except Problem as problem:
                add_problem(form, problem, field=name)
    return states


def _choices(user: User, form: CompareForm) -> list[Session]:
    first, _, _ = form.given("a").partition(":")
    recent = recent_sessions(user, SESSIONS_SHOWN + 1)
    return [session for session in recent if str(session.pk) != first][:SESSIONS_SHOWN]


def _sections(first: State, second: State, *, show_all: bool) -> list[Section]:
    sections = []
    for title, compare_part in (
        ("Fields", comparison.compare_fields),
        ("Tags", comparison.compare_tags),
        ("Metadata", comparison.compare_metadata),
    ):
        every = compare_part(first, second)
        lines = [line for line in every if show_all or line.verdict != "same"]
        shown = lines[: comparison.LINES_MAX]
        sections.append(Section(title=title, lines=shown, same=len(every) - len(lines), cut=len(lines) - len(shown)))
    return sections
