"""What an edit makes of a session's values: a script writes what it is given, a person only what they saw."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, TypedDict, cast

from llmspell_web.web.problems import Conflict
from sessions import fields
from sessions.fields import JsonObject

ABSENT: Final = object()  # stands for a key that is not there, since None is a value


class SessionChanges(TypedDict, total=False):
    """What an edit may give, unchecked: `fields.py` refuses what does not fit. An absent key stays as it is."""

    name: object
    description: object
    tags: object
    metadata: object


class Overtaken(Conflict):
    """What this edit would overwrite is not what its author saw. Nothing was saved.

    `now` holds what each such field is now, `metadata` among them, and `keys` what each such key of the metadata is
    now, or ABSENT.
    """

    def __init__(self, now: Mapping[str, object], keys: Mapping[str, object] | None = None) -> None:
        what = " and the ".join(now)
        super().__init__(f"somebody changed the {what} of this session meanwhile: nothing was saved")
        self.now = now
        self.keys = keys or {}


def is_same(one: object, other: object) -> bool:
    """Whether two JSON values are alike to everybody: `true` is not 1, and keys have no order."""
    if one is other or type(one) is not type(other):
        return one is other
    if not isinstance(one, dict | list):
        return one == other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """Each key whose value differs, with both values; ABSENT where there is none."""
    return dict(walk_differences(before, after))


def walk_differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[tuple[str, tuple[object, object]]]:
    for key in {**before, **after}:
        pair = before.get(key, ABSENT), after.get(key, ABSENT)
        if not is_same(*pair):
            yield key, pair


def apply_changes(held: Mapping[str, object], changes: SessionChanges) -> dict[str, object]:
    """The values after a script's edit: metadata is merged key by key, and a key given as None is removed."""
    after = {**held, **clean_plain(changes)}
    if "metadata" in changes:
        given = fields.clean_metadata(changes["metadata"])
        edits = {key: ABSENT if value is None else value for key, value in given.items()}
        after["metadata"] = _edit_metadata(held["metadata"], edits)
    return after


def apply_seen_changes(
    held: Mapping[str, object], changes: SessionChanges, seen: Mapping[str, object]
) -> dict[str, object]:
    """The values after a person's edit: only what differs from what they saw is an edit, and of metadata each key.

    A key of the metadata that was seen and is not given is removed. `Overtaken` where an edited value is neither
    what was seen nor what is asked for.
    """
    plain = clean_plain(changes)
    edits = {field: after for field, (_, after) in differences({field: seen[field] for field in plain}, plain).items()}
    now = _overtaken(held, seen, edits)
    keys: dict[str, object] = {}
    after = {**held, **edits}
    if "metadata" in changes:
        key_edits = _edited_keys(seen["metadata"], changes["metadata"])
        after["metadata"] = _edit_metadata(held["metadata"], key_edits)
        keys = _overtaken(_object(held["metadata"]), _object(seen["metadata"]), key_edits)
    if now or keys:
        raise Overtaken({**now, **({"metadata": held["metadata"]} if keys else {})}, keys)
    return after


def clean_plain(changes: SessionChanges) -> dict[str, object]:
    """The given fields without the metadata, checked."""
    cleaners = {"name": fields.clean_name, "description": fields.clean_description, "tags": fields.clean_tags}
    return {field: cleaners[field](value) for field, value in changes.items() if field in cleaners}


def _edited_keys(seen: object, given: object) -> dict[str, object]:
    """Only what is edited is checked: what else is held may be older than the rules."""
    after = given if isinstance(given, dict) else fields.clean_metadata(given)
    edits = {key: value for key, (_, value) in differences(_object(seen), after).items()}
    fields.clean_metadata({key: value for key, value in edits.items() if value is not ABSENT})
    return edits


def _edit_metadata(held: object, edits: Mapping[str, object]) -> JsonObject:
    merged = {key: value for key, value in {**_object(held), **edits}.items() if value is not ABSENT}
    clean = cast("JsonObject", dict(sorted(merged.items())))
    fields.check_json_size("metadata", clean)
    return clean


def _overtaken(
    held: Mapping[str, object], seen: Mapping[str, object], edits: Mapping[str, object]
) -> dict[str, object]:
    """What each edited value is now that is neither what was seen nor what it is to be."""
    now = {key: held.get(key, ABSENT) for key in edits}
    return {
        key: value
        for key, value in now.items()
        if not is_same(value, seen.get(key, ABSENT)) and not is_same(value, edits[key])
    }


def _object(value: object) -> JsonObject:
    assert isinstance(value, dict), "metadata is an object"
    return value
