"""The arguments of a script, which it finds in `arg`, as people write them: `key=value`, or a value alone."""

from collections.abc import Iterable


def read_arguments(words: Iterable[str]) -> dict[int | str, str]:
    """`key=value` by key, anything else by position from 1."""
    arguments: dict[int | str, str] = {}
    position = 0
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key:
            arguments[key] = value
        else:
            position += 1
            arguments[position] = word
    return arguments


def write_arguments(arguments: Iterable[tuple[int | str, str]]) -> list[str]:
    """What `read_arguments` reads back."""
    return [value if isinstance(key, int) else f"{key}={value}" for key, value in arguments]
