"""Writing down what accounts do outside of teams, as Django, allauth and the rooms below tell of it.

Failed log-ins are counted: one row for a name and an address in a minute, and no more than ROWS_A_MINUTE of them.
Beyond that, tries at accounts are told without addresses, and all others together: a flood fills no disk, and hides
nothing that was tried at an account.
"""

from datetime import datetime
from typing import Any

from allauth.account import signals as of_account
from allauth.mfa import signals as of_factors
from allauth.socialaccount import signals as of_sign_on
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from llmspell_web.audit.models import NAME_MAX_CHARACTERS, AuditRecord
from llmspell_web.teams.models import User
from llmspell_web.web.generated import download_begins
from llmspell_web.web.rate_limits import client_address

ROWS_A_MINUTE = 60
TYPED = ("username", "login", "email")  # what of the credentials says who somebody wants to be
Kind = AuditRecord.Kind

_FIELDS = AuditRecord._meta.local_concrete_fields
# Names of our own table.
_COUNT = """
    INSERT INTO llmspell_audit_auditrecord ({columns}) VALUES ({marks})
    ON CONFLICT (minute, name, address) WHERE minute IS NOT NULL
    DO UPDATE SET count = llmspell_audit_auditrecord.count + 1
""".format(columns=", ".join(str(field.column) for field in _FIELDS), marks=", ".join(["%s"] * len(_FIELDS)))  # noqa: S608


def record(kind: AuditRecord.Kind, *, account: User | None, request: HttpRequest | None, **details: object) -> None:
    AuditRecord.objects.create(
        kind=kind,
        account=account,
        name=account.get_username() if account else "",
        address=_address(request),
        at=timezone.now(),
        details=details,
    )


def count_failed_login(name: str, request: HttpRequest | None) -> None:
    """One statement that inserts or counts, so that nobody who comes at the same time is lost."""
    now = timezone.now()
    name = name.replace("\0", "\N{REPLACEMENT CHARACTER}")[:NAME_MAX_CHARACTERS]
    account = User.objects.filter(username=name).values_list("pk", flat=True).first() if name else None
    address = _address(request)
    minute = now.replace(second=0, microsecond=0)
    if _is_flood(minute, name, address):
        name, address = name if account else "", ""
    row = AuditRecord(kind=Kind.LOGIN_FAILED, account_id=account, name=name, address=address, at=now, minute=minute)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)


def _is_flood(minute: datetime, name: str, address: str) -> bool:
    """Whether this would be one more row than a minute may have."""
    rows = AuditRecord.objects.filter(minute=minute)
    is_there = rows.filter(name=name, address=address).exists()
    return not is_there and rows.count() >= ROWS_A_MINUTE


def _address(request: HttpRequest | None) -> str:
    return client_address(request) if request is not None else ""


def listen() -> None:
    user_logged_in.connect(_on_login)
    user_logged_out.connect(_on_logout)
    user_login_failed.connect(_on_failure)
    download_begins.connect(_on_download)
    for signal in (of_account.password_changed, of_account.password_set, of_account.password_reset):
        signal.connect(_on_password)
    of_account.email_changed.connect(_on_email_changed)
    of_account.email_added.connect(_on_email_added)
    of_account.email_removed.connect(_on_email_removed)
    of_factors.authenticator_added.connect(_on_factor_added)
    of_factors.authenticator_removed.connect(_on_factor_removed)
    of_factors.authenticator_reset.connect(_on_factor_removed)
    of_sign_on.social_account_added.connect(_on_sign_on_added)
    of_sign_on.social_account_removed.connect(_on_sign_on_removed)


# What signals are sent with beside what is named here is Any: Django, allauth and its versions decide that.


def _on_login(user: User, request: HttpRequest | None = None, **_: Any) -> None:
    record(Kind.LOGGED_IN, account=user, request=request)


def _on_logout(user: User | None, request: HttpRequest | None = None, **_: Any) -> None:
    if user is not None:  # else nobody was logged in
        record(Kind.LOGGED_OUT, account=user, request=request)


def _on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    count_failed_login(next((str(credentials[name]) for name in TYPED if credentials.get(name)), ""), request)


def _on_password(user: User, request: HttpRequest | None = None, **_: Any) -> None:
    record(Kind.PASSWORD_CHANGED, account=user, request=request)


def _on_email_changed(
    user: User, from_email_address: Any, to_email_address: Any, request: HttpRequest | None = None, **_: Any
) -> None:
    _record_email(user, request, from_email_address, to_email_address)


def _on_email_added(user: User, email_address: Any, request: HttpRequest | None = None, **_: Any) -> None:
    _record_email(user, request, None, email_address)


def _on_email_removed(user: User, email_address: Any, request: HttpRequest | None = None, **_: Any) -> None:
    _record_email(user, request, email_address, None)


def _record_email(user: User, request: HttpRequest | None, before: Any, after: Any) -> None:
    change = {side: address.email if address else None for side, address in (("before", before), ("after", after))}
    record(Kind.EMAIL_CHANGED, account=user, request=request, email=change)


def _on_factor_added(user: User, authenticator: Any, request: HttpRequest | None = None, **_: Any) -> None:
    record(Kind.FACTOR_ADDED, account=user, request=request, factor=str(authenticator.type))


def _on_factor_removed(user: User, authenticator: Any, request: HttpRequest | None = None, **_: Any) -> None:
    record(Kind.FACTOR_REMOVED, account=user, request=request, factor=str(authenticator.type))


def _on_sign_on_added(sociallogin: Any, request: HttpRequest | None = None, **_: Any) -> None:
    account = sociallogin.account
    record(Kind.SIGN_ON_ADDED, account=account.user, request=request, provider=account.provider)


def _on_sign_on_removed(socialaccount: Any, request: HttpRequest | None = None, **_: Any) -> None:
    record(Kind.SIGN_ON_REMOVED, account=socialaccount.user, request=request, provider=socialaccount.provider)


def _on_download(request: HttpRequest, name: str, **_: Any) -> None:
    if isinstance(request.user, User):
        record(Kind.EXPORTED, account=request.user, request=request, file=name, path=request.get_full_path())
