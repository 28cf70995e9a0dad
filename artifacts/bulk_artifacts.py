"""Bulk actions on artifacts."""

from artifacts import bulk_changes, bulk_selection
from sessions.bulk_subjects import Subject
from sessions.bulk_words import words_about

ARTIFACTS = Subject(
    kinds=frozenset(words_about("artifact")),
    load=bulk_changes.load,
    change=bulk_changes.change,
    last_changes=bulk_changes.last_changes,
    take_back=bulk_changes.take_back,
    clean_argument=bulk_changes.clean_argument,
    read_selection=bulk_selection.read_selection,
    read_list_url=bulk_selection.read_list_url,
    place=bulk_selection.place_of,
    name_all=bulk_selection.name_artifacts,
)
