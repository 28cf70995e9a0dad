"""Secret links. Whoever knows the token in one is let in: it is shown once, and only its digest is kept."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from llmspell_web.web.problems import InvalidField

TOKEN_BYTES = 32
LIFETIMES = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
LIFETIME_WORDS = {"hour": "1 hour", "day": "1 day", "week": "7 days", "month": "30 days", "year": "1 year"}


def new_token() -> str:
    """256 random bits, as a URL takes them."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """SHA-256, 64 characters. A copy of the database lets nobody in, and looking one up takes the same time for every
    token."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_lifetime(given: str, among: Collection[str]) -> timedelta:
    if given not in among:
        raise InvalidField("lifetime", f"one of {', '.join(among)}", given[:40])
    return LIFETIMES[given]


def lifetime_choices(among: Collection[str]) -> list[tuple[str, str]]:
    return [(name, LIFETIME_WORDS[name]) for name in among]
