"""What forms of several rooms share: a Problem of the domain beside the field it names, and several files at once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound, Problem, TooManyTries


def add_problem(form: forms.BaseForm, problem: Problem, *, field: str | None = None) -> None:
    """The problem's words as an error of `field`, else of the field it names, also by a path into it (`tags[2]`,
    `metadata.rows[3].f`), else of the whole form."""
    if field is None and isinstance(problem, InvalidField):
        name = re.split(r"[.\[]", problem.field, maxsplit=1)[0]
        field = name if name in form.fields else None
    form.add_error(field, sentence(str(problem)))


@contextmanager
def showing_problems(form: forms.BaseForm) -> Iterator[None]:
    """A problem of the block becomes an error of the form, unless what is sent could not mend it."""
    try:
        yield
    except (Conflict, Forbidden, NotFound, TooManyTries):
        raise
    except Problem as problem:
        add_problem(form, problem)


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files; cleans to a list."""

    widget = SeveralFilesInput

    # Any: what a widget gives, which the base class checks.
    def clean(self, data: Any, initial: object = None) -> "list[UploadedFile[bytes]]":
        return [super(SeveralFilesField, self).clean(one, initial) for one in data or [None]]
