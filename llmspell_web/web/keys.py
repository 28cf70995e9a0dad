"""Primary keys: UUIDv7 (RFC 9562), which sort by creation, so that lists can page by key."""

from uuid import UUID

import uuid_utils.compat


def new_key() -> UUID:
    """A fresh UUIDv7; later ones of one process sort after earlier ones, also within a millisecond."""
    return uuid_utils.compat.uuid7()
