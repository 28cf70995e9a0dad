"""Makes so many sample sessions or artifacts in the database of the environment, unless it has some, and asks for pages
of their list.

Prints `{name: [[milliseconds by the clock, …], [milliseconds of processors, …]]}`: whole requests through every
middleware in this process, beside a bare view. Processor time is this process's and, of PostgreSQL, the backend's.
Arguments: `sessions` or `artifacts`, how many and, where not every line is wanted, the names of some.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "llmspell_web.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.test import Client  # noqa: E402

from artifacts.listing.table import ARTIFACT_TABLE  # noqa: E402
from artifacts.models import Artifact  # noqa: E402
from llmspell_web.teams.models import Team, User  # noqa: E402
from llmspell_web.web.database import prepare_database  # noqa: E402
from sessions.models import Session  # noqa: E402
from sessions.pages import Cursor, Order  # noqa: E402
from sessions.session_table import SESSION_TABLE  # noqa: E402
from sessions.tables import Table  # noqa: E402

Times = tuple[list[float], list[float]]  # by the clock, of the processors
TIMES = 25
DEEP_ROWS = 500_000  # the ten-thousandth page
# Of each kind something common, something rare, and something that is not there. `{day}` is a day long past.
SESSION_FILTERS = (
    "status:active", "status:failed", "status:active,failed", "-status:active",
    "tag:tag-000", "tag:tag-298", "tag:none", "-tag:tag-000", "tag:tag-001 tag:tag-002", "tag:tag-297 tag:tag-298",
    "tag:tag-297 OR tag:tag-298",
    "owner:me", "owner:sample-20", "team:sample",
    "created:>1h", "created:today", "created:>7d", "created:{day}", "created:{day}..{month}", "updated:{day}",
    "parent:none", "-parent:none", "parent:{parent}",
    "meta.ticket_id:10007", "meta.customer:777", "meta.region:eu", "meta.model.name:model-3", "meta.region:none",
    "type:tool_result", "type:none",
    "support", "12345", '"customer 4242"', "nothing-of-it", "zq", '"invoice draft" status:failed',
    "tag:tag-298 support", "j", "-sample", "-support tag:tag-298",
)  # fmt: skip
ARTIFACT_FILTERS = (
    "type:user_input", "type:code_generation", "type:none", "-type:user_input", "type:tool_result,code_generation",
    "tag:tag-000", "tag:tag-298", "tag:none", "-tag:tag-000", "tag:tag-001 tag:tag-002", "tag:tag-297 OR tag:tag-298",
    "name:plan", "name:*.csv", "name:plan-1234.md", "name:nothing", "mime:text/csv", "mime:image/*", "mime:text/*",
    "size:>1kb", "size:>1MB", "size:9", "size:1..100",
    "created:>1h", "created:today", "created:>7d", "created:{day}", "created:{day}..{month}",
    "by:me", "by:sample-20", "by:nobody", "session:{session}", "run:any", "run:none", "hash:{hash}", "hash:000000",
    "team:sample", "plan", "nothing-of-it", "type:tool_result tag:tag-298", "type:code_generation size:>1kb name:*.md",
    "tag:tag-298 plan",
)  # fmt: skip
SESSIONS_COUNTED = ("", "status:active", "tag:tag-298", "support", "meta.customer:777")
ARTIFACTS_COUNTED = ("", "type:tool_result", "tag:tag-298", "name:plan", "session:{session}")
PER_SESSION = 50  # artifacts
SESSION_TEMPLATE = """<!doctype html><title>Sessions</title><table>{% for session in sessions %}
<tr><td><a href="/sessions/{{ session.pk }}/">{{ session.name }}</a></td><td>{{ session.status }}</td>
<td>{% for tag in session.tags.all %}{{ tag.name }} {% endfor %}</td><td>{{ session.created_by.username }}</td>
<td>{{ session.artifact_count }}</td><td>{{ session.total_artifact_size }}</td><td>{{ session.updated_at }}</td></tr>
{% endfor %}</table>"""


ARTIFACT_TEMPLATE = """<!doctype html><title>Artifacts</title><table>{% for artifact in artifacts %}
<tr><td><a href="/artifacts/{{ artifact.pk }}/">{{ artifact.name }}</a></td><td>{{ artifact.session.name }}</td>
<td>{{ artifact.artifact_type }}</td><td>{% for tag in artifact.tags.all %}{{ tag.name }} {% endfor %}</td>
<td>{{ artifact.size }}</td><td>{{ artifact.created_by.username }}</td><td>{{ artifact.created_at }}</td></tr>
{% endfor %}</table>"""


@dataclass(frozen=True)
class Asked:
    table: Table
    filters: tuple[str, ...]
    counted: tuple[str, ...]
    bare: Callable[[], HttpResponse]

    @property
    def path(self) -> str:
        return self.table.urls["list"]

    @property
    def orders(self) -> list[str]:
        return [f"{sign}{name}" for name in self.table.orders.columns for sign in ("-", "")]


def main() -> None:
    prepare_database()
    what, count, *some = sys.argv[1:]
    is_sessions = what == "sessions"
    sessions, artifacts = (int(count), int(count) // 5) if is_sessions else (int(count) // PER_SESSION, int(count))
    make_sample(sessions=sessions, artifacts=artifacts)
    asked = ASKED[what]()
    client = start_client(asked.path)
    usual = asked.table.orders.parse(asked.table.orders.usual)
    lines: dict[str, Callable[[], Times]] = {
        "bare": partial(repeat, 4 * TIMES, asked.bare),
        "the list": partial(repeat, 4 * TIMES, partial(ask, client, asked.path, {})),
        **{
            f"in the order {text}": partial(pages, client, asked, {"sort": text}, asked.table.orders.parse(text))
            for text in asked.orders
        },
        **{text: partial(pages, client, asked, {"q": fill(text)}, usual) for text in asked.filters},
        **{f"counts of {text or 'everything'}": partial(counts, client, asked, fill(text)) for text in asked.counted},
    }
    json.dump({name: lines[name]() for name in some or lines}, sys.stdout)


def make_sample(**numbers: int) -> None:
    if not Team.objects.filter(slug="sample").exists():
        call_command("seed_sample", **numbers, seed=1, verbosity=0, stdout=sys.stderr)


def start_client(path: str) -> Client:
    """Of a member of every sample team; the path has been asked for."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="sample-01"))
    ask(client, path, {})
    gc.collect()  # as the served application does once it has started
    gc.freeze()
    return client


