"""Mistakes that a user can make, in words meant for the user. Views and the Lua host show `str(problem)` as it is."""


class Problem(Exception):
    """Something the user asked for cannot be done. Nothing was changed."""


class NotFound(Problem):
    """There is no such object, or this user may not see it: the two are never told apart."""


class Forbidden(Problem):
    """The user may see the object but not do this to it."""


class Conflict(Problem):
    """The object is in a state that does not allow this, for instance because somebody else was first."""


class TooManyTries(Problem):
    """Refused unread, because the same was tried too often of late. `seconds` is how long to wait, at least 1."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many tries: please wait {_in_words(seconds)} and then try again")
        self.seconds = seconds


class Failed(Problem):
    """Nothing is wrong with what was asked: the server could not do it, and its operator is told."""


class InvalidField(Problem):
    """A value that the user gave is wrong. The message names the field, what was expected and what was given."""

    def __init__(self, field: str, expected: str, given: str) -> None:
        super().__init__(f"{field}: expected {expected}, got {given}")
        self.field = field
        self.expected = expected
        self.given = given


def _in_words(seconds: int) -> str:
    """Rounded up, so that whoever waits so long does not wait in vain."""
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
