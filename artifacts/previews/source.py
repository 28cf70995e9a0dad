"""Text and code: numbered lines, in the colours of their language where one is known."""

import re
from dataclasses import dataclass

from pygments.lexers import find_lexer_class_for_filename

from artifacts.previews.drawing import CannotDraw, NotNow, Task
from artifacts.previews.kinds import Kind
from artifacts.previews.look import Look, NotShown, Shown
from artifacts.previews.renditions import read_text
from artifacts.previews.texts import Text, reveal

LINES = 5_000  # each is an element of the page
COLOURED_CHARACTERS = 100_000
NAME_CHARACTERS = 255
LANGUAGES = {"json": "json", "svg": "xml", "html": "html", "markdown": "markdown", "lines": "json"}
INTERPRETERS = ("python", "lua", "bash", "sh", "node", "ruby", "perl", "php")
PLAIN = {"", ".txt", ".text", ".log", ".csv", ".tsv", ".out", ".err"}
_SHEBANG = re.compile(r"#!\s*\S*?([a-z]+)[\d.]*(?:\s+([a-z]+)[\d.]*)?\s*$", re.MULTILINE)
_CLASS = re.compile(r"[a-z][a-z0-9]{0,3}")

Line = list[tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """Lines of (class, text). `language` is empty where nothing is coloured."""

    lines: list[Line]
    language: str = ""


def read_source(look: Look, kind: Kind) -> Shown:
    text = look.text
    if text is None:
        raise NotShown("it is not text")
    content = reveal(text.content)
    notes = [*look.cut_notes, *_notes(text, is_changed=content != text.content)]
    lines = content.split("\n")
    if lines[-1] == "" and not look.is_cut:
        lines.pop()
    if len(lines) > LINES:
        notes.append(f"Only the first {LINES:,} lines of this part are shown.")
    content = "\n".join(lines[:LINES])
    language = _find_language(look, kind.name, text.content)
    coloured: list[Line] = []
    if language:
        try:
            coloured = _colour(look, language, content[:COLOURED_CHARACTERS])
        except (CannotDraw, NotNow) as problem:
            notes.append(f"It has no colours: {problem}.")
            language = ""
    rest = content[COLOURED_CHARACTERS:] if coloured else content
    return Shown("_source.html", Source(_join(coloured, rest), language), tuple(notes))


def _notes(text: Text, *, is_changed: bool) -> list[str]:
    notes = []
    if text.is_guess:
        notes.append(f"Nothing says how this text is encoded: it is read as {text.encoding}.")
    elif text.encoding != "UTF-8":
        notes.append(f"This text is encoded as {text.encoding}.")
    if is_changed:
        notes.append("Characters that cannot be seen are shown by their number, as ⟨U+202E⟩.")
    return notes


def _find_language(look: Look, kind: str, text: str) -> str:
    """The name of a lexer. What the bytes say goes first, then the file's name, then its first line."""
    if known := LANGUAGES.get(kind):
        return known
    if text.startswith("<?xml"):
        return "xml"
    if found := _SHEBANG.match(text[:200]):
        word = next((word for word in reversed(found.groups()) if word in INTERPRETERS), "")
        if word:
            return {"sh": "bash", "node": "javascript"}.get(word, word)
    if look.suffix in PLAIN and "." in look.artifact.name:
        return ""
    lexer = find_lexer_class_for_filename(look.artifact.name[:NAME_CHARACTERS].replace("\n", " "))
    return lexer.aliases[0] if lexer and lexer.aliases else ""


def _colour(look: Look, language: str, text: str) -> list[Line]:
    facts = read_text(look.blob, Task("source", language), text).facts
    lines = [[_check_piece(piece) for piece in line] for line in facts] if isinstance(facts, list) else []
    if "\n".join("".join(words for _, words in line) for line in lines) != text:
        raise CannotDraw("what came out is not the same text")
    return lines


def _check_piece(piece: object) -> tuple[str, str]:
    match piece:
        case [str(css), str(words)]:
            return (css if _CLASS.fullmatch(css) else "", words)
    raise CannotDraw("what came out is no text")


def _join(coloured: list[Line], rest: str) -> list[Line]:
    """The plain rest goes on in the last coloured line."""
    plain: list[Line] = [[("", line)] if line else [] for line in rest.split("\n")]
    if not coloured:
        return plain
    coloured[-1].extend(plain[0])
    return coloured + plain[1:]
