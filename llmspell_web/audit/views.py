"""The audit for admins: what happened in their teams, one entry of it, and all that a filter finds as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from llmspell_web.audit.access import get_auditor
from llmspell_web.audit.entries import FIELDS
from llmspell_web.audit.export import walk_audit
from llmspell_web.audit.form import AuditForm
from llmspell_web.audit.page import audit_context, get_entry
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.generated import send_generated
from llmspell_web.web.problems import InvalidField
from sessions.export import MIME_TYPES, write_rows
from sessions.fields import describe


@never_cache
@require_safe
def audit(request: AccountRequest) -> HttpResponse:
    auditor = get_auditor(request.user)
    form = AuditForm(request.GET, auditor)
    context = audit_context(form, auditor)
    return render(request, "audit/list.html", context, status=200 if form.is_valid() else 422)


@never_cache
@require_safe
def entry(request: AccountRequest, source: str, key: str) -> HttpResponse:
    told = get_entry(get_auditor(request.user), source, key)
    return render(request, "audit/entry.html", {"told": told})


@require_safe
def export(request: AccountRequest) -> HttpResponseBase:
    """`?format=csv` or `jsonl`, with the filter of the page. It is noted, as every export is."""
    form = AuditForm(request.GET, auditor := get_auditor(request.user))
    if not form.is_valid():
        return render(request, "audit/list.html", audit_context(form, auditor), status=422)
    kind = request.GET.get("format", "csv")
    if kind not in MIME_TYPES:
        raise InvalidField("format", f"one of {', '.join(MIME_TYPES)}", describe(kind))
    lines = write_rows(FIELDS, walk_audit(request.user, form.asked), kind=kind)
    name = f"audit-{timezone.now():%Y-%m-%d}.{kind}"
    return send_generated(request, lines, name=name, mime_type=MIME_TYPES[kind])
