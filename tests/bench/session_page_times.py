"""Opens pages of sessions with few and with many artifacts in this process, through every middleware; prints
`{page: {number of artifacts: [milliseconds, …]}}`."""

import json
import os
import sys
import time
from collections import defaultdict

os.environ["DJANGO_SETTINGS_MODULE"] = "llmspell_web.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from artifacts.blobs import write_blob  # noqa: E402
from artifacts.models import Artifact, ArtifactTag  # noqa: E402
from llmspell_web.teams.services import local_account  # noqa: E402
from llmspell_web.web.database import prepare_database  # noqa: E402
from sessions.models import Session, SessionEvent  # noqa: E402
from sessions.services import create_session  # noqa: E402

FEW, MANY, TIMES, WARM_UP = 50, 10_000, 40, 3
PAGES = {
    "its page": "",
    "its artifacts by name": "?sort=name",
    "its largest artifacts": "?sort=-size",
    "its history": "history",
}


def main() -> None:
    prepare_database()
    sessions = {count: make_session(count) for count in (FEW, MANY)}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as it is done by itself within minutes
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(local_account())
    times: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(WARM_UP + TIMES):
        for name, query in PAGES.items():
            for count, session in sessions.items():  # in turns, so that a busy machine is equally busy for both
                started = time.perf_counter()
                response = client.get(f"{session.get_absolute_url()}{query}")
                times[name][count].append((time.perf_counter() - started) * 1000)
                assert response.status_code == 200, response.status_code
    kept = {name: {count: samples[WARM_UP:] for count, samples in of.items()} for name, of in times.items()}
    json.dump(kept, sys.stdout)


def make_session(count: int) -> Session:
    """As one into which so many artifacts were stored, each with two tags and an event."""
    user, now = local_account(), timezone.now()
    session = create_session(user, name=f"{count} artifacts")
    blobs = [write_blob(b"x" * (number + 1), max_bytes=1000) for number in range(100)]
    artifacts = [
        Artifact(
            session=session,
            name=f"artifact {number:05}.txt",
            version=1,
            artifact_type="tool_result",
            mime_type="text/plain",
            blob=blobs[number % 100],
            size=blobs[number % 100].size,
            created_by=user,
            created_at=now,
        )
        for number in range(count)
    ]
    Artifact.objects.bulk_create(artifacts, batch_size=500)
    tags = [tag for one in artifacts for tag in ArtifactTag.of(one, ("tag-0", "tag-1"))]
    ArtifactTag.objects.bulk_create(tags, batch_size=500)
    events = [
        SessionEvent(
            session=session,
            number=2 + number,
            kind=SessionEvent.Kind.ARTIFACT_STORED,
            actor=user,
            at=now,
            details={"artifact_id": str(one.pk), "name": one.name, "version": 1, "size": one.size},
        )
        for number, one in enumerate(artifacts)
    ]
    SessionEvent.objects.bulk_create(events, batch_size=500)
    session.artifact_count, session.event_count = count, 1 + count
    session.total_artifact_size = sum(one.size for one in artifacts)
    session.save(update_fields=["artifact_count", "event_count", "total_artifact_size"])
    return session


main()
