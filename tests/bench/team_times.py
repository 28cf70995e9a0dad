"""As `list_times`, for a member of 50 teams: makes so many sample sessions and runs in them, unless there are some, and
asks for lists, the feed and completion.

Arguments: how many sessions and, where not every line is wanted, the names of some.
"""

import json
import sys
from collections.abc import Callable
from functools import partial

from tests.bench.list_times import TIMES, Times, ask, bare_sessions, make_sample, middle, repeat, start_client

# isort: split

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import Team
from llmspell_web.web.database import prepare_database
from llmspell_web.workspace.feed.places import FeedCursor, FeedPlace, write_moment
from llmspell_web.workspace.feed.sources import EVENTS
from sessions.models import SessionEvent
from sessions.pages import Order

TEAMS = 50
RUN_EVERY = 20  # sessions
FILTERS = (
    "status:failed", "tag:tag-000", "tag:tag-298", "owner:sample-20", "created:>7d", "support", "-sample",
    "team:sample-40",
)  # fmt: skip
# What the history is filtered by: common, rare and not there.
HISTORIES = ("person=sample-01", "person=sample-20", "kind=created", "kind=run_ended", "kind=deleted", "time=<200d",
             "team=sample", "team=sample-50")  # fmt: skip
TYPED = ("ta", "tag:tag-2", "owner:s", "team:sample-4", "meta.", "meta.region:", "type:t")


def main() -> None:
    prepare_database()
    count, *some = sys.argv[1:]
    sessions = int(count)
    make_sample(sessions=sessions, artifacts=sessions // 5, teams=TEAMS, runs=sessions // RUN_EVERY)
    client = start_client(reverse("sessions:list"))
    lines: dict[str, Callable[[], Times]] = {"bare": partial(repeat, 4 * TIMES, bare_sessions())}
    lines |= list_lines(client) | feed_lines(client)
    for table in ("sessions", "artifacts"):
        path = reverse(f"{table}:complete")
        for text in TYPED if table == "sessions" else TYPED[:2]:
            query = {"q": text, "at": str(len(text))}
            lines[f"{table}, completing {text}"] = partial(repeat, 2 * TIMES, partial(ask, client, path, query))
    json.dump({name: lines[name]() for name in some or lines}, sys.stdout)


def list_lines(client: Client) -> dict[str, Callable[[], Times]]:
    """First pages, and one from far behind."""
    sessions, artifacts = reverse("sessions:list"), reverse("artifacts:list")
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "the list": (sessions, {}),
        "the list, far behind": (sessions, {"page": middle(Order())}),
        "the list by name": (sessions, {"sort": "name"}),
        "the list of artifacts": (artifacts, {}),
        "the list of artifacts, tag:tag-298": (artifacts, {"q": "tag:tag-298"}),
        **{text: (sessions, {"q": text}) for text in FILTERS},
    }
    return {
        name: partial(repeat, 2 * TIMES, partial(ask, client, path, query)) for name, (path, query) in asked.items()
    }


def feed_lines(client: Client) -> dict[str, Callable[[], Times]]:
    feed, live = reverse("workspace:feed"), reverse("workspace:feed_live")
    events = SessionEvent.objects.filter(team=Team.objects.get(slug="sample")).order_by("at", "pk")
    event = events[events.count() // 2]
    place = FeedPlace(event.at, EVENTS, event.pk)
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "the history": (feed, {}),
        "the history, far behind": (feed, {"page": str(FeedCursor(place))}),
        "the history, the other way": (feed, {"page": str(FeedCursor(place, backwards=True))}),
        **{f"the history, {text}": (feed, dict([text.split("=", 1)])) for text in HISTORIES},
        "the history, what is new": (live, {"since": write_moment(timezone.now())}),
        "the number in the header": (reverse("workspace:feed_news"), {}),
    }
    return {
        name: partial(repeat, 2 * TIMES, partial(ask, client, path, query)) for name, (path, query) in asked.items()
    }


if __name__ == "__main__":
    main()
