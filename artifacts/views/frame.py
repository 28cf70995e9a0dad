"""What every page of one artifact shows around its tab."""

from dataclasses import dataclass

from django.urls import reverse

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from sessions.access import get_session, may_change

# URL names, and labels. Those of the workspace are pages of its own within this frame.
TABS = (("artifacts:detail", "Preview"), ("workspace:artifact_lineage", "Lineage"))


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool


def artifact_frame(user: User, artifact: Artifact, current: str) -> dict[str, object]:
    """The context of `artifact_base.html`. `current` is the URL name of the tab, as in `TABS`."""
    return {
        "artifact": artifact,
        "may_change": may_change(get_session(user, artifact.session_id)),
        "tabs": [Tab(label, reverse(name, args=[artifact.pk]), name == current) for name, label in TABS],
    }
