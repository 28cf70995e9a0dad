"""What the URL of a comparison asks for, and the links of its page."""

from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from artifacts.diffs.choice import Difference, What, compare_contents
from artifacts.models import Artifact
from artifacts.previews.look import read_choice, read_number
from llmspell_web.web.problems import InvalidField

LAYOUTS: dict[What, tuple[str, ...]] = {
    "lines": ("unified", "split"),
    "pictures": ("side", "swipe", "difference", "contrast"),
}
EVERY_LAYOUT = ("", *(name for names in LAYOUTS.values() for name in names))
PERCENT = 100


class ComparePage(TypedDict):
    """`at` is the place of the divider, in percent of the width; `problems` are words for what cannot be done."""

    a: Artifact
    b: Artifact
    difference: Difference
    layout: str
    at: int
    is_unfolded: bool
    links: dict[str, str]
    problems: list[str]


def read_comparison(a: Artifact, b: Artifact, query: Mapping[str, str]) -> ComparePage:
    """`layout=` one of those in LAYOUTS, `lines=all` without folding, `as=text` line by line whatever is text, `at=`
    the divider of `swipe`. A value that cannot be had is told among the problems; else it is as if it were not there.
    """
    problems: list[str] = []
    is_text = _choose(query, "as", ("", "text"), problems) == "text"
    is_unfolded = _choose(query, "lines", ("", "all"), problems) == "all"
    difference = compare_contents(a, b, as_text=is_text, fold=not is_unfolded)
    layouts = LAYOUTS.get(difference.what, EVERY_LAYOUT)  # where there is one layout alone, each word means it
    layout = _choose(query, "layout", layouts, problems)
    if is_text and difference.what == "pictures":
        problems.append("as: pictures cannot be compared as text")
    shown = {"layout": layout, "lines": "all" if is_unfolded else "", "as": "text" if is_text else ""}
    return {
        "a": a,
        "b": b,
        "difference": difference,
        "layout": layout,
        "at": _read_divider(query, problems),
        "is_unfolded": is_unfolded,
        "links": _links(a.pk, b.pk, shown),
        "problems": problems,
    }


def _choose(query: Mapping[str, str], name: str, among: tuple[str, ...], problems: list[str]) -> str:
    try:
        return read_choice(query, name, among)
    except InvalidField as problem:
        problems.append(str(problem))
        return among[0]


def _read_divider(query: Mapping[str, str], problems: list[str]) -> int:
    try:
        return read_number(query, "at", most=PERCENT, default=PERCENT // 2)
    except InvalidField as problem:
        problems.append(str(problem))
        return PERCENT // 2


def _links(a: UUID, b: UUID, shown: dict[str, str]) -> dict[str, str]:
    """To the same comparison with one thing changed, by what that is."""
    layouts = {name: _link(a, b, shown | {"layout": name}) for name in EVERY_LAYOUT if name}
    return layouts | {
        "swapped": _link(b, a, shown),
        "unfold": _link(a, b, shown | {"lines": "all"}),
        "text": _link(a, b, shown | {"layout": "", "as": "text"}),
        "best": _link(a, b, shown | {"layout": "", "as": ""}) if shown["as"] else "",
    }


def _link(a: UUID, b: UUID, shown: dict[str, str]) -> str:
    asked = {name: value for name, value in shown.items() if value}
    return f"{reverse('artifacts:compare_versions')}?{urlencode({'a': str(a), 'b': str(b), **asked})}"
