"""Showing a Problem of the domain beside the field it names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound, Problem


def add_problem(form: forms.BaseForm, problem: Problem) -> None:
    """The problem's words as an error of the field it names, also by a path into it (`tags[2]`, `metadata.rows[3].f`),
    else of the whole form."""
    name = re.split(r"[.\[]", problem.field, maxsplit=1)[0] if isinstance(problem, InvalidField) else ""
    field = name if name in form.fields else None
    form.add_error(field, sentence(str(problem)))


@contextmanager
def showing_problems(form: forms.BaseForm) -> Iterator[None]:
    """A problem of the block becomes an error of the form, unless what is sent could not mend it."""
    try:
        yield
    except (Conflict, Forbidden, NotFound):
        raise
    except Problem as problem:
        add_problem(form, problem)
