"""A line out of a text in which some words are marked."""

import re
from dataclasses import dataclass

from sessions.words import fold_words, tidy

_BEFORE, _BEHIND = 40, 120  # characters before and from the beginning of the first word that was found


@dataclass(frozen=True)
class Marked:
    text: str
    is_match: bool = False


def mark_words(text: str, pattern: re.Pattern[str]) -> list[Marked]:
    """The place of the first match, as one line; empty where there is none. `pattern`: see `words.pattern_of`."""
    for shown in (tidy(text), fold_words(text)):  # the second where case makes other letters of one: ß, SS
        if match := pattern.search(shown):
            start, end = max(0, match.start() - _BEFORE), max(match.end(), match.start() + _BEHIND)
            line = " ".join(shown[start:end].split())
            cut = "…" if start else "", "…" if end < len(shown) else ""
            return _mark(f"{cut[0]}{line}{cut[1]}", pattern)
    return []


def _mark(line: str, pattern: re.Pattern[str]) -> list[Marked]:
    found, end = [], 0
    for match in pattern.finditer(line):
        found += [Marked(line[end : match.start()]), Marked(match[0], is_match=True)]
        end = match.end()
    return [part for part in [*found, Marked(line[end:])] if part.text]
