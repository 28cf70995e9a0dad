"""Names of files, as scripts and people give them."""

from llmspell_web.web.problems import InvalidField
from sessions.fields import has_control_character, is_storable

MAX_PATH_BYTES = 1024  # an index of PostgreSQL takes rows of at most 2704 bytes
MAX_PART_BYTES = 255
PRIVATE_ROOT = "tmp/"


def normal_path(path: str) -> str:
    """The one name of a file: `/a/./b/../c` and `a/c` are the same; `..` stops at the root. May be empty: the root."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def clean_path(path: str) -> str:
    """The normal path of a file that may be written. Raises InvalidField."""
    normal = normal_path(path)
    if not normal:
        raise InvalidField("file name", "a name", f'"{path[:80]}"')
    if not is_nameable(normal):
        raise InvalidField("file name", "no control characters", ascii(path[:80]))
    size = len(normal.encode())
    if size > MAX_PATH_BYTES or any(len(part.encode()) > MAX_PART_BYTES for part in normal.split("/")):
        expected = f"at most {MAX_PATH_BYTES} bytes of UTF-8, and {MAX_PART_BYTES} between slashes"
        raise InvalidField("file name", expected, f"{size} bytes")
    return normal


def is_nameable(normal: str) -> bool:
    """Whether a file can have these characters in its name. The narrow blanks of screenshots' names are fine."""
    return is_storable(normal) and not has_control_character(normal)


def is_private(normal: str) -> bool:
    """Whether the file lives under `/tmp`, which belongs to one run and goes with it."""
    return f"{normal}/".startswith(PRIVATE_ROOT)
