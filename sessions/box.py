"""The search box: terms, `"phrases"`, `-` and NOT, OR, AND, and parentheses.

    either := both (OR both)*
    both   := term ([AND] term)*
    term   := (- | NOT) term | ( either ) | FIELD:VALUE | WORD

A value or word with blanks or signs stands in quotes; a quote inside is `\\"`. OR, AND and NOT are signs in capitals
only. Errors say where they are.
"""

import re
from dataclasses import dataclass, replace

from llmspell_web.web.problems import InvalidField, Problem
from sessions.terms import Reader
from sessions.wanted import Condition

BOX_MAX_CHARACTERS = 2000
TERMS_MAX = 64  # as many as a filter has conditions
DEPTH_MAX = 16  # parentheses and negations inside each other
_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[()])|(?P<minus>-(?=\S))|(?P<term>(?:(?P<field>[\w.]+):)?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|"""
    r"""(?P<plain>[^\s()"]*))))"""
)


class BoxError(Problem):
    """`start` and `end` are where in the text the bad token stands."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


@dataclass(frozen=True)
class Token:
    """`kind` is a sign (`(`, `)`, `-`, `OR`, `AND`), `term`, or empty at the end of the text."""

    kind: str
    start: int
    end: int
    field: str = ""
    value: str = ""


def read_box(text: str, reader: Reader) -> Condition | None:
    """What the text asks for; None for an empty one. `BoxError` names the first token that does not fit."""
    if len(text) > BOX_MAX_CHARACTERS:
        raise BoxError(f"the search has more than {BOX_MAX_CHARACTERS} characters", BOX_MAX_CHARACTERS, len(text))
    tokens = _split(text)
    if len(tokens) == 1:
        return None
    parser = _Parser(tokens, reader)
    found = parser.either(0)
    if parser.next.kind:
        raise parser.error("this ) closes nothing")
    return found


def token_at(text: str, caret: int) -> Token:
    """The term that ends at the caret or stands around it; an empty one where none does.

    Its value is what stands before the caret, where a quote may still be open; its end is where the whole term ends.
    """
    head = text[:caret]
    for closing in ("", '"', '\\"'):  # the last for a backslash, which takes the next sign as it is
        try:
            tokens = _split(head + closing)
        except BoxError:
            continue
        token = tokens[-2] if len(tokens) > 1 else tokens[-1]
        if token.kind == "term" and token.end >= caret and text[token.start : caret] != "-":
            return replace(token, end=_end_of_term(text, token.start, caret))
        break
    return Token("term", caret, caret)


def _end_of_term(text: str, start: int, caret: int) -> int:
    try:
        return next((token.end for token in _split(text) if token.start == start), caret)
    except BoxError:
        return caret


def write_term(field: str, value: str) -> str:
    """The term in the words of the box, in quotes where it needs them."""
    if value and not re.search(r'[\s()"]', value):
        return f"{field}:{value}"
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'{field}:"{escaped}"'


def _split(text: str) -> list[Token]:
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        assert match is not None
        place = match.end()
        tokens.append(_token(match, text))
        if len(tokens) > 4 * TERMS_MAX:
            raise BoxError(f"at most {TERMS_MAX} terms", tokens[-1].start, tokens[-1].end)
    return [*tokens, Token("", end, end)]


def _token(match: "re.Match[str]", text: str) -> Token:
    for kind in ("sign", "minus"):
        if match[kind]:
            return Token(match[kind], match.start(kind), match.end(kind))
    start, end = match.span("term")
    if start == end:
        raise BoxError("this quote is not closed", start, len(text))
    if match["term"] in {"OR", "AND", "NOT"}:
        return Token({"NOT": "-"}.get(match["term"], match["term"]), start, end)
    quoted = match["quoted"]
    value = match["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if not value and quoted is None and text[end : end + 1] == '"':
        raise BoxError("this quote is not closed", end, len(text))
    return Token("term", start, end, match["field"] or "", value)


class _Parser:
    def __init__(self, tokens: list[Token], reader: Reader) -> None:
        self._tokens, self._reader, self._place, self._terms = tokens, reader, 0, 0

    @property
    def next(self) -> Token:
        return self._tokens[self._place]

    def error(self, message: str) -> BoxError:
        return BoxError(message, self.next.start, max(self.next.end, self.next.start + 1))

    def _take(self, kind: str) -> bool:
        found = self.next.kind == kind
        self._place += found
        return found

    def either(self, depth: int) -> Condition:
        found = self._both(depth)
        while self._take("OR"):
            found |= self._both(depth)
        return found

    def _both(self, depth: int) -> Condition:
        found = self._term(depth)
        while self._take("AND") or self.next.kind in {"term", "-", "("}:
            found &= self._term(depth)
        return found

    def _term(self, depth: int) -> Condition:
        if depth > DEPTH_MAX:
            raise self.error(f"more than {DEPTH_MAX} levels")
        if self._take("-"):
            return ~self._term(depth + 1)
        if self._take("("):
            found = self.either(depth + 1)
            if not self._take(")"):
                raise self.error("a ) is missing here")
            return found
        if self.next.kind != "term":
            where = f"before {self.next.kind}" if self.next.kind else "at the end"
            raise self.error(f"a term is missing {where}")
        return self._read_term()

    def _read_term(self) -> Condition:
        token = self.next
        self._terms += 1
        if self._terms > TERMS_MAX:
            raise self.error(f"at most {TERMS_MAX} terms")
        try:
            found = self._reader.read(token.field or "text", token.value)
        except InvalidField as problem:
            raise self.error(f"expected {problem.expected}") from None
        except Problem as problem:
            raise self.error(str(problem)) from None
        self._place += 1
        return found
