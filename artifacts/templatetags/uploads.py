"""The form that uploads into a session, for pages of rooms that know nothing of artifacts."""

from django import template
from django.conf import settings
from django.template.context import Context

from artifacts.fields import STANDARD_TYPES
from artifacts.forms import StoreForm
from sessions.models import Session

register = template.Library()


@register.inclusion_tag("artifacts/_upload.html", takes_context=True)
def upload_panel(context: Context, session: Session) -> dict[str, object]:
    return {
        "session": session,
        "form": StoreForm(auto_id="upload_%s"),
        "types": STANDARD_TYPES,
        "max_bytes": settings.ARTIFACT_MAX_BYTES,
        "csrf_token": context.get("csrf_token"),
    }
