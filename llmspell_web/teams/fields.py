"""What the names of teams and accounts may be, and what the URL of a team says of it."""

import json
import secrets
from unicodedata import category
from unicodedata import name as name_of

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


# Scripts that are written together, by the first word of a character's Unicode name.
_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})
# Letters of other alphabets that nobody tells from Latin ones: from Unicode Technical Standard #39.
_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝӏАВЕЅІЈКМНОРСТУХԌԚԜονρΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսհ")


def check_username(username: str) -> None:
    """`InvalidField` for a name that may pass for another one: with letters of several scripts, or of another one than
    Latin that could all be Latin. In which letters a name is allowed at all, and that it is not taken, Django says."""
    letters = [character for character in username if character.isalpha()]
    scripts = {name_of(letter, "?").split(" ")[0] for letter in letters if not letter.isascii()}
    scripts |= {"LATIN"} if any(letter.isascii() for letter in letters) else set()
    scripts -= {"MODIFIER", "FEMININE", "MASCULINE"}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        raise InvalidField("username", "letters of one script, so that it is not taken for another name", username)
    if letters and scripts != {"LATIN"} and _LIKE_LATIN.issuperset(letters):
        raise InvalidField("username", "letters that are not taken for Latin ones", username)
