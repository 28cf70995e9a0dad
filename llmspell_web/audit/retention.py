"""How long the audit keeps what nobody else does: LLMSPELL_AUDIT_DAYS. What others keep stays with them."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from llmspell_web.audit.models import AuditRecord, KeptEvent

PIECE = 1000  # rows that one statement takes away


def forget_piece() -> bool:
    """Take away some of what is older, if there is any; whether there was. Events of something that was deleted for
    good count from then on. Two queries where there is nothing."""
    if not settings.AUDIT_DAYS:
        return False
    before = timezone.now() - timedelta(days=settings.AUDIT_DAYS)
    records = AuditRecord.objects.order_by("at", "pk").filter(at__lt=before)
    if keys := list(records.values_list("pk", flat=True)[:PIECE]):
        AuditRecord.objects.filter(pk__in=keys).delete()
        return True
    # Keys rise in the order of keeping: nothing is looked through.
    oldest = list(KeptEvent.objects.order_by("pk").values_list("pk", "kept_at")[:PIECE])
    if keys := [key for key, kept_at in oldest if kept_at < before]:
        KeptEvent.objects.filter(pk__in=keys).delete()
    return bool(keys)
