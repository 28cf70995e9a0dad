"""Making, opening and revoking links. `docs/decisions/029-share-links.md` says when one ends."""

from collections.abc import Iterator
from itertools import islice

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from artifacts.models import Artifact
from artifacts.states import record_fields, snapshot_fields
from llmspell_web.shares.access import NO_LINK, Shareable
from llmspell_web.shares.models import Share, SharedArtifact, ShareEvent, made_facts, record_share_event
from llmspell_web.shares.querysets import ShareQuerySet
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField, NotFound, Problem
from llmspell_web.web.tokens import LIFETIMES, digest_of, new_token, read_lifetime
from llmspell_web.workspace.models import Run
from sessions.models import Session

USES_MAX = 1000
OPEN_MAX = 50  # at once for one session, artifact or run: its page shows them all
PASSWORD_MIN, PASSWORD_MAX = 8, 128  # characters
ENDED_SHOWN = 20  # there, of those that have ended
LINES_AT_ONCE = 500  # artifacts in memory at a time
# Of a session, what a visitor is shown: neither its parent nor what is counted beyond the artifacts shown.
SHOWN_FIELDS = ("name", "description", "status", "tags", "metadata", "created_at", "updated_at", "ended_at")
Kind = ShareEvent.Kind


def create_share(
    thing: Shareable, *, actor: User, is_live: bool, lifetime: str, password: str = "", uses: int | None = None
) -> tuple[Share, str]:
    """The share and its token, which nobody can read again. `access.get_shareable` has loaded the thing for the actor.

    `uses` None: any number of people may open it; no password: nobody is asked for one. A frozen share holds what its
    thing is at this moment: nobody changes it meanwhile. A run that has not ended cannot be frozen.
    """
    lasts = read_lifetime(lifetime, LIFETIMES)
    if uses is not None and not 1 <= uses <= USES_MAX:
        raise InvalidField("uses", f"a number from 1 to {USES_MAX}", str(uses)[:40])
    if password and not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise InvalidField("password", f"{PASSWORD_MIN} to {PASSWORD_MAX} characters", f"{len(password)}")
    token = new_token()
    hashed = make_password(password) if password else ""  # takes too long for a transaction
    share = Share(created_by=actor, digest=digest_of(token), is_live=is_live, password=hashed, uses_max=uses)
    with transaction.atomic():
        held = _hold(thing)
        share.team_id = held.team_id
        _name(share, thing)
        if shares_of(thing).open().count() >= OPEN_MAX:
            raise Problem(f"it has {OPEN_MAX} open links, which is as many as it may: revoke some first")
        share.created_at = timezone.now()
        share.expires_at = share.created_at + lasts
        lines = iter(()) if is_live else _freeze(share, held, thing)
        share.save(force_insert=True)
        while batch := list(islice(lines, LINES_AT_ONCE)):
            SharedArtifact.objects.bulk_create(batch)
        record_share_event(share, Kind.MADE, actor=actor, facts=made_facts(share))
    return share, token


def shares_of(thing: Shareable) -> ShareQuerySet:
    match thing:
        case Session():
            return Share.objects.of_session(thing.pk)
        case Artifact():
            return Share.objects.of_artifact(thing)
        case Run():
            return Share.objects.of_run(thing.pk)


def newest_shares(thing: Shareable) -> list[Share]:
    """Whoever made them: all that have not ended, and the last ones that have, the newest of either first."""
    shares = shares_of(thing).with_standing().select_related("created_by").order_by("-pk")
    lasting = list(shares.open())
    return [*lasting, *shares.exclude(pk__in=[share.pk for share in lasting])[:ENDED_SHOWN]]


def open_share(share: Share, password: str, *, address: str = "") -> None:
    """Counts one visitor, who comes from that address. `InvalidField` for a wrong password; `NotFound` when the last
    use went to somebody else, or it has ended meanwhile. `access.find_share` has found it; the caller has checked how
    often this was tried."""
    if share.password and not check_password(password, share.password):
        record_share_event(share, Kind.REFUSED, address=address)
        raise InvalidField("password", "the one that came with the link", "another one")
    with transaction.atomic():
        left = Share.objects.open().filter(Q(uses_max=None) | Q(uses__lt=F("uses_max")), pk=share.pk)
        if not left.update(uses=F("uses") + 1, last_used_at=timezone.now()):
            raise NotFound(NO_LINK)
        use = Share.objects.filter(pk=share.pk).values_list("uses", flat=True).get()
        record_share_event(share, Kind.OPENED, address=address, facts={"use": use})


def revoke_share(share: Share, *, actor: User) -> None:
    """Nothing to do where it was revoked meanwhile."""
    with transaction.atomic():
        if Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record_share_event(share, Kind.REVOKED, actor=actor)


def _hold(thing: Shareable) -> Session | Run:
    """The run, or the session that it is or belongs to, as it is now: until the commit nobody changes it, nor what is
    stored in it. NotFound where it is in the trash or in another team than the actor found it in."""
    seen = thing.session if isinstance(thing, Artifact) else thing
    rows: QuerySet[Run] | QuerySet[Session] = Run.objects.all()
    if isinstance(seen, Session):
        rows = Session.objects.filter(deleted_at=None)
    held = rows.select_for_update(no_key=True).filter(pk=seen.pk, team=seen.team_id).first()
    if held is None:
        raise NotFound("it is not here any more: somebody has deleted or moved it")
    return held


def title_of(thing: Shareable) -> str:
    return thing.title if isinstance(thing, Run) else thing.name


def _name(share: Share, thing: Shareable) -> None:
    """What it leads to."""
    share.title = title_of(thing)
    match thing:
        case Session():
            share.session_id = thing.pk
        case Artifact():
            share.session_id, share.artifact_name = thing.session_id, thing.name
        case Run():
            share.run_id = thing.pk


def _freeze(share: Share, held: Session | Run, thing: Shareable) -> Iterator[SharedArtifact]:
    if isinstance(held, Run):
        if not held.is_finished:
            raise InvalidField("mode", "live, as this run has not ended", "as it is now")
        return iter(())
    if isinstance(thing, Artifact):
        artifacts = Artifact.objects.filter(pk=thing.pk, deleted_at=None)
    else:
        fields = snapshot_fields(held)
        share.fields = {name: fields[name] for name in SHOWN_FIELDS}
        artifacts = Artifact.objects.newest().filter(session=held.pk)
    rows = artifacts.order_by("pk").prefetch_related("tags").iterator(LINES_AT_ONCE)
    return (SharedArtifact(share=share, artifact=row, **record_fields(row)) for row in rows)
