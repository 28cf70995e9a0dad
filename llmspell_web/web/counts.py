"""Counts in words: exact up to a maximum, so that nothing counts beyond it."""

EXACT_MAX = 10_000


def count_text(count: int, maximum: int = EXACT_MAX, *, is_exact: bool = True) -> str:
    """`1,234`; for more than the maximum `10,000+`; `1,234+` where there may be more."""
    if count > maximum:
        return f"{maximum:,}+"
    return f"{count:,}" if is_exact else f"{count:,}+"
