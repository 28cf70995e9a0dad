"""Several things in the trash at once: each by the function for one, and what could not be is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from artifacts.services import restore_artifact
from llmspell_web.teams.models import User
from llmspell_web.trash.access import Item, Trashed, load_for_restore
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import remove_some
from llmspell_web.web.problems import Problem
from sessions.models import Session
from sessions.services import restore_session


@dataclass
class Outcome:
    """What was done, and the problems of the others, of each kind of words once."""

    done: list[Trashed] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    refused: int = 0

    def refuse(self, problem: Problem) -> None:
        self.problems.setdefault(str(problem), problem)
        self.refused += 1


def restore_items(user: User, items: list[Item]) -> Outcome:
    """Take each out of the trash; the first problem is raised where all have one."""
    outcome = Outcome()
    with transaction.atomic():
        for found in load_for_restore(user, items).values():
            try:
                if isinstance(found, Problem):
                    raise found
                if isinstance(found, Session):
                    restore_session(found, actor=user)
                else:
                    restore_artifact(found, actor=user)
                outcome.done.append(found)
            except Problem as problem:
                outcome.refuse(problem)
    return _unless_all_refused(outcome)


def purge_items(user: User, found: Mapping[Item, Trashed | Problem]) -> Outcome:
    """Delete each for good, as `access.load_for_purge` found it; the first problem is raised where all have one. Each
    is a transaction of its own: whoever dies in between has deleted some."""
    outcome, records = Outcome(), list[PurgeRecord]()
    for it in found.values():
        try:
            if isinstance(it, Problem):
                raise it
            if isinstance(it, Session):
                records.append(purge_session(it, actor=user))
            else:
                records.append(purge_artifact(it, actor=user))
            outcome.done.append(it)
        except Problem as problem:
            outcome.refuse(problem)
    remove_some(records)
    return _unless_all_refused(outcome)


def _unless_all_refused(outcome: Outcome) -> Outcome:
    if not outcome.done:
        raise next(iter(outcome.problems.values()))
    return outcome
