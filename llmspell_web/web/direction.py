"""Names that turn the direction of writing, in sentences of ours."""

# Marks, embeddings, overrides and isolates: Unicode Standard Annex #9, section 2.
_TURNS = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def without_turns(text: str) -> str:
    """Letters alone say how it is read: what stands behind a name in it stays there."""
    return text.translate(_TURNS)
