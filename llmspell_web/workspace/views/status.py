"""Whether this installation runs scripts, and how safely."""

import platform
from importlib.metadata import version

import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from artifacts.content_index import count_waiting
from artifacts.damage import list_damage
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.counts import count_text
from llmspell_web.workspace.layers import describe_layers
from llmspell_web.workspace.models import Run, RunnerBeat

RECENT_RUNS = 8


@require_safe
def status(request: AccountRequest) -> HttpResponse:
    now = timezone.now()
    beats = list(RunnerBeat.objects.order_by("-heartbeat_at")[:20])
    runners = [
        {
            "beat": beat,
            "age": (now - beat.heartbeat_at).total_seconds(),
            "is_alive": (now - beat.heartbeat_at).total_seconds() < settings.RUNNER_LOST_SECONDS,
            "layers": describe_layers(beat.layers),
        }
        for beat in beats
    ]
    recent = Run.objects.visible_to(request.user).exclude(layers={}).select_related("user").defer("source", "result")
    damaged, damaged_count = list_damage(request.user)
    context = {
        "contents_waiting": count_text(count_waiting()),
        "damaged": damaged,
        "damaged_count": damaged_count,
        "runners": runners,
        "alive": sum(1 for runner in runners if runner["is_alive"]),
        "queued": Run.objects.filter(status=Run.Status.QUEUED).count(),
        "running": Run.objects.filter(status=Run.Status.RUNNING).count(),
        "recent_runs": [(run, describe_layers(run.layers)) for run in recent.order_by("-pk")[:RECENT_RUNS]],
        "versions": versions(),
        "data_dir": settings.DATA_DIR,
    }
    return render(request, "workspace/status.html", context)


def versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        database = cursor.fetchone()[0]
    return [
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("lupa", version("lupa")),
        ("SQLite" if connection.vendor == "sqlite" else "PostgreSQL", str(database)),
        ("Kernel", platform.release()),
    ]
