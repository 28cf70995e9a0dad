"""Text as it is in contents: words as a language spreads them. The same at each call."""

import random


def prose(size: int) -> str:
    """`size` characters of ASCII."""
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(3, 10))) for _ in range(20_000)]
    weights = [1 / (place + 1) for place in range(len(words))]
    text = " ".join(rng.choices(words, weights, k=size // 5))
    assert len(text) >= size
    return text[:size]
