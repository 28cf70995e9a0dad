"""Names of people while somebody writes an @: those who can see what the comment is about."""

import re
from dataclasses import asdict

from llmspell_web.comments.access import SUBJECTS, Subject, get_subject
from llmspell_web.comments.notices import names_beginning_with
from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_key
from llmspell_web.web.problems import InvalidField
from sessions.completion import Completion, Suggestion
from sessions.fields import describe, is_storable

_BEGUN = re.compile(r"(?<![\w@./+-])@([\w.@+-]{0,150})$")


def read_subject(user: User, text: str) -> Subject:
    kind, _, key = text.partition(".")
    pk = read_key(key)
    if kind not in SUBJECTS or pk is None:
        raise InvalidField("on", "what the comment is about, as session.ID", describe(text))
    return get_subject(user, kind, pk)


def complete_name(subject: Subject, text: str, caret: int) -> dict[str, object]:
    """A `Completion`: its suggestions take the place of the @ and what follows it, up to the caret."""
    found = _BEGUN.search(text[:caret]) if is_storable(text) else None
    if found is None:
        return asdict(Completion(caret, caret, []))
    names = names_beginning_with(found.group(1), subject.team_id)
    return asdict(Completion(found.start(), caret, [Suggestion(f"@{name}", name) for name in names]))
