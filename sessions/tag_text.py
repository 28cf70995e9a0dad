"""Tags as one line of text: separated by commas, in double quotes where a tag holds what would be taken apart."""

QUOTE = '"'


def join_tags(tags: list[str]) -> str:
    """`split_tags` gives the same tags back."""
    return ", ".join(map(_quote, tags))


def split_tags(text: str) -> list[str]:
    """`a, "b, c"` are two tags. Inside quotes a doubled quote stands for one; blanks around a tag are not part of it.

    A quote that is never closed reaches to the end.
    """
    tags = []
    position = 0
    while position < len(text):
        if text[position] == "," or text[position].isspace():
            position += 1
        elif text[position] == QUOTE:
            tag, position = _read_quoted(text, position + 1)
            tags.append(tag)
        else:
            end = text.find(",", position)
            end = len(text) if end == -1 else end
            tags.append(text[position:end].rstrip())
            position = end
    return tags


def _quote(tag: str) -> str:
    needs_quotes = not tag or tag != tag.strip() or "," in tag or tag.startswith(QUOTE)
    return f"{QUOTE}{tag.replace(QUOTE, QUOTE * 2)}{QUOTE}" if needs_quotes else tag


def _read_quoted(text: str, start: int) -> tuple[str, int]:
    """The tag that begins there, and where it ends: behind its closing quote."""
    parts = []
    while (end := text.find(QUOTE, start)) != -1:
        parts.append(text[start:end])
        if not text.startswith(QUOTE, end + 1):
            return "".join(parts), end + 1
        parts.append(QUOTE)
        start = end + 2
    return "".join([*parts, text[start:]]), len(text)
