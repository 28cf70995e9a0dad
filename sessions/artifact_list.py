"""The artifacts of one session as its page lists them: a row for each name, by filter, order and page of the URL."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict

from llmspell_web.teams.models import User
from llmspell_web.web.errors import sentence
from llmspell_web.web.paging import read_key
from llmspell_web.web.problems import InvalidField
from sessions.bulk_words import words_about
from sessions.fields import describe
from sessions.list_page import Heading
from sessions.models import Session
from sessions.words import TEXT_MAX_CHARACTERS, read_terms

PAGE_SIZE = 50
UNREAD_MAX = 100
COLUMNS = {"stored": "id", "name": "name", "size": "size"}  # ids rise in the order stored
SORTS = (
    ("-stored", "newest first"),
    ("stored", "oldest first"),
    ("name", "name from A"),
    ("-name", "name from Z"),
    ("-size", "largest first"),
    ("size", "smallest first"),
)
DEFAULT_SORT = SORTS[0][0]


def _text(label: str, placeholder: str, most: int = 255) -> forms.CharField:
    widget = forms.TextInput(attrs={"placeholder": placeholder, "autocomplete": "off"})
    return forms.CharField(required=False, max_length=most, label=label, widget=widget)


class ArtifactFilterForm(forms.Form):
    """Every field may be empty; all that are given must hold for the newest version of a name."""

    name = _text("Name", "report or *.csv")
    type = _text("Type", "tool_result")
    tag = _text("Tag", "final")
    by = _text("Stored by", "me, or a user name")
    inside = _text("Text inside", "refund approv*", TEXT_MAX_CHARACTERS)
    sort = forms.ChoiceField(
        required=False,
        label="Order",
        choices=SORTS,
        error_messages={"invalid_choice": f"Expected one of {', '.join(value for value, _ in SORTS)}."},
    )

    @property
    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "type", "tag", "by", "inside")]

    def clean_inside(self) -> str:
        text: str = self.cleaned_data["inside"]
        if text:
            try:
                read_terms(text, "inside")
            except InvalidField as problem:
                raise forms.ValidationError(sentence(f"expected {problem.expected}")) from None
        return text

    @property
    def is_used(self) -> bool:
        return any(field.value() or field.errors for field in self.filters)

    @property
    def order(self) -> str:
        return self.cleaned_data["sort"] or DEFAULT_SORT

    def narrow(self, artifacts: Any, reader: User) -> Any:  # Any: artifacts lie above this room
        """The artifacts that everything given holds for. Not to be asked while the form has errors."""
        given = self.cleaned_data
        if given["name"]:
            artifacts = artifacts.named_like(given["name"])
        if given["type"]:
            artifacts = artifacts.filter(artifact_type=given["type"].lower())
        if given["tag"]:
            artifacts = artifacts.tagged(given["tag"])
        if given["by"]:
            name = reader.get_username() if given["by"] == "me" else given["by"]
            artifacts = artifacts.filter(created_by__username=name)
        if given["inside"]:
            artifacts = artifacts.inside(given["inside"])
        return artifacts

    def query(self, **changes: str) -> str:
        """The filter and order as the query of a URL, with its question mark; empty for everything as it comes."""
        pairs = {name: self.data.get(name, "") for name in self.fields} | changes
        kept = [(name, value) for name, value in pairs.items() if value and (name, value) != ("sort", DEFAULT_SORT)]
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True)
class ArtifactPage:
    """`next` and `previous` are what `page` in the URL asks for them by; empty where the list ends."""

    items: list[Any]
    next: str = ""
    previous: str = ""


def artifact_tab(session: Session, reader: User, query: QueryDict) -> dict[str, object]:
    """`page` is None while the form has errors. `seen` is the number of the event after which changes are news."""
    form = ArtifactFilterForm(query, auto_id="find_%s")  # the session's own fields, edited in place, have other ids
    place = query.get("page", "")
    here = f"{session.get_absolute_url()}{form.query(page=place)}"
    context: dict[str, object] = {"form": form, "page": None, "here": here}
    if form.is_valid():
        artifacts = form.narrow(session.artifacts.newest(), reader)
        page = page_artifacts(session, artifacts, form.order, place)
        if text := form.cleaned_data["inside"]:
            artifacts.add_snippets(page.items, text)
            context["unread"] = session.artifacts.unread()[: UNREAD_MAX + 1].count()
            context["unread_max"] = UNREAD_MAX
        context |= {
            "seen": session.event_count,
            "page": page,
            "bulk_words": words_about("artifact"),
            "bulk_filter": urlencode({"in": session.pk}) + form.query().replace("?", "&"),
            "headings": _headings(session, form),
            "first_page_query": form.query(),
            "bundle_query": form.query(sort=""),
            "bundle_every_query": form.query(sort="", versions="all"),
        }
    return context


def page_artifacts(session: Session, artifacts: Any, order: str, place: str) -> ArtifactPage:
    """`place` is `after.ID` or `before.ID`, the id of an artifact of the session; it may have gone since. Costs two
    queries, the tags' among them, and one to find the place."""
    descending, column = order.startswith("-"), COLUMNS[order.lstrip("-")]
    backwards = place.startswith("before.")
    falling = descending != backwards
    if place:
        artifacts = artifacts.filter(_beyond(session, place, column, falling))
    sign = "-" if falling else ""
    ordered = artifacts.order_by(*dict.fromkeys([f"{sign}{column}", f"{sign}id"]))
    rows = list(ordered.select_related("created_by").prefetch_related("tags")[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(place))
    if not rows:
        return ArtifactPage([])
    return ArtifactPage(
        rows, f"after.{rows[-1].pk}" if has_next else "", f"before.{rows[0].pk}" if has_previous else ""
    )


def _beyond(session: Session, place: str, column: str, falling: bool) -> Q:
    direction, _, text = place.partition(".")
    key = read_key(text)
    mark = session.artifacts.filter(pk=key).first() if key and direction in {"after", "before"} else None
    if mark is None:
        raise InvalidField("page", "a link of this list", describe(place))
    operator = "lt" if falling else "gt"
    further = Q((f"pk__{operator}", mark.pk))
    if column == "id":
        return further
    value = getattr(mark, column)
    # The first condition says where an index of the column begins; the others sort out what shares the value.
    return Q((f"{column}__{operator}e", value)) & (Q((f"{column}__{operator}", value)) | further)


def _headings(session: Session, form: ArtifactFilterForm) -> list[Heading]:
    headings = []
    for label, name in (("Name", "name"), ("Type", ""), ("Tags", ""), ("Size", "size"), ("Stored", "stored")):
        is_current = form.order.lstrip("-") == name
        falling = not form.order.startswith("-") if is_current else name != "name"
        url = f"{session.get_absolute_url()}{form.query(sort=f'-{name}' if falling else name)}" if name else ""
        direction = "descending" if form.order.startswith("-") else "ascending"
        headings.append(Heading(label, url, direction if is_current else "", name == "size"))
    return headings
