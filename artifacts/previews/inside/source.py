"""Source code, by Pygments: its lines as pieces, each with the class of its colour. The regular expressions of hundreds
of languages meet hostile text here: the limit on CPU time ends those that never would."""

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

from artifacts.previews.inside.drawer import Order

PIECES = 20_000  # a page of more is slow in a browser; what follows them has no colours
_lexers: list[Lexer] = []


def prepare(language: str) -> None:
    # Code inside of documents would be coloured by lexers that cannot be imported any more.
    _lexers.append(get_lexer_by_name(language, stripnl=False, ensurenl=False, handlecodeblocks=False))


def draw(order: Order, content: bytes) -> tuple[object, bytes]:
    """Facts are lines of [class, text]; the class of what has no colour is empty."""
    lines: list[list[list[str]]] = [[]]
    pieces = 0
    for kind, text in _lexers[0].get_tokens(content.decode()):
        css = STANDARD_TYPES.get(kind, "") if pieces < PIECES else ""
        for position, part in enumerate(text.split("\n")):
            if position:
                lines.append([])
            if part and lines[-1] and lines[-1][-1][0] == css:
                lines[-1][-1][1] += part
            elif part:
                lines[-1].append([css, part])
                pieces += 1
    return lines, b""
