"""One term of a search for artifacts, such as `type:chart`: what each field takes, and the condition it stands for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from artifacts.listing import conditions
from artifacts.queries import SIZE_MAX
from llmspell_web.web.problems import InvalidField
from sessions.access import parse_id
from sessions.fields import describe
from sessions.terms import Reader, check_tag, read_times
from sessions.wanted import Condition
from sessions.words import read_terms

FIELDS = (
    "type",
    "tag",
    "name",
    "mime",
    "size",
    "created",
    "session",
    "by",
    "run",
    "hash",
    "inside",
    "team",
    "id",
    "text",
)
SIZES = "a size such as >10MB, <=2kb, 512 or 1kb..5mb (1 KB is 1,024 bytes)"
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*(b|bytes|[kmgt](?:i?b)?)?", re.IGNORECASE)
_STEPS = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True)
class ArtifactReader(Reader):
    """`searched` gathers what `inside` was asked for, to be marked in what is shown."""

    searched: list[str] = field(default_factory=list)

    fields = FIELDS

    def reader_of(self, name: str) -> Callable[[str], Condition] | None:
        readers: dict[str, Callable[[str], Condition]] = {
            "type": self._type,
            "tag": lambda text: conditions.tag_condition(check_tag(text)),
            "name": conditions.name_condition,
            "mime": conditions.mime_condition,
            "size": lambda text: conditions.size_condition(*read_sizes(text)),
            "created": lambda text: conditions.created_condition(
                *read_times("created", text, self.now), column=self.column
            ),
            "session": lambda text: conditions.session_condition(parse_id("session", text), self.column),
            "by": self._by,
            "run": self._run,
            "hash": _hash,
            "inside": self._inside,
            "team": self._team,
            "id": lambda text: conditions.key_condition(parse_id("artifact", text)),
            "text": _text,
        }
        return readers.get(name)

    def _type(self, text: str) -> Condition:
        return conditions.type_condition([kind for kind in text.lower().split(",") if kind], self.column)

    def _by(self, text: str) -> Condition:
        return conditions.creator_condition(self.account_key(text), self.column)

    def _run(self, text: str) -> Condition:
        if text == "none":
            return conditions.by_hand_condition()
        if text == "any":
            return ~conditions.by_hand_condition()
        return conditions.run_condition(parse_id("run", text))

    def _inside(self, text: str) -> Condition:
        found = conditions.words_condition(read_terms(text, "inside"))
        self.searched.append(text)
        return found

    def _team(self, text: str) -> Condition:
        return conditions.team_condition(self.team_key(text))


def read_sizes(text: str) -> tuple[int | None, int | None]:
    """The least and the most bytes, both included. A size alone means just that many."""
    try:
        if ".." in text:
            first, last = text.split("..")
            return _read_size(first), _read_size(last)
        operator = re.match(r"[<>]?=?", text)
        assert operator is not None
        size = _read_size(text[operator.end() :])
    except ValueError:
        raise InvalidField("size", SIZES, describe(text)) from None
    least, most = {"<": (None, size - 1), "<=": (None, size), ">": (size + 1, None), ">=": (size, None)}.get(
        operator[0], (size, size)
    )
    return least, most


def _read_size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    size = int(float(match[1]) * 1024 ** _STEPS[(match[2] or "")[:1].lower()])
    return min(size, SIZE_MAX - 1)


def _hash(text: str) -> Condition:
    digest = text.lower().removeprefix("sha256:")
    if not re.fullmatch(r"[0-9a-f]{6,64}", digest):
        raise InvalidField("hash", "6 to 64 hexadecimal digits, the beginning of a SHA-256", describe(text))
    return conditions.digest_condition(digest)


def _text(text: str) -> Condition:
    """A whole id finds its artifact as well."""
    found = conditions.text_condition(text)
    try:
        return found | conditions.key_condition(UUID(text))
    except ValueError:
        return found
