"""The filter of a list as it stands in the URL. What a value means is read where the search box reads it."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField, Problem
from sessions.box import TERMS_MAX, BoxError, read_box
from sessions.tag_text import split_tags
from sessions.terms import Reader
from sessions.wanted import Condition

TIME_HELP = ">7d, today, 2026-01-31, 2026-01-01..2026-01-31"
LISTS = ("tag", "any", "none")  # several tags each (`tag_text.py`)


class TextInput(forms.TextInput):
    """As Django's, which renders a template for each: of the fields of a list these take a tenth of its time."""

    def render(
        self,
        name: str,
        value: object,
        attrs: dict[str, Any] | None = None,
        renderer: object = None,  # noqa: ARG002
    ) -> SafeString:  # Any: as Django has it; there is nothing to render with
        given = self.get_context(name, value, attrs)["widget"]
        shown = {"type": given["type"], "name": given["name"], "value": given["value"], **given["attrs"]}
        return format_html("<input{}>", flatatt(shown))


def text_field(label: str, placeholder: str = "", **attributes: str) -> forms.CharField:
    attrs = {"placeholder": placeholder, "autocomplete": "off", **attributes}
    return forms.CharField(required=False, label=label, strip=True, widget=TextInput(attrs=attrs))


def search_field(placeholder: str = "") -> forms.CharField:
    return text_field("Search", placeholder, type="search", maxlength="2000")


def choice_field(label: str, choices: Iterable[tuple[str, str]]) -> forms.MultipleChoiceField:
    known = list(choices)
    expected = f'Expected {", ".join(value for value, _ in known)}, got "%(value)s".'
    return forms.MultipleChoiceField(
        required=False,
        label=label,
        choices=known,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": expected},
    )


def sort_field(labels: dict[str, tuple[str, str]]) -> forms.CharField:
    """`labels`: of each order, rising and falling."""
    sorts = [(f"{sign}{name}", labels[name][sign == "-"]) for name in labels for sign in ("-", "")]
    return forms.CharField(required=False, label="Order", widget=forms.Select(choices=sorts))


class ListForm(forms.Form):
    """Every field may be empty. All that are given must hold. Errors stand beside the field, none is dropped.

    Tables add fields: those in `choices` take several values, those in `terms` one, read by the term of their name.
    `q`, tags and `sort` are the same for all.
    """

    choices: ClassVar[tuple[str, ...]] = ()
    terms: ClassVar[tuple[str, ...]] = ()

    q = search_field()
    tag = text_field("All of these tags", "support, urgent")
    any = text_field("Any of these tags")
    none = text_field("None of these tags")

    box_error: BoxError | None = None

    def values(self, name: str) -> list[str]:
        """What the URL gives for the field, in parts that can be taken away one by one."""
        given = [value for value in self.data.getlist(name) if value] if hasattr(self.data, "getlist") else []
        if name in LISTS:
            tags = [tag for value in given for tag in split_tags(value)]
            return tags[: TERMS_MAX + 1]  # one more than there may be: that there are too many is told
        return given if name in self.choices else given[-1:]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.choices]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"q", "sort", *self.choices}]

    @property
    def uses_fields(self) -> bool:
        """Whether a field beside the box and the order holds something, right or wrong."""
        return any(self.values(name) or name in self.errors for name in self.fields if name not in {"q", "sort"})

    def read(self, reader: Reader) -> Condition | None:
        """What all fields ask for together. Without meaning once the form has errors."""
        self.full_clean()
        found = [self._read_box(reader)]
        for name in self.choices:
            if name not in self.errors and (held := self.values(name)):
                found += [self.read_term(reader, name, name, ",".join(held))]
        tags = {name: self._read_tags(reader, name) for name in LISTS}
        found += tags["tag"]
        either = None
        for choice in tags["any"]:
            either = choice if either is None or choice is None else either | choice
        found.append(either)
        found += [None if without is None else ~without for without in tags["none"]]
        for name in self.terms:
            found += [self.read_term(reader, name, name, value.strip()) for value in self.values(name)]
        found += self.read_more(reader)
        return _all_of(found)

    def read_more(self, reader: Reader) -> list[Condition | None]:  # noqa: ARG002  # tables with fields of their own read them
        return []

    def add_problem(self, name: str, problem: Problem) -> None:
        words = f"expected {problem.expected}" if isinstance(problem, InvalidField) else str(problem)
        self.add_error(name, sentence(words))

    def read_term(self, reader: Reader, name: str, term: str, value: str) -> Condition | None:
        try:
            return reader.read(term, value)
        except Problem as problem:
            self.add_problem(name, problem)
            return None

    def _read_tags(self, reader: Reader, name: str) -> list[Condition | None]:
        tags = self.values(name)
        if len(tags) > TERMS_MAX:
            self.add_error(name, f"Expected at most {TERMS_MAX} tags, got more.")
            return []
        return [self.read_term(reader, name, "tag", tag) for tag in tags]

    def _read_box(self, reader: Reader) -> Condition | None:
        try:
            return read_box(self.data.get("q", ""), reader)
        except BoxError as error:
            self.box_error = error
            self.add_error("q", sentence(str(error)))
            return None


def _all_of(found: list[Condition | None]) -> Condition | None:
    everything: Condition | None = None
    for condition in found:
        if condition is not None:
            everything = condition if everything is None else everything & condition
    return everything
