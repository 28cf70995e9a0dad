"""The history of what was deleted for good stays in the audit, whoever dies meanwhile; and nobody rewrites it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from artifacts.services import store_artifact
from llmspell_web.audit import retention
from llmspell_web.audit.models import AuditRecord, KeptEvent
from llmspell_web.audit.retention import forget_piece
from llmspell_web.teams.models import Membership, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_session
from llmspell_web.trash.removal import go_on_removing, remove_all
from sessions.models import Session, SessionEvent
from sessions.services import create_session, delete_session, update_session
from tests.audit.test_pages import told, words
from tests.trash.test_dying import Died, dying_at

MANY = 230


def make_trash(owner: User, edits: int = 2) -> Session:
    session = create_session(owner, name="Support")
    for number in range(edits):
        update_session(session, actor=owner, name=f"Support {number}")
    store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"1")
    delete_session(session, actor=owner)
    return session


@pytest.mark.django_db
def test_the_history_of_a_purged_session_is_told_on_and_its_links_stay(desk: Client, owner: User, admin: User) -> None:
    session = make_trash(owner)
    before = told(desk)
    event = session.events.get(number=2)
    remove_all(purge_session(session, actor=admin))
    assert not SessionEvent.objects.exists()
    name = "Support 1"
    assert told(desk) == [
        f"purged_session {name} by admin",
        f"deleted {name} by owner",
        f"artifact_stored a.txt v1 in {name} by owner",
        *[f"updated {name} by owner"] * 2,
        f"created {name} by owner",
    ]
    assert told(desk)[1:] == before
    assert told(desk, object=str(session.pk)) == told(desk)
    assert told(desk, person="owner", kind="created") == [f"created {name} by owner"]
    page = words(desk.get(f"/audit/event/{event.pk}/"))
    assert "name Support 0" in page
    kept = KeptEvent.objects.get(key=str(event.pk))
    assert (kept.at, kept.number, kept.details, kept.session_id) == (event.at, 2, event.details, session.pk)
    assert "name Support 0" in words(desk.get(f"/audit/kept/{kept.pk}/"))


@pytest.mark.django_db(transaction=True)
def test_whoever_dies_in_a_purge_loses_nothing_and_keeps_nothing_twice(make_user: Callable[..., User]) -> None:
    admin = make_user("admin", Membership.Role.ADMIN)
    statement, has_died = 0, True
    while has_died:
        statement, has_died = statement + 1, False
        session = make_trash(admin)
        keys = {str(key) for key in session.events.values_list("pk", flat=True)}
        record = purge_session(session, actor=admin)
        try:
            with connection.execute_wrapper(dying_at(statement)):
                remove_all(record)
        except Died:
            has_died = True
        there = {str(key) for key in SessionEvent.objects.values_list("pk", flat=True)}
        kept = list(KeptEvent.objects.values_list("key", flat=True))
        assert sorted([*there, *kept]) == sorted(keys)
        while go_on_removing():
            pass
        assert sorted(KeptEvent.objects.values_list("key", flat=True)) == sorted(keys)
        with transaction.atomic():
            KeptEvent.objects.all().delete()
            PurgeRecord.objects.all().delete()
    assert statement > 20


@pytest.mark.django_db
def test_a_long_history_goes_piece_by_piece_with_few_queries(owner: User, admin: User) -> None:
    session = make_trash(owner, MANY)
    remove_all(purge_session(session, actor=admin))
    assert KeptEvent.objects.count() == MANY + 3
    assert KeptEvent.objects.values("team").distinct().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("model", [AuditRecord, KeptEvent])
def test_the_database_refuses_to_rewrite_it(
    model: type[AuditRecord | KeptEvent], desk: Client, owner: User, admin: User
) -> None:
    remove_all(purge_session(make_trash(owner), actor=admin))
    assert model._default_manager.exists()
    for column in ("kind", "details", "request_id"):
        value = {"kind": "other", "details": {"x": 1}, "request_id": None}[column]
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            model._default_manager.update(**{column: value})


@pytest.mark.django_db
def test_it_is_forgotten_after_its_days_piece_by_piece(
    owner: User, admin: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PIECE", 2)
    remove_all(purge_session(make_trash(owner), actor=admin))
    now = timezone.now()
    kept = list(KeptEvent.objects.order_by("pk"))
    KeptEvent.objects.all().delete()
    for age in (370, 369, 366, 364):
        AuditRecord.objects.create(kind="logged_in", account=owner, name="owner", at=now - timedelta(days=age))
    for age, event in zip((370, 369, 366, 364, 1), kept, strict=True):
        event.kept_at = now - timedelta(days=age)
        event.save(force_insert=True)
    settings.AUDIT_DAYS = 0
    assert forget_piece() is False
    settings.AUDIT_DAYS = 365
    pieces = 0
    while forget_piece():
        pieces += 1
    assert pieces == 4
    assert AuditRecord.objects.get().at == now - timedelta(days=364)
    assert KeptEvent.objects.count() == 2
