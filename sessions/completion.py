"""What may stand at the caret of the search box: names of fields, and the values that the user can see.

Every answer is bounded, whatever there is: see docs/decisions/010.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model

from llmspell_web.teams.models import User
from sessions.box import BOX_MAX_CHARACTERS, token_at, write_term
from sessions.fields import JsonValue, is_storable
from sessions.loose_walk import visible_values
from sessions.models import Session, SessionTag

SHOWN_MAX = 10
FEW_SESSIONS = 1000  # of the user's: all of them are looked at
SAMPLE_SESSIONS = 50  # whose metadata is looked at
RECENT_SESSIONS = 2000  # of everybody, among which they are looked for
VALUE_MAX_CHARACTERS = 200
SESSION_NOTES = {
    "status": "active, suspended, completed, failed",
    "tag": "a whole tag",
    "owner": "me, or a user name",
    "team": "one of your teams",
    "created": ">7d, today, 2026-01-31",
    "updated": ">1h, yesterday, 2026-01-01..2026-01-31",
    "parent": "none, or a session's id",
    "meta.": "a key of the metadata",
    "type": "has an artifact of that type",
    "id": "a session's id",
    "text": "in name, description or tags",
}
TIMES = {
    ">1h": "in the last hour",
    "today": "today (UTC)",
    "yesterday": "yesterday (UTC)",
    ">7d": "in the last 7 days",
    ">30d": "in the last 30 days",
    "<30d": "more than 30 days ago",
}


@dataclass(frozen=True)
class Suggestion:
    """`text` takes the place of the whole term."""

    text: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Completion:
    """The suggestions for what stands from start to end, in characters of the text."""

    start: int
    end: int
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class Vocabulary:
    """The fields of a table's search box in the order in which they are offered, what is said about each, and what may
    stand behind it. `lists` are those with several values, separated by commas; `times` those that take a time."""

    notes: Mapping[str, str]
    values: "Mapping[str, Callable[[User, str], list[str]]]"
    lists: "Mapping[str, Sequence[str]]" = field(default_factory=dict)
    times: frozenset[str] = frozenset()


def complete(user: User, vocabulary: Vocabulary, text: str, caret: int) -> Completion:
    if len(text) > BOX_MAX_CHARACTERS or not is_storable(text):
        return Completion(caret, caret, [])
    token = token_at(text, caret)
    is_phrase = text[token.start : token.start + 1] == '"'
    found: list[Suggestion] = []
    if token.field:
        found = _complete_value(user, vocabulary, token.field, token.value)
    elif token.value.startswith("meta.") and "meta." in vocabulary.notes:
        found = _complete_key(user, token.value.removeprefix("meta."))
    elif not is_phrase:
        found = [name for name in _field_names(vocabulary) if name.text.startswith(token.value.lower())]
    return Completion(token.start, token.end, found)


def _field_names(vocabulary: Vocabulary) -> Iterator[Suggestion]:
    for name, note in vocabulary.notes.items():
        yield Suggestion(name if name.endswith(".") else f"{name}:", name, note)


def _complete_value(user: User, vocabulary: Vocabulary, name: str, prefix: str) -> list[Suggestion]:
    if name in vocabulary.lists:
        chosen, comma, prefix = prefix.rpartition(",")
        left = [value for value in vocabulary.lists[name] if value not in chosen.split(",")]
        fitting = [value for value in left if value.startswith(prefix.lower())]
        return [Suggestion(write_term(name, f"{chosen}{comma}{value}"), value) for value in fitting]
    if name in vocabulary.times:
        times = [(time, note) for time, note in TIMES.items() if time.startswith(prefix)]
        return [Suggestion(write_term(name, time), time, note) for time, note in times]
    if name.startswith("meta.") and "meta." in vocabulary.notes:
        values = _metadata_values(user, name.removeprefix("meta."), prefix)
    else:
        values = vocabulary.values[name](user, prefix) if name in vocabulary.values else []
    return [Suggestion(write_term(name, value), value) for value in values]


def _complete_key(user: User, prefix: str) -> list[Suggestion]:
    paths = {path for metadata in _newest_metadata(user) for path, _ in _scalars(metadata)}
    fitting = sorted(path for path in paths if path.startswith(prefix))
    return [Suggestion(f"meta.{path}:", f"meta.{path}") for path in fitting[:SHOWN_MAX]]


def _metadata_values(user: User, path: str, prefix: str) -> list[str]:
    found = {value for metadata in _newest_metadata(user) for at, value in _scalars(metadata) if at == path}
    fitting = [value for value in found if value.startswith(prefix) and value.isprintable()]
    return sorted(value for value in fitting if 0 < len(value) <= VALUE_MAX_CHARACTERS)[:SHOWN_MAX]


def _scalars(value: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """`("model.name", "small")` for everything that is neither table nor list, as one writes it, where the box can name
    it: keys that are words, one inside the other by dots."""
    match value:
        case dict():
            for key, inner in value.items():
                # Longer ones nobody completes, and below one endless key each place would take its length.
                if len(path) + len(key) < VALUE_MAX_CHARACTERS and re.fullmatch(r"\w+", key):
                    yield from _scalars(inner, f"{path}.{key}" if path else key)
        case list():
            pass
        case None | bool():
            yield path, {None: "null", True: "true", False: "false"}[value]
        case _:
            yield path, str(value)


def _newest_metadata(user: User) -> list[dict[str, JsonValue]]:
    """Of the user's newest sessions; for a user with many, of those among the newest of all, if there are any."""
    keys = _some_sessions(user)
    sessions = Session.objects.visible_to(user).order_by("-pk")
    found: list[dict[str, JsonValue]] = []
    if len(keys) > FEW_SESSIONS:
        newest = Session.objects.order_by("-pk").values("pk")[:RECENT_SESSIONS]
        found = list(sessions.filter(pk__in=newest).values_list("metadata", flat=True)[:SAMPLE_SESSIONS])
    sample = sessions.filter(pk__in=sorted(keys)[-SAMPLE_SESSIONS:])
    return found or list(sample.values_list("metadata", flat=True))


