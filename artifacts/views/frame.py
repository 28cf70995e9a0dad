"""What every page of one artifact shows around its tab."""

from dataclasses import dataclass

from django.urls import reverse

from artifacts.models import Artifact
from artifacts.version_timeline import find_neighbours, permanent_links
from llmspell_web.teams.models import User
from llmspell_web.web.slots import fill
from sessions.access import get_session, may_change
from sessions.metadata_tree import build_tree

CUSTOM_NODES = 2000  # the whole of almost every `custom`; the rest is told
# URL names, and labels. Those of rooms above are pages of their own within this frame.
TABS = (
    ("artifacts:detail", "Preview"),
    ("artifacts:timeline", "Versions"),
    ("workspace:artifact_lineage", "Lineage"),
    ("comments:artifact", "Comments"),
)


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    count: object = None


def artifact_frame(user: User, artifact: Artifact, current: str) -> dict[str, object]:
    """The context of `artifact_base.html`. `current` is the URL name of the tab, as in `TABS`."""
    artifact.session = get_session(user, artifact.session_id)  # with the user's role in it
    counts = fill("artifact tabs", user, artifact, {})
    return {
        "artifact": artifact,
        "neighbours": find_neighbours(artifact),
        "links": permanent_links(artifact),
        "custom": build_tree(artifact.custom, nodes=CUSTOM_NODES) if artifact.custom else None,
        "may_change": may_change(artifact.session),
        "counts": counts,
        "tabs": [
            Tab(label, reverse(name, args=[artifact.pk]), name == current, counts.get(name)) for name, label in TABS
        ],
    }
