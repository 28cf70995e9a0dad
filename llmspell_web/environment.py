"""Typed readers of environment variables: a bad value stops the start with a sentence that says what to set."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def read_text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def read_integer(name: str, default: int, *, minimum: int = 1, maximum: int | None = None) -> int:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        value = minimum - 1
    if value < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}, not {raw!r}.")
    if maximum is not None and value > maximum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at most {maximum}, not {raw!r}.")
    return value


def read_boolean(name: str, *, default: bool = False) -> bool:
    raw = os.environ.get(name, "").strip().lower()
    if raw in {"", "0", "false", "no", "off"}:
        return default if raw == "" else False
    if raw in {"1", "true", "yes", "on"}:
        return True
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")


def read_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated words."""
    words = [word.strip() for word in os.environ.get(name, "").split(",")]
    return [word for word in words if word] or default


def read_path(name: str, default: Path) -> Path:
    """An absolute path; a relative one is taken from the working directory."""
    return Path(os.environ.get(name, "").strip() or default).expanduser().absolute()


def read_database(name: str, sqlite_file: Path) -> dict[str, Any]:  # Any: as Django's DATABASES
    """The database that a URL (`postgresql://user:password@host/name`) describes, or else the SQLite file. Connections
    stay open between requests."""
    url = read_text(name, "")
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite_file, "CONN_MAX_AGE": None}
    try:
        return dict(dj_database_url.parse(url, conn_max_age=None, conn_health_checks=True))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not the URL of a database ({error}).") from None


def read_storage(name: str, **given: str) -> dict[str, Any]:  # Any: as an entry of Django's STORAGES
    """Where contents lie: in the bucket that `name` names, or else in the data folder.

    Without keys of its own the client looks where every AWS client does (its environment, the machine's role).
    """
    bucket = read_text(name, "")
    if not bucket:
        if set_in_vain := [f"LLMSPELL_S3_{word.upper()}" for word, value in given.items() if value]:
            raise ImproperlyConfigured(f"{set_in_vain[0]} is set, but {name} names no bucket.")
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if bool(given["access_key"]) != bool(given["secret_key"]):
        raise ImproperlyConfigured("Set both LLMSPELL_S3_ACCESS_KEY and LLMSPELL_S3_SECRET_KEY, or neither.")
    if given["endpoint"] and not given["endpoint"].startswith(("https://", "http://")):
        raise ImproperlyConfigured("LLMSPELL_S3_ENDPOINT must be a URL: https://host, or https://host:port.")
    options = {
        "bucket_name": bucket,
        "endpoint_url": given["endpoint"] or None,
        "region_name": given["region"] or None,
        "signature_version": "s3v4",
        "object_parameters": {"ContentType": "application/octet-stream"},
    }
    if given["access_key"]:
        options |= {"access_key": given["access_key"], "secret_key": given["secret_key"]}
    return {"BACKEND": "artifacts.s3_storage.BlobBucket", "OPTIONS": options}


@dataclass(frozen=True)
class Mail:
    """A server that takes mail; without `host` there is none."""

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    uses_starttls: bool = False
    uses_tls: bool = False


MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def read_mail(name: str) -> Mail:
    """The server that a URL describes: `smtps://user:password@host:465`; `smtp+tls` for STARTTLS, `smtp` for neither.
    In user and password, what has a meaning in a URL is written as %40."""
    url = read_text(name, "")
    if not url:
        return Mail()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in MAIL_PORTS:
        raise ImproperlyConfigured(f"{name} must be like smtps://user:password@host:465 (or smtp+tls://, or smtp://).")
    return Mail(
        host=host,
        port=port or MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        uses_starttls=parts.scheme == "smtp+tls",
        uses_tls=parts.scheme == "smtps",
    )


OIDC_PROVIDER = "oidc"  # in the URL that the provider sends people back to


# Any: as allauth's SOCIALACCOUNT_PROVIDERS.
def read_oidc(name: str, *, client_id: str, secret: str, label: str) -> dict[str, Any]:
    """The OpenID Connect provider whose issuer `name` names; none without."""
    issuer = read_text(name, "")
    if not issuer:
        if client_id or secret:
            raise ImproperlyConfigured(f"LLMSPELL_OIDC_CLIENT_ID is set, but {name} names no issuer.")
        return {}
    if not issuer.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{name} must be the URL of the issuer, such as https://login.example.com.")
    if not (client_id and secret):
        raise ImproperlyConfigured(f"With {name}, set LLMSPELL_OIDC_CLIENT_ID and LLMSPELL_OIDC_CLIENT_SECRET, too.")
    app = {
        "provider_id": OIDC_PROVIDER,
        "name": label,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def read_secret_key(path: Path) -> str:
    """The installation's secret key, made on first use with mode 600. Two processes that start at once agree on one."""
    with _folder_needed(path.parent):
        return _existing_or_new_key(path)


def make_folder(path: Path) -> Path:
    """A folder of the data folder, made on first use, for this account alone."""
    with _folder_needed(path.parent):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def _folder_needed(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} cannot be used ({error.strerror}): make it readable and writable for this "
            "account, or set LLMSPELL_DATA_DIR to a folder that is."
        ) from None


def _existing_or_new_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # unlike a rename, never replaces a key that another process has just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
