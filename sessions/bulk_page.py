"""The page of one bulk action: how far it is, what could not be changed and why, and which sessions these are."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from llmspell_web.teams.models import User
from llmspell_web.web.errors import sentence
from llmspell_web.web.paging import newest_first, read_position
from sessions.bulk import AT_ONCE_MAX
from sessions.bulk_models import KEPT_DAYS, BulkAction
from sessions.bulk_subjects import Selection, subject_of
from sessions.bulk_words import WORDS, Kind, news_of, question_of, title_of

RESULTS_SHOWN = 50
ACTIONS_SHOWN = 25


@dataclass(frozen=True)
class Refusal:
    reason: str
    count: int
    url: str
    is_shown: bool


@dataclass(frozen=True)
class Row:
    """`name` is empty where the reader cannot see it any more; `url` also where it is in the trash."""

    key: UUID
    name: str
    url: str


def action_page(action: BulkAction, query: QueryDict) -> dict[str, object]:
    """`?reason=` shows the sessions that were left as they are for that reason, empty those that were changed;
    `?after=` says behind which result."""
    shown = query.get("reason")
    if not action.is_finished or action.is_past or shown not in {"", *action.refusals}:
        shown = None
    refusals = sorted(action.refusals.items(), key=lambda item: (-item[1], item[0]))
    place = subject_of(action.kind).place(action)
    context: dict[str, object] = {
        "action": action,
        "title": title_of(action),
        "news": news_of(action),
        "kept_days": KEPT_DAYS,
        "icon": "undo-2" if action.undoes_id else WORDS[Kind(action.kind)].icon,
        "place": place,
        "thing": WORDS[Kind(action.kind)].thing,
        "changed_url": _results_url(action, ""),
        "refusals": [
            Refusal(sentence(reason), count, _results_url(action, reason), reason == shown)
            for reason, count in refusals
        ],
    }
    if shown is not None:
        context |= {"shown": sentence(shown) if shown else news_of(action), **_results(action, shown, query)}
    return context


def question_page(selection: Selection) -> dict[str, object]:
    """What will happen to which sessions, before it does."""
    words = WORDS[selection.kind]
    count = selection.count()
    names = selection.names()
    return {
        "selection": selection,
        "words": words,
        "is_everything": not selection.ids,
        "question": question_of(selection.kind, count.text),
        "count": count,
        "names": names,
        "unnamed": len(selection.ids) - len(names),
        "in_background": count.count > AT_ONCE_MAX,
    }


def recent_actions(user: User, after: str) -> dict[str, object]:
    page = newest_first(BulkAction.objects.visible_to(user).select_related("undone_by"), after, size=ACTIONS_SHOWN)
    actions = [(action, title_of(action), subject_of(action.kind).place(action).filter_words) for action in page.items]
    return {"actions": actions, "after": page.after}


def _results(action: BulkAction, reason: str, query: QueryDict) -> dict[str, object]:
    results = action.results.filter(reason=reason)
    position = read_position(query.get("after", ""))
    if position is not None:
        results = results.filter(pk__gt=position)
    items = list(results.order_by("pk")[: RESULTS_SHOWN + 1])
    more = len(items) > RESULTS_SHOWN
    items = items[:RESULTS_SHOWN]
    next_url = f"{_results_url(action, reason)}&after={items[-1].pk}" if more else ""
    keys = [result.target_id for result in items]
    named = subject_of(action.kind).name_all(action.actor, keys)
    return {"rows": [Row(key, *named.get(key, ("", ""))) for key in keys], "next_url": next_url}


def _results_url(action: BulkAction, reason: str) -> str:
    return f"{action.get_absolute_url()}?{urlencode({'reason': reason})}"
