"""A tab of the artifact's page: where it comes from, and what came of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from artifacts.access import get_artifact
from artifacts.views.frame import artifact_frame
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.workspace.lineage import trace_artifact
from llmspell_web.workspace.lineage_graph import draw_lineage


@require_safe
def artifact_lineage(request: AccountRequest, pk: UUID) -> HttpResponse:
    artifact = get_artifact(request.user, pk)
    lineage = trace_artifact(artifact, request.user)
    context = {
        **artifact_frame(request.user, artifact, "workspace:artifact_lineage"),
        "lineage": lineage,
        "drawings": draw_lineage(lineage),
    }
    return render(request, "workspace/artifact_lineage.html", context)
