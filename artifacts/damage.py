"""What is known of damaged content, as far as the reader may see artifacts with it."""

from collections import defaultdict

from django.db.models import Exists, OuterRef

from artifacts.models import Artifact, DamagedBlob
from llmspell_web.teams.models import User

DAMAGE_SHOWN = 50
ARTIFACTS_SHOWN = 200  # of all contents together: one that many artifacts share is clear after a few


def list_damage(user: User) -> tuple[list[tuple[DamagedBlob, list[Artifact]]], int]:
    """The newest `DAMAGE_SHOWN` findings in artifacts that the user may see, each with some of these; how many findings
    there are in all. The log of the server and `verify_blobs` name every one."""
    count = DamagedBlob.objects.count()
    if not count:
        return [], 0
    visible = Artifact.objects.visible_to(user)
    in_sight = DamagedBlob.objects.filter(Exists(visible.filter(blob=OuterRef("digest"))))
    found = list(in_sight.order_by("-found_at", "digest")[:DAMAGE_SHOWN])
    artifacts = visible.filter(blob__in=[damage.digest for damage in found])
    of_blob: defaultdict[str, list[Artifact]] = defaultdict(list)
    for artifact in artifacts.only("name", "version", "blob_id").order_by("pk")[:ARTIFACTS_SHOWN]:
        of_blob[artifact.blob_id].append(artifact)
    return [(damage, of_blob[damage.digest]) for damage in found], count
