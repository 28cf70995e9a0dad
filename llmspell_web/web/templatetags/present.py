"""How values are printed: times, durations, amounts, JSON, and the icon of a status."""

import json
from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils import timezone

from llmspell_web.web import direction

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
STEP, SIZES = 1024, ("KB", "MB", "GB", "TB", "PB")
STATUS_ICONS = {
    "active": "circle-dot",
    "suspended": "circle-pause",
    "completed": "circle-check",
    "failed": "circle-x",
    "queued": "clock",
    "running": "loader",
    "succeeded": "circle-check",
    "limit": "gauge",
    "stopped": "circle-stop",
    "interrupted": "unplug",
    "done": "circle-check",
    "cancelled": "circle-stop",
    "broken": "unplug",
}
EVENT_ICONS = {
    "created": "circle-plus",
    "updated": "pencil",
    "suspended": "circle-pause",
    "resumed": "play",
    "completed": "circle-check",
    "failed": "circle-x",
    "loaded": "rotate-ccw",
    "saved": "save",
    "copied": "copy",
    "deleted": "trash-2",
    "restored": "archive-restore",
    "artifact_stored": "package-plus",
    "artifact_deleted": "package-minus",
    "artifact_restored": "archive-restore",
    "artifact_updated": "tag",
    "run_started": "play",
    "run_ended": "square-check",
    "team_created": "users",
    "team_renamed": "pencil",
    "team_joined": "user-plus",
    "team_role_changed": "user-cog",
    "team_left": "log-out",
    "team_removed": "user-minus",
    "team_invited": "mail-plus",
    "team_revoked": "mail-x",
    "team_view_created": "bookmark-plus",
    "team_view_changed": "bookmark",
    "team_view_deleted": "bookmark-x",
    "purged_session": "flame",
    "purged_artifact": "flame",
    "logged_in": "log-in",
    "logged_out": "log-out",
    "login_failed": "shield-alert",
    "password_changed": "key-round",
    "email_changed": "mail",
    "second_factor_added": "shield-check",
    "second_factor_removed": "shield-off",
    "exported": "download",
}
LIMIT_LABELS = {
    "cpu_seconds": "CPU time",
    "wall_seconds": "Wall time",
    "memory_bytes": "Memory",
    "output_bytes": "Output",
    "api_calls": "API calls",
    "stored_bytes": "Stored",
}


@register.filter
def ago(moment: datetime | None) -> str:
    """`just now`, `5 min ago`, `3 h ago`, `4 days ago`; beyond 30 days the date."""
    if moment is None:
        return "never"
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < 10:
        return "just now"
    if seconds < MINUTE:
        return f"{seconds} s ago"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < DAY:
        return f"{seconds // HOUR} h ago"
    if seconds < 30 * DAY:
        days = seconds // DAY
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{moment:%Y-%m-%d}"


@register.filter
def exact(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


@register.filter
def span(start: datetime | None, end: datetime | None) -> str:
    """How long it took from start to end; until now while there is no end."""
    if start is None:
        return "–"
    return duration(((end or timezone.now()) - start).total_seconds())


@register.filter
def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min {int(seconds % MINUTE)} s"
    return f"{int(seconds // HOUR)} h {int(seconds % HOUR // MINUTE)} min"


@register.filter
def iso(moment: datetime) -> str:
    """For the `datetime` of a `<time>`, to the second."""
    return moment.isoformat(timespec="seconds")


@register.filter
def size(amount: int | None) -> str:
    """`0 bytes`, `1 byte`, `1.5 KB` (1,024 bytes a step), up to PB."""
    count = amount or 0
    if count < STEP:
        return "1 byte" if count == 1 else f"{count} bytes"
    value, units = float(count), iter(SIZES)
    unit = ""
    while value >= STEP and (larger := next(units, "")):
        value, unit = value / STEP, larger
    return f"{value:,.1f} {unit}"


@register.filter
def amount(value: float, name: str) -> str:
    """An amount of a limit, in its unit: the unit is the end of the limit's name."""
    if name.endswith("_bytes"):
        return size(int(value))
    if name.endswith("_seconds"):
        return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"
    return f"{int(value):,}"


@register.filter
def limit_label(name: str) -> str:
    return LIMIT_LABELS.get(name, name.replace("_", " "))


@register.filter
def status_icon(status: str) -> str:
    return STATUS_ICONS.get(status, "circle")


@register.filter
def pretty_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


@register.filter
def in_order(sentence: object) -> str:
    return direction.without_turns(str(sentence))


@register.filter
def held(name: object) -> str:
    return direction.held(str(name))


@register.filter
def event_icon(kind: str) -> str:
    return EVENT_ICONS.get(kind, "history")


@register.filter
def at(mapping: Mapping[object, object], key: object) -> object:
    """What the mapping holds there; None for nothing."""
    return mapping.get(key)
