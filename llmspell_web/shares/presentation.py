"""Links in the lists of members, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from llmspell_web.shares.access import Shareable, may_revoke
from llmspell_web.shares.models import Share
from llmspell_web.shares.services import title_of
from llmspell_web.teams.models import Membership, User


@dataclass(frozen=True)
class Row:
    """`state` is empty while anybody can open it, `url` where what it shows is not in its team any more."""

    share: Share
    url: str
    state: str
    may_revoke: bool


def frame_of(kind: str, thing: Shareable) -> dict[str, object]:
    """What the pages about the links of one session, artifact or run say of it."""
    return {"kind": kind, "thing": thing, "title": title_of(thing)}


def describe_shares(shares: Iterable[Share], reader: User) -> list[Row]:
    """As `with_standing` gives them. One query for the reader's roles."""
    roles: dict[UUID, str] = dict(Membership.objects.filter(user=reader.pk).values_list("team", "role"))
    return [
        Row(
            share,
            _url(share),
            state_of(share),
            not share.has_ended and may_revoke(reader, share, roles.get(share.team_id, "")),
        )
        for share in shares
    ]


def state_of(share: Share) -> str:
    """Why it leads nowhere, and whether that is for good."""
    if share.revoked_at:
        return "Revoked"
    if share.has_ended:
        return "Expired"
    if not share.maker_stands:
        return "Stopped: who made it may not share here"
    if not share.is_there:
        return "Stopped: it is in the trash, or in another team"
    return "Used up" if share.is_used_up else ""


def _url(share: Share) -> str:
    """Of what is shared, for members."""
    if not share.is_there:
        return ""
    match share.kind:
        case "run":
            return reverse("workspace:run", args=[share.run_id])
        case "session":
            return reverse("sessions:detail", args=[share.session_id])
    newest = urlencode({"artifact": f"{share.artifact_name}@latest"})
    return f"{reverse('artifacts:at', args=[share.session_id])}?{newest}"
