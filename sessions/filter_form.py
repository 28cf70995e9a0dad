"""The filter of the list as it stands in the URL. What a value means is read where the search box reads it."""

from django import forms

from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField, Problem
from sessions.box import TERMS_MAX, BoxError, read_box
from sessions.models import Session
from sessions.pages import COLUMNS
from sessions.tag_text import split_tags
from sessions.terms import TermReader
from sessions.wanted import Condition

TIME_HELP = ">7d, today, 2026-01-31, 2026-01-01..2026-01-31"
LISTS = ("tag", "any", "none")  # several tags each (`tag_text.py`)
SORT_LABELS = {
    "updated": ("oldest update first", "last updated first"),
    "created": ("oldest first", "newest first"),
    "name": ("name from A", "name from Z"),
    "status": ("status from A", "status from Z"),
    "artifacts": ("fewest artifacts first", "most artifacts first"),
    "size": ("smallest first", "largest first"),
}
SORTS = [(f"{sign}{name}", SORT_LABELS[name][sign == "-"]) for name in COLUMNS for sign in ("-", "")]


def _text(label: str, placeholder: str = "", **attributes: str) -> forms.CharField:
    attrs = {"placeholder": placeholder, "autocomplete": "off", **attributes}
    return forms.CharField(required=False, label=label, strip=True, widget=forms.TextInput(attrs=attrs))


class FilterForm(forms.Form):
    """Every field may be empty. All that are given must hold. Errors stand beside the field, none is dropped."""

    q = _text("Search", 'refund tag:support created:>7d -status:failed "exact words"', type="search", maxlength="2000")
    status = forms.MultipleChoiceField(
        required=False,
        label="Status",
        choices=Session.Status.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": f'Expected {", ".join(Session.Status.values)}, got "%(value)s".'},
    )
    tag = _text("All of these tags", "support, urgent")
    any = _text("Any of these tags")
    none = _text("None of these tags")
    owner = _text("Owner", "me, or a user name")
    team = _text("Team", "a team's short name")
    created = _text("Created", TIME_HELP, list="times")
    updated = _text("Updated", TIME_HELP, list="times")
    parent = _text("Parent", "none, or a session's id")
    meta = _text("Metadata", "model.name=value")
    type = _text("Has artifacts of type", "tool_result")
    sort = forms.CharField(required=False, label="Order", widget=forms.Select(choices=SORTS))

    box_error: BoxError | None = None

    def values(self, name: str) -> list[str]:
        """What the URL gives for the field, in parts that can be taken away one by one."""
        given = [value for value in self.data.getlist(name) if value] if hasattr(self.data, "getlist") else []
        if name in LISTS:
            tags = [tag for value in given for tag in split_tags(value)]
            return tags[: TERMS_MAX + 1]  # one more than there may be: that there are too many is told
        return given if name == "status" else given[-1:]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"q", "status", "sort"}]

    @property
    def uses_fields(self) -> bool:
        """Whether a field beside the box and the order holds something, right or wrong."""
        return any(self.values(name) or name in self.errors for name in self.fields if name not in {"q", "sort"})

    def read(self, reader: TermReader) -> Condition | None:
        """What all fields ask for together. Without meaning once the form has errors."""
        self.full_clean()
        found = [self._read_box(reader)]
        if "status" not in self.errors and (held := self.values("status")):
            found.append(self._read(reader, "status", "status", ",".join(held)))
        tags = {name: self._read_tags(reader, name) for name in LISTS}
        found += tags["tag"]
        either = None
        for choice in tags["any"]:
            either = choice if either is None or choice is None else either | choice
        found.append(either)
        found += [None if without is None else ~without for without in tags["none"]]
        for name in ("owner", "team", "created", "updated", "parent", "type"):
            found += [self._read(reader, name, name, value.strip()) for value in self.values(name)]
        found += [self._read_metadata(reader, value) for value in self.values("meta")]
        return _all_of(found)

    def add_problem(self, name: str, problem: Problem) -> None:
        words = f"expected {problem.expected}" if isinstance(problem, InvalidField) else str(problem)
        self.add_error(name, sentence(words))

    def _read(self, reader: TermReader, name: str, term: str, value: str) -> Condition | None:
        try:
            return reader.read(term, value)
        except Problem as problem:
            self.add_problem(name, problem)
            return None

    def _read_tags(self, reader: TermReader, name: str) -> list[Condition | None]:
        tags = self.values(name)
        if len(tags) > TERMS_MAX:
            self.add_error(name, f"Expected at most {TERMS_MAX} tags, got more.")
            return []
        return [self._read(reader, name, "tag", tag) for tag in tags]

    def _read_metadata(self, reader: TermReader, text: str) -> Condition | None:
        path, equals, value = text.partition("=")
        if not equals:
            self.add_error("meta", "Expected key=value, such as ticket_id=12345.")
            return None
        return self._read(reader, "meta", f"meta.{path.strip()}", value.strip())

    def _read_box(self, reader: TermReader) -> Condition | None:
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
