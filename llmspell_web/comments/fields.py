"""What a comment may say, and where in a content."""

from dataclasses import dataclass

from artifacts.models import Artifact
from artifacts.previews.places import find_places
from llmspell_web.comments.access import About
from llmspell_web.comments.markdown import write_html
from llmspell_web.web.problems import InvalidField, Problem
from sessions.fields import clean_text, describe

TEXT_MAX_CHARACTERS = 10_000
HTML_MAX_CHARACTERS = 100_000  # ten for each: more than any text needs that is meant to be read
PLACE_MAX_CHARACTERS = 6_000


@dataclass(frozen=True)
class Place:
    """Lines or a path of an artifact's content, as it was asked for; all of it without."""

    line: int | None = None
    last_line: int | None = None
    path: str = ""


def clean_comment(value: object) -> str:
    """1 to 10,000 characters of Markdown, not only blanks."""
    text = clean_text("text", value, minimum=1, maximum=TEXT_MAX_CHARACTERS)
    if not text.strip():
        raise InvalidField("text", "text that is not only blanks", describe(text))
    if len(write_html(text)) > HTML_MAX_CHARACTERS:
        raise InvalidField("text", "text with less markup", describe(text))
    return text


def clean_place(about: About, place: Place) -> dict[str, object]:
    """The columns of a comment that say where. Problem where there is no such place."""
    if place == Place():
        return {}
    if not isinstance(about, Artifact):
        raise Problem("only the content of an artifact has lines and paths")
    if place.path and (place.line or place.last_line):
        raise InvalidField("path", "a line or a path, and not both", describe(place.path))
    places = find_places(about)
    if place.path:
        path, pointer = places.find_path(place.path[:PLACE_MAX_CHARACTERS])
        return {"path": path, "pointer": pointer}
    first = place.line if place.line is not None else place.last_line
    assert first is not None
    last = place.last_line if place.last_line is not None else first
    places.check_lines(first, last)
    return {"line": first, "last_line": last}
