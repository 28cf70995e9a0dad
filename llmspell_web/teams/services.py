"""The first account of an installation, and the one-time link that makes it.

The link holds a random token. Only its hash is kept, in DATA_DIR/welcome_token, readable by the server's account
alone; it ends with the first account that has a password, and each start of the server makes a new one until then.
"""

import hmac
import os
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import Q

from llmspell_web.teams.models import Membership, Team, TeamEvent, User, record_team_event
from llmspell_web.web.problems import Conflict, NotFound
from llmspell_web.web.tokens import digest_of, new_token

LOCAL_USERNAME = "local"
# What User.set_unusable_password writes.
WITHOUT_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
PRIVATE_NAME = "Private"
NO_LONGER = "this installation has its first account: please log in"


def has_login() -> bool:
    """Whether anybody can log in: an account with a usable password exists."""
    return User.objects.exclude(password="").exclude(WITHOUT_PASSWORD).exists()


def first_account() -> User | None:
    """The oldest account: the one that commands act as when none is named."""
    return User.objects.order_by("date_joined", "id").first()


def local_account() -> User:
    """The account that commands act as before anybody has logged in. It has no password until the first-run page."""
    known = User.objects.filter(username=LOCAL_USERNAME)
    if user := known.first():
        return user
    try:
        return User.objects.create_user(LOCAL_USERNAME)
    except IntegrityError:  # another process was first
        return known.get()


def find_private_team(user: User) -> Team:
    """The team of one that holds what the user keeps private; not saved before the first session comes into it."""
    slug = f"private-{user.pk.hex}"  # not by the user name, which may change
    return Team.objects.filter(private_to=user).first() or Team(private_to=user, name=PRIVATE_NAME, slug=slug)


def private_team(user: User) -> Team:
    """As `find_private_team`, saved."""
    with transaction.atomic():
        defaults = {"name": PRIVATE_NAME, "slug": find_private_team(user).slug}
        team, is_new = Team.objects.get_or_create(private_to=user, defaults=defaults)
        if is_new:
            Membership.objects.create(team=team, user=user, role=Membership.Role.ADMIN)
    return team


def issue_welcome_token() -> str:
    """A new token for the first-run page; earlier ones end. Conflict when somebody can already log in."""
    if has_login():
        raise Conflict(NO_LONGER)
    token = new_token()
    path = _token_path()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(digest_of(token))
    return token


def check_welcome_token(token: str) -> None:
    """NotFound unless this is the token that was issued last. Takes the same time for every wrong one."""
    try:
        expected = _token_path().read_text()
    except FileNotFoundError:
        expected = ""
    if not hmac.compare_digest(expected, digest_of(token)):
        raise NotFound("this link is not valid any more: start the server again and open the link that it prints")


def account_to_claim() -> User | None:
    """The account that commands made before the first log-in: the first-run page takes it, sessions and all."""
    return User.objects.filter(WITHOUT_PASSWORD, username=LOCAL_USERNAME).first()


def create_first_account(*, username: str, password: str) -> User:
    """The account of the first-run page, as admin of the default team. Conflict when somebody was first."""
    with transaction.atomic():
        team = Team.objects.select_for_update().get(slug=Team.DEFAULT_SLUG)
        if has_login():
            raise Conflict(NO_LONGER)
        user = account_to_claim() or User.objects.create_user(username)
        user.username, user.is_superuser = username, True
        user.set_password(password)
        user.save(update_fields=["username", "password", "is_superuser"])
        place = Membership.objects.get(team=team, user=user)
        before, place.role = place.role, Membership.Role.ADMIN
        place.save(update_fields=["role"])
        record_team_event(team, TeamEvent.Kind.ROLE_CHANGED, actor=user, subject=user, role=(before, place.role))
    _token_path().unlink(missing_ok=True)
    return user


def _token_path() -> Path:
    return Path(settings.DATA_DIR) / "welcome_token"