def _some_sessions(user: User) -> list[UUID]:
    """All that the user can see, or one more than FEW_SESSIONS of them. By the index of teams: what others have does
    not count, however much it is."""
    visible = Session.objects.visible_to(user).filter(team__in=list(user.teams.values_list("pk", flat=True)))
    return list(visible.order_by().values_list("pk", flat=True)[: FEW_SESSIONS + 1])


def _tags(user: User, prefix: str) -> list[str]:
    keys = _some_sessions(user)
    if len(keys) > FEW_SESSIONS:
        return _walk(SessionTag, "name", prefix, user)
    tags = SessionTag.objects.filter(session__in=keys).order_by().values_list("name", flat=True).distinct()
    return beginning_with(prefix, tags)


def types(user: User, prefix: str) -> list[str]:
    keys = _some_sessions(user)
    if len(keys) > FEW_SESSIONS:
        artifacts: type[Model] = Session._meta.get_field("artifacts").related_model  # they lie above this room
        return _walk(artifacts, "artifact_type", prefix.lower(), user)
    kept = Session.objects.filter(pk__in=keys, artifacts__deleted_at=None, artifacts__isnull=False)
    return beginning_with(prefix, kept.order_by().values_list("artifacts__artifact_type", flat=True).distinct())


def _walk(model: type[Model], column: str, prefix: str, user: User) -> list[str]:
    """In the case that was typed, then in the others that are common."""
    found: dict[str, None] = {}
    for beginning in dict.fromkeys((prefix, prefix.lower(), prefix.capitalize(), prefix.upper())):
        if len(found) < SHOWN_MAX:
            found |= dict.fromkeys(visible_values(model, column, beginning, user.pk, limit=SHOWN_MAX))
    return list(found)[:SHOWN_MAX]


def beginning_with(prefix: str, values: Iterable[str]) -> list[str]:
    return sorted(value for value in values if value.casefold().startswith(prefix.casefold()))[:SHOWN_MAX]


def accounts(user: User, prefix: str) -> list[str]:
    teammates = User.objects.filter(memberships__team__in=user.teams.all(), username__istartswith=prefix)
    names = list(teammates.order_by("username").values_list("username", flat=True).distinct()[:SHOWN_MAX])
    return [*(["me"] if "me".startswith(prefix.lower()) else []), *names][:SHOWN_MAX]


def teams(user: User, prefix: str) -> list[str]:
    return beginning_with(prefix, user.teams.values_list("slug", flat=True))


def _parents(_user: User, prefix: str) -> list[str]:
    return ["none"] if "none".startswith(prefix.lower()) else []


SESSION_VOCABULARY = Vocabulary(
    SESSION_NOTES,
    {"tag": _tags, "owner": accounts, "parent": _parents, "type": types, "team": teams},
    lists={"status": Session.Status.values},
    times=frozenset({"created", "updated"}),
)
