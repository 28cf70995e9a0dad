"""Names that turn the direction of writing, in sentences of ours."""

# Marks, embeddings, overrides and isolates: Unicode Standard Annex #9, section 2.
_TURNS = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def without_turns(text: str) -> str:
    """Letters alone say how it is read: what stands behind a name in it stays there."""
    return text.translate(_TURNS)


def held(name: str) -> str:
    """For a `<bdi>`: without marks that end an isolate which the name has not begun, since that would be the one of the
    element, and what the name turns would go on behind it."""
    if "\u2069" not in name:
        return name
    depth, kept = 0, []
    for character in name:
        depth += character in "\u2066\u2067\u2068"
        if character != "\u2069":
            kept.append(character)
        elif depth:
            depth -= 1
            kept.append(character)
    return "".join(kept)
