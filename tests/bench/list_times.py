"""Makes so many sample sessions in the database of the environment, unless it has some, and asks for pages of them.

Prints `{name: [milliseconds, …]}`: whole requests through every middleware in this process, beside a bare view.
"""

import gc
import json
import os
import sys
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "llmspell_web.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.urls import reverse  # noqa: E402

from llmspell_web.teams.models import Team, User  # noqa: E402
from llmspell_web.web.database import prepare_database  # noqa: E402
from sessions.models import Session  # noqa: E402
from sessions.pages import Cursor, Order  # noqa: E402
from tests.bench.figures import repeat  # noqa: E402

TIMES = 25
ORDERS = ("-updated", "updated", "-created", "created", "name", "-name", "status", "-status", "-artifacts", "-size")
# Of each kind something common, something rare, and something that is not there. `{day}` is a day long past.
FILTERS = (
    "status:active", "status:failed", "status:active,failed", "-status:active",
    "tag:tag-000", "tag:tag-298", "tag:none", "-tag:tag-000", "tag:tag-001 tag:tag-002", "tag:tag-297 tag:tag-298",
    "tag:tag-297 OR tag:tag-298",
    "owner:me", "owner:sample-20", "team:sample",
    "created:>1h", "created:today", "created:>7d", "created:{day}", "created:{day}..{month}", "updated:{day}",
    "parent:none", "-parent:none", "parent:{parent}",
    "meta.ticket_id:10007", "meta.customer:777", "meta.region:eu", "meta.model.name:model-3", "meta.region:none",
    "type:tool_result", "type:none",
    "support", "12345", '"customer 4242"', "nothing-of-it", "zq", '"invoice draft" status:failed',
    "tag:tag-298 support",
)  # fmt: skip
COUNTED = ("", "status:active", "tag:tag-298", "support", "meta.customer:777")
TEMPLATE = """<!doctype html><title>Sessions</title><table>{% for session in sessions %}
<tr><td><a href="/sessions/{{ session.pk }}/">{{ session.name }}</a></td><td>{{ session.status }}</td>
<td>{% for tag in session.tags.all %}{{ tag.name }} {% endfor %}</td><td>{{ session.created_by.username }}</td>
<td>{{ session.artifact_count }}</td><td>{{ session.total_artifact_size }}</td><td>{{ session.updated_at }}</td></tr>
{% endfor %}</table>"""


def main() -> None:
    prepare_database()
    if not Team.objects.filter(slug="sample").exists():
        call_command("seed_sample", sessions=int(sys.argv[1]), artifacts=int(sys.argv[1]) // 5, seed=1, verbosity=0)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="sample-01"))
    ask(client, "/sessions/", {})
    gc.collect()  # as the served application does once it has started
    gc.freeze()
    times = {"bare": bare_view(), "plain": repeat(4 * TIMES, lambda: ask(client, "/sessions/", {}))}
    for text in ORDERS:
        deep = middle(Order.parse(text))
        times[f"in the order {text}"] = pages(client, {"sort": text}, deep)
    deep = middle(Order())
    for text in FILTERS:
        times[text] = pages(client, {"q": fill(text)}, deep)
    for text in COUNTED:
        times[f"counts of {text or 'everything'}"] = repeat(
            5, partial(ask, client, reverse("sessions:facets"), {"q": text})
        )
    json.dump(times, sys.stdout)


def bare_view() -> list[float]:
    template = Engine().from_string(TEMPLATE)
    team = Team.objects.get(slug="sample")

    def view(_request: HttpRequest) -> HttpResponse:
        rows = Session.objects.filter(team=team, deleted_at=None).order_by("-updated_at", "-id")
        page = rows.select_related("created_by").prefetch_related("tags")[:50]
        return HttpResponse(template.render(Context({"sessions": page})))

    return repeat(4 * TIMES, lambda: view(RequestFactory().get("/")))


def pages(client: Client, query: dict[str, str], deep: str) -> list[float]:
    """The first page and one from the middle of the whole list."""
    first = repeat(TIMES, lambda: ask(client, "/sessions/", query))
    return first + repeat(TIMES, lambda: ask(client, "/sessions/", query | {"page": deep}))


def ask(client: Client, path: str, query: dict[str, str]) -> None:
    response = client.get(f"{path}?{urlencode(query)}")
    if response.status_code != 200:
        raise RuntimeError(f"{query}: {response.status_code}")


def middle(order: Order) -> str:
    rows = Session.objects.order_by(order.column, "pk").values_list(order.column, "pk")
    return str(Cursor(*rows[rows.count() // 2]))


def fill(text: str) -> str:
    """Past days, and a session that has a child, of the data as it is."""
    oldest = Session.objects.order_by("pk")[:1].get()
    child = Session.objects.exclude(parent=None).order_by("pk").first()  # small samples have none
    month = oldest.created_at + timedelta(days=40)
    first, last = month.replace(day=2), month.replace(day=27)
    return text.format(
        day=f"{first:%Y-%m-%d}", month=f"{last:%Y-%m-%d}", parent=child.parent_id if child else oldest.pk
    )


main()
