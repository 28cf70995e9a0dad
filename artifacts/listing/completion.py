"""What the search box of artifacts suggests: values among the newest ones that the user can see."""

from artifacts.listing.conditions import ARTIFACTS
from artifacts.models import Artifact, ArtifactTag
from llmspell_web.teams.models import User
from sessions.access import teams_of
from sessions.completion import Vocabulary, accounts, beginning_with, teams, types
from sessions.course import Course
from sessions.finding import first_rows

SAMPLE_ARTIFACTS = 500
NOTES = {
    "type": "such as tool_result",
    "tag": "a whole tag",
    "name": "a part of it, or *.csv",
    "mime": "text/csv, image/*",
    "size": ">10MB, 1kb..5mb",
    "created": ">7d, today, 2026-01-31",
    "session": "a session's id",
    "by": "me, or a user name",
    "run": "a run's id, any, or none",
    "hash": "how the SHA-256 begins",
    "inside": "words of the content",
    "team": "one of your teams",
    "id": "an artifact's id",
    "text": "in name, description or tags",
}


def _newest(user: User) -> list[Artifact]:
    course = Course([team.pk for team in teams_of(user)], "created_at", source=ARTIFACTS)
    return first_rows(course, None, SAMPLE_ARTIFACTS, fetch=lambda rows: rows.only("mime_type"))


def _tags(user: User, prefix: str) -> list[str]:
    tags = ArtifactTag.objects.filter(artifact__in=_newest(user)).order_by()
    return beginning_with(prefix, tags.values_list("name", flat=True).distinct())


def _mimes(user: User, prefix: str) -> list[str]:
    return beginning_with(prefix, {artifact.mime_type for artifact in _newest(user)})


def _runs(_: User, prefix: str) -> list[str]:
    return beginning_with(prefix, ["any", "none"])


VOCABULARY = Vocabulary(
    NOTES,
    {"type": types, "tag": _tags, "mime": _mimes, "by": accounts, "run": _runs, "team": teams},
    times=frozenset({"created"}),
)
