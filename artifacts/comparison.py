"""What is the same and what differs between two states of sessions, whether saves or now."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from django.db.models import F, QuerySet

from artifacts.states import State
from llmspell_web.web.problems import InvalidField
from sessions.fields import describe, is_storable

Verdict = Literal["same", "changed", "first", "second"]  # the last two: only there

PAGE_SIZE = 100
BATCH = 2000  # names that are read at a time
SCAN_MAX = 20_000  # names that one page looks through for differences
LINES_MAX = 500
PATH_CHARACTERS = 1000  # a value at a longer path is compared as a whole: each in it would repeat the path
LABELS = {
    "name": "Name",
    "description": "Description",
    "status": "Status",
    "parent_session_id": "Parent",
    "created_at": "Created",
    "updated_at": "Updated",
    "ended_at": "Ended",
    "artifact_count": "Artifacts",
    "total_artifact_size": "Bytes of artifacts",
}
_PLAIN_KEY = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True)
class Line:
    """Both values as text; None where there is none."""

    label: str
    first: str | None
    second: str | None

    @property
    def verdict(self) -> Verdict:
        if self.first is None or self.second is None:
            return "second" if self.first is None else "first"
        return "same" if self.first == self.second else "changed"


class Version(NamedTuple):
    """The newest version of one name in one state. `key` is the artifact's, or the line's of the save's manifest."""

    name: str
    key: Any
    version: int
    artifact_type: str
    digest: str
    size: int


@dataclass(frozen=True)
class ArtifactLine:
    name: str
    first: Version | None
    second: Version | None

    @property
    def verdict(self) -> Verdict:
        if self.first is None or self.second is None:
            return "second" if self.first is None else "first"
        return "same" if self.first.digest == self.second.digest else "changed"


@dataclass(frozen=True)
class ArtifactPage:
    """`after` is the name that the next page starts behind; empty at the end."""

    lines: list[ArtifactLine]
    after: str


def compare_fields(first: State, second: State) -> list[Line]:
    mine, others = (dict(describe_fields(state)) for state in (first, second))
    lines = [Line(label, mine[label], others[label]) for label in LABELS.values()]
    if first.session.pk != second.session.pk:
        owners = (first.session.created_by.get_username(), second.session.created_by.get_username())
        lines += [Line("Owner", *owners), Line("Team", first.session.team.name, second.session.team.name)]
    return [line for line in lines if (line.first, line.second) != (None, None)]


def describe_fields(state: State) -> list[tuple[str, str | None]]:
    """Label and text of each field but tags and metadata; None where it is not set."""
    return [(label, _text(name, state.fields.get(name))) for name, label in LABELS.items()]


def compare_tags(first: State, second: State) -> list[Line]:
    mine, others = (_list(state.fields.get("tags")) for state in (first, second))
    return [Line(tag, tag if tag in mine else None, tag if tag in others else None) for tag in {**mine, **others}]


def compare_metadata(first: State, second: State) -> list[Line]:
    """A line for each value that is not itself an object or a list, by its path, such as `model.name` or `rows[2]`."""
    mine, others = (dict(_leaves("", state.fields.get("metadata") or {})) for state in (first, second))
    return [Line(path, mine.get(path), others.get(path)) for path in {**mine, **others}]


def compare_artifacts(first: State, second: State, *, after: str, differences_only: bool) -> ArtifactPage:
    """One page by name, in the database's order of names. Looks through at most `SCAN_MAX` names, a batch of both in
    memory at a time: with `differences_only` a page can be short, or empty, and not the last."""
    if not is_storable(after):
        raise InvalidField("after", "a link of this page", describe(after))
    lines: list[ArtifactLine] = []
    for _ in range(SCAN_MAX // BATCH):
        names = _names(first, second, after)
        if not names:
            return ArtifactPage(lines, "")
        mine, others = (_versions(state, after, names[-1]) for state in (first, second))
        for name in names:
            after = name
            line = ArtifactLine(name, mine.get(name), others.get(name))
            if differences_only and line.verdict == "same":
                continue
            lines.append(line)
            if len(lines) == PAGE_SIZE:
                return ArtifactPage(lines, after if _names(first, second, after, size=1) else "")
    return ArtifactPage(lines, after if _names(first, second, after, size=1) else "")


def _names(first: State, second: State, after: str, size: int = BATCH) -> list[str]:
    """The next names of both. Only the database knows its own order: nothing is sorted or compared here."""
    either: QuerySet[Any, Any] = first.artifacts.filter(name__gt=after).values_list("name", flat=True)
    other: QuerySet[Any, Any] = second.artifacts.filter(name__gt=after).values_list("name", flat=True)
    return list(either.union(other).order_by("name")[:size])


def _versions(state: State, after: str, last: str) -> dict[str, Version]:
    rows = state.artifacts.filter(name__gt=after, name__lte=last)
    columns = ("name", "pk", "version", "artifact_type", "blob_id")
    return {row[0]: Version(*row) for row in rows.annotate(bytes=F("blob__size")).values_list(*columns, "bytes")}


def _text(name: str, value: object) -> str | None:
    if isinstance(value, str):
        return value.replace("T", " ").replace("Z", " UTC") if name.endswith("_at") else value
    return None if value is None else json.dumps(value)


def _list(value: object) -> dict[str, None]:
    return dict.fromkeys(value) if isinstance(value, list) else {}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if len(path) > PATH_CHARACTERS:
        yield path, json.dumps(value, ensure_ascii=False, sort_keys=True)
    elif isinstance(value, Mapping) and (value or not path):
        for key, item in value.items():
            yield from _leaves(_join(path, key), item)
    elif isinstance(value, list) and value:
        for position, item in enumerate(value, 1):
            yield from _leaves(f"{path}[{position}]", item)
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _join(path: str, key: str) -> str:
    """Keys that are not plain words are quoted, so that no two paths read alike."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key
