"""What is known of damaged content, for those who look after the installation."""

from collections import defaultdict

from artifacts.models import Artifact, DamagedBlob
from llmspell_web.teams.models import User

DAMAGE_SHOWN = 50
ARTIFACTS_SHOWN = 200  # of all contents together: one that many artifacts share is clear after a few


def list_damage(user: User) -> tuple[list[tuple[DamagedBlob, list[Artifact]]], int]:
    """The newest `DAMAGE_SHOWN` findings, each with artifacts of that content that the user may see; how many findings
    there are in all."""
    found = list(DamagedBlob.objects.order_by("-found_at", "digest")[:DAMAGE_SHOWN])
    if not found:
        return [], 0
    artifacts = Artifact.objects.visible_to(user).filter(blob__in=[damage.digest for damage in found])
    of_blob: defaultdict[str, list[Artifact]] = defaultdict(list)
    for artifact in artifacts.only("name", "version", "blob_id").order_by("pk")[:ARTIFACTS_SHOWN]:
        of_blob[artifact.blob_id].append(artifact)
    return [(damage, of_blob[damage.digest]) for damage in found], DamagedBlob.objects.count()
