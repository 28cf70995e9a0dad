"""Mistakes that a user can make, in words meant for the user. Views and the Lua host show `str(problem)` as it is."""


class Problem(Exception):
    """Something the user asked for cannot be done. Nothing was changed."""


class NotFound(Problem):
    """There is no such object, or this user may not see it: the two are never told apart."""


class Forbidden(Problem):
    """The user may see the object but not do this to it."""


class Conflict(Problem):
    """The object is in a state that does not allow this, for instance because somebody else was first."""


class Failed(Problem):
    """Nothing is wrong with what was asked: the server could not do it, and its operator is told."""


class InvalidField(Problem):
    """A value that the user gave is wrong. The message names the field, what was expected and what was given."""

    def __init__(self, field: str, expected: str, given: str) -> None:
        super().__init__(f"{field}: expected {expected}, got {given}")
        self.field = field
        self.expected = expected
        self.given = given
