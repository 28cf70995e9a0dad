"""What the name of a team may be, and what its URL says of it."""

import json
import secrets
from unicodedata import category

from django.utils.text import slugify

from llmspell_web.web.problems import InvalidField

NAME_MAX_CHARACTERS = 80
SLUG_NAME_CHARACTERS = 40  # of the name; the column takes 50
SUFFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without what is easily mistaken
SUFFIX_CHARACTERS = 5
# Control characters, lone surrogates, line and paragraph separators.
REFUSED_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}


def clean_name(given: str) -> str:
    """1 to 80 characters on one line, without the blanks around them, at least one of which can be seen."""
    name = given.strip()
    kinds = [category(character) for character in name]
    is_seen = any(not kind.startswith(("C", "Z")) for kind in kinds)
    if not is_seen or len(name) > NAME_MAX_CHARACTERS or REFUSED_CATEGORIES.intersection(kinds):
        shown = (
            json.dumps(name[:NAME_MAX_CHARACTERS]) if len(name) <= NAME_MAX_CHARACTERS else f"{len(name)} characters"
        )
        raise InvalidField("name", f"1 to {NAME_MAX_CHARACTERS} visible characters on one line", shown)
    return name


def new_slug(name: str) -> str:
    """The name as far as a URL takes it, and five characters by chance: so that no name is taken, and a slug tells
    nothing of teams that its maker cannot see."""
    suffix = "".join(secrets.choice(SUFFIX_ALPHABET) for _ in range(SUFFIX_CHARACTERS))
    return f"{slugify(name)[:SLUG_NAME_CHARACTERS].strip('-_') or 'team'}-{suffix}"