def bare_artifacts() -> Callable[[], HttpResponse]:
    template = Engine().from_string(ARTIFACT_TEMPLATE)
    team = Team.objects.get(slug="sample")

    def view() -> HttpResponse:
        rows = Artifact.objects.filter(listed_in=team).order_by("-created_at", "-id")
        page = rows.select_related("created_by", "session").prefetch_related("tags")[:50]
        return HttpResponse(template.render(Context({"artifacts": page})))

    return view


def bare_sessions() -> Callable[[], HttpResponse]:
    template = Engine().from_string(SESSION_TEMPLATE)
    team = Team.objects.get(slug="sample")

    def view() -> HttpResponse:
        rows = Session.objects.filter(team=team, deleted_at=None).order_by("-updated_at", "-id")
        page = rows.select_related("created_by").prefetch_related("tags")[:50]
        return HttpResponse(template.render(Context({"sessions": page})))

    return view


def pages(client: Client, asked: Asked, query: dict[str, str], order: Order) -> Times:
    """The first page, and one from the middle of the whole list or the ten-thousandth."""
    first = repeat(TIMES, partial(ask, client, asked.path, query))
    deep = repeat(TIMES, partial(ask, client, asked.path, query | {"page": middle(order)}))
    return first[0] + deep[0], first[1] + deep[1]


def counts(client: Client, asked: Asked, text: str) -> Times:
    return repeat(5, partial(ask, client, asked.table.urls["facets"], {"q": text}))


def repeat(times: int, action: Callable[[], object], *, warm_up: int = 3) -> Times:
    found: Times = ([], [])
    for _ in range(warm_up + times):
        before = (time.perf_counter(), processor_seconds())
        action()
        after = (time.perf_counter(), processor_seconds())
        for samples, start, end in zip(found, before, after, strict=True):
            samples.append((end - start) * 1000)
    return found[0][warm_up:], found[1][warm_up:]


def processor_seconds() -> float:
    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    connection.ensure_connection()
    nanoseconds = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return own + int(nanoseconds) / 1e9


def ask(client: Client, path: str, query: dict[str, str]) -> None:
    response = client.get(f"{path}?{urlencode(query)}")
    if response.status_code not in {200, 204}:
        raise RuntimeError(f"{query}: {response.status_code}")


@cache
def middle(order: Order) -> str:
    rows = order.source.in_teams([Team.objects.get(slug="sample").pk])  # by an index: sorting all takes minutes
    places = rows.order_by(order.column, "pk").values_list(order.column, "pk")
    return str(Cursor(*places[min(rows.count() // 2, DEEP_ROWS)]))


def fill(text: str) -> str:
    """Past days, a session that has a child, one with artifacts and the digest of one, of the data as it is."""
    if "{" not in text:
        return text
    oldest = Session.objects.order_by("pk")[:1].get()
    child = Session.objects.exclude(parent=None).order_by("pk").first()  # small samples have none
    month = oldest.created_at + timedelta(days=40)
    first, last = month.replace(day=2), month.replace(day=27)
    return text.format(
        day=f"{first:%Y-%m-%d}",
        month=f"{last:%Y-%m-%d}",
        parent=child.parent_id if child else oldest.pk,
        session=oldest.pk,
        hash=Artifact.objects.order_by("pk").values_list("blob", flat=True)[0][:12],
    )


ASKED = {
    "sessions": lambda: Asked(SESSION_TABLE, SESSION_FILTERS, SESSIONS_COUNTED, bare_sessions()),
    "artifacts": lambda: Asked(ARTIFACT_TABLE, ARTIFACT_FILTERS, ARTIFACTS_COUNTED, bare_artifacts()),
}


if __name__ == "__main__":
    main()
