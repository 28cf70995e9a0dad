"""Showing a Problem of the domain beside the field it names."""

from django import forms

from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField, Problem


def add_problem(form: forms.BaseForm, problem: Problem) -> None:
    """The problem's words as an error of the field it names, else of the whole form."""
    field = problem.field if isinstance(problem, InvalidField) and problem.field in form.fields else None
    form.add_error(field, sentence(str(problem)))
