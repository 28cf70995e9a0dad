"""An event in words: who did what, and each change before and after. Kinds and details that are new here show too."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.urls import reverse

from llmspell_web.teams.models import User
from sessions.edits import ABSENT, walk_differences
from sessions.json_text import write_json
from sessions.models import Session, SessionEvent
from sessions.tag_text import join_tags
from sessions.text_diff import Stretch, compare_texts, shorten_stretch

CHANGES_SHOWN = 10  # of one event, in a list of events
FACTS_SHOWN = 12
FACT_CHARACTERS = 300
OUT_OF_SIGHT = {"parent": "a session that is not there", "team": "another team"}  # events hold their keys
CHANGES_MAX = 1000  # of one event by itself
_TITLES = dict(SessionEvent.Kind.choices)  # a list tells of fifty, and Django reads the choices anew for each
ARTIFACT_FACTS = ("artifact_id", "name", "version")  # told in the heading of an artifact's event


@dataclass(frozen=True)
class Change:
    """One field or key of the metadata, from one value to another, or a fact; `url` is where what it names is."""

    label: str
    stretches: list[Stretch]
    url: str = ""


@dataclass(frozen=True)
class DetailsView:
    """`left_out`: something is cut, or more changed than is told here."""

    changes: list[Change]
    facts: list[Change]
    left_out: bool


@dataclass(frozen=True)
class EventView:
    """`artifact_id` is empty where the artifact is not in sight: then `is_gone`. `left_out`: something is cut, or more
    changed than is told here."""

    event: SessionEvent
    title: str
    subject: str = ""
    artifact_id: str = ""
    is_gone: bool = False
    bulk_id: str = ""
    changes: list[Change] = field(default_factory=list)
    facts: list[Change] = field(default_factory=list)
    left_out: bool = False


def view_events(events: Iterable[SessionEvent], reader: User, *, shorten: bool = True) -> list[EventView]:
    """With `shorten`, so much of each as fits into a list. A query for artifacts, one for sessions and one for teams,
    where named."""
    events = list(events)
    names, artifacts = names_in([event.details for event in events], reader), _artifacts_in_sight(events, reader)
    return [_view(event, names, artifacts, shorten) for event in events]


def view_details(
    details: Mapping[str, object], names: Mapping[str, str], *, shorten: bool = True, but: Collection[str] = ()
) -> DetailsView:
    """What `details` of any event say, which are as those of a `SessionEvent`. `names` are those of `names_in`."""
    changes: list[Change] = []
    facts: list[Change] = []
    for name, value in details.items():
        if isinstance(value, dict) and value.keys() == {"before", "after"}:
            changes += _changes(name, value["before"], value["after"], names, shorten)
        elif name not in but:
            facts.append(_fact(name, value, names, shorten))
    room, fact_room = (CHANGES_SHOWN, FACTS_SHOWN) if shorten else (CHANGES_MAX, CHANGES_MAX)
    left_out = len(changes) > room or len(facts) > fact_room
    left_out |= any(part.kind == "cut" for change in changes + facts for part in change.stretches)
    return DetailsView(changes[:room], facts[:fact_room], left_out)


def _view(event: SessionEvent, names: Mapping[str, str], artifacts: set[str], shorten: bool) -> EventView:
    details = event.details if isinstance(event.details, dict) else {"details": event.details}
    is_artifact = _is_about_artifact(event)
    is_there = is_artifact and str(details["artifact_id"]) in artifacts
    is_bulk = _is_key(details.get("bulk"))
    told = (*(ARTIFACT_FACTS if is_artifact else ()), *(("bulk",) if is_bulk else ()))
    view = view_details(details, names, shorten=shorten, but=told)
    return EventView(
        event,
        _title(event),
        f"{details.get('name', '')} v{details.get('version', '')}" if is_artifact else "",
        str(details["artifact_id"]) if is_there else "",
        is_artifact and not is_there,
        str(details["bulk"]) if is_bulk else "",
        view.changes,
        view.facts,
        view.left_out,
    )


def _is_about_artifact(event: SessionEvent) -> bool:
    details = event.details if isinstance(event.details, dict) else {}
    return event.kind.startswith("artifact_") and _is_key(details.get("artifact_id"))


def _artifacts_in_sight(events: Iterable[SessionEvent], reader: User) -> set[str]:
    keys = {event.details["artifact_id"] for event in events if _is_about_artifact(event)}
    if not keys:
        return set()
    artifacts: Any = Session._meta.get_field("artifacts").related_model  # Any: it lies above this room
    return {str(key) for key in artifacts.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True)}


def _is_key(value: object) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _title(event: SessionEvent) -> str:
    return _TITLES.get(event.kind) or _words(event.kind).capitalize()


def _words(name: str) -> str:
    return name.replace("_", " ")


def _fact(name: str, value: object, names: Mapping[str, str], shorten: bool) -> Change:
    if (key := _named_session(value)) is not None:
        if str(key) not in names:
            return Change(_words(name), [Stretch("same", OUT_OF_SIGHT["parent"])])
        assert isinstance(value, dict)
        return Change(_words(name), [Stretch("same", str(value["name"]))], reverse("sessions:detail", args=[key]))
    text = _fact_text(name, value)
    is_long = shorten and len(text) > FACT_CHARACTERS
    return Change(_words(name), shorten_stretch(Stretch("new", text)) if is_long else [Stretch("same", text)])


def _named_session(value: object) -> UUID | None:
    """The key in a fact that is a session with its name at that time."""
    is_one = isinstance(value, dict) and value.keys() == {"id", "name"} and _is_key(value["id"])
    return UUID(str(value["id"])) if is_one else None  # type: ignore[index]  # `is_one` says that it is a dict


def _fact_text(name: str, value: object) -> str:
    if name == "size" and isinstance(value, int):
        return f"{value:,} byte{'' if value == 1 else 's'}"
    return value if isinstance(value, str) else write_json(value)


def _changes(name: str, before: object, after: object, names: Mapping[str, str], shorten: bool) -> list[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = islice(walk_differences(before, after), CHANGES_SHOWN + 1 if shorten else CHANGES_MAX + 1)
        return [
            Change(f"{_words(name)}.{key}", compare_texts(_text(one), _text(other), shorten=shorten))
            for key, (one, other) in pairs
        ]
    if name in OUT_OF_SIGHT:
        before, after = (_name(name, key, names) for key in (before, after))
        return [Change(name, [Stretch("gone", _text(before)), Stretch("new", _text(after))])]
    before, after = (ABSENT if value is None else value for value in (before, after))  # there was, or is, none
    return [Change(_words(name), compare_texts(_text(before), _text(after), shorten=shorten))]


def _text(value: object) -> str:
    if value is ABSENT:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return join_tags(value)
    return write_json(value)


def _name(field: str, key: object, names: Mapping[str, str]) -> str:
    return names.get(str(key), OUT_OF_SIGHT[field]) if key else "none"


def names_in(details: Collection[object], reader: User) -> dict[str, str]:
    """Of the sessions and teams that these name and the reader can see, by key; the others look like those that are
    gone."""
    parents, teams = (_keys(details, field) for field in OUT_OF_SIGHT)
    found: dict[str, str] = {}
    if sessions := parents | _named_sessions(details):
        in_sight = Session.objects.visible_to(reader).filter(pk__in=sessions)
        found |= {str(key): name for key, name in in_sight.values_list("pk", "name")}
    if teams:
        found |= {str(key): name for key, name in reader.teams.filter(pk__in=teams).values_list("pk", "name")}
    return found


def _named_sessions(details: Iterable[object]) -> set[UUID]:
    facts = [value for told in details if isinstance(told, dict) for value in told.values()]
    return {key for key in map(_named_session, facts) if key is not None}


def _keys(details: Iterable[object], field: str) -> set[UUID]:
    keys = set()
    for told in details:
        change = told.get(field) if isinstance(told, dict) else None
        for value in change.values() if isinstance(change, dict) else ():
            try:
                keys.add(UUID(value))
            except (ValueError, TypeError, AttributeError):
                continue
    return keys
