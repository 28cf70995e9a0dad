"""Every setting of the product, with its unit and its reason. docs/operations.md says the same to operators."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from llmspell_web.environment import (
    make_folder,
    read_boolean,
    read_database,
    read_integer,
    read_list,
    read_mail,
    read_oidc,
    read_path,
    read_secret_key,
    read_storage,
    read_text,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# Where the database, the blobs and the secret key live: two installations with different ones do not meet.
DATA_DIR = read_path("LLMSPELL_DATA_DIR", BASE_DIR / "var")
SECRET_KEY = read_secret_key(DATA_DIR / "secret_key")
DEBUG = read_boolean("LLMSPELL_DEBUG")

# Host names that this server answers to, beside its own machine.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *read_list("LLMSPELL_ALLOWED_HOSTS", [])]
# Set when a proxy in front serves HTTPS and sends X-Forwarded-Proto: cookies then travel only over HTTPS.
HTTPS = read_boolean("LLMSPELL_HTTPS")
# Proxies in front that each add to X-Forwarded-For. 0: what it says is not believed, as any client may send it.
TRUSTED_PROXIES = read_integer("LLMSPELL_TRUSTED_PROXIES", 0, minimum=0, maximum=16)
CSRF_TRUSTED_ORIGINS = read_list("LLMSPELL_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_ace",
    "django_htmx",
    "llmspell_web.web",
    "llmspell_web.teams",
    "llmspell_web.accounts",
    "sessions",
    "artifacts",
    "llmspell_web.trash",
    "llmspell_web.workspace",
    "llmspell_web.shares",
    "llmspell_web.comments",
    "llmspell_web.audit",
]

MIDDLEWARE = [
    "llmspell_web.web.request_ids.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "llmspell_web.web.middleware.PrivateAnswers",
    "llmspell_web.web.compression.PageCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "llmspell_web.web.middleware.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "llmspell_web.web.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "llmspell_web.urls"
WSGI_APPLICATION = "llmspell_web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sessions.context_processors.current_session",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "llmspell_web.web.templatetags.icons",
                "llmspell_web.web.templatetags.present",
                "django_htmx.templatetags.django_htmx",
            ],
        },
    }
]

# SQLite unless DATABASE_URL names a PostgreSQL; llmspell_web.web.sqlite is Django's own with one write lock a process.
DATABASES = {"default": read_database("DATABASE_URL", DATA_DIR / "llmspell.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {
        "ENGINE": "llmspell_web.web.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # 32 MB of pages for each thread: what a list of a million sessions looks up (docs/decisions/006).
            # NORMAL in WAL: a killed process loses nothing; a power cut may lose the last commits, never the file.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "llmspell_teams.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "teams:login"
LOGIN_REDIRECT_URL = "workspace:editor"
LOGOUT_REDIRECT_URL = "teams:login"

# --- Accounts: what allauth does, where it is not what it does by itself; docs/decisions/027-accounts.md ------------
ACCOUNT_ADAPTER = "llmspell_web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "llmspell_web.accounts.forms.LogInForm",
    "change_password": "llmspell_web.accounts.forms.ChangePasswordForm",
    "set_password": "llmspell_web.accounts.forms.SetPasswordForm",
    "reset_password": "llmspell_web.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "llmspell_web.accounts.forms.NewPasswordForm",
    "reauthenticate": "llmspell_web.accounts.forms.ConfirmByPasswordForm",
    "add_email": "llmspell_web.accounts.forms.AddEmailForm",
}
ACCOUNT_RATE_LIMITS = False  # ours count in the database, which all processes share: web/rate_limits.py
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # when logging in: an address is optional, and counts once it is confirmed
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one takes its place once it is confirmed
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can have mail sent to an address that no account has
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[LLMSpell] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
PASSWORD_RESET_TIMEOUT = 3600  # seconds
MFA_FORMS = {
    "authenticate": "llmspell_web.accounts.forms.SecondStepForm",
    "reauthenticate": "llmspell_web.accounts.forms.ConfirmByCodeForm",
    "activate_totp": "llmspell_web.accounts.forms.ActivateTOTPForm",
}
MFA_TOTP_ISSUER = "LLMSpell"
MFA_TOTP_TOLERANCE = 1  # clocks differ, and people type slowly: the code before and the next one are taken, too
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up by an address, so an unconfirmed one gives nobody an account
SOCIALACCOUNT_ADAPTER = "llmspell_web.accounts.single_sign_on.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = read_oidc(
    "LLMSPELL_OIDC_ISSUER",
    client_id=read_text("LLMSPELL_OIDC_CLIENT_ID", ""),
    secret=read_text("LLMSPELL_OIDC_CLIENT_SECRET", ""),
    label=read_text("LLMSPELL_OIDC_NAME", "single sign-on"),
)

SESSION_ENGINE = "llmspell_web.teams.login_sessions"
SESSION_COOKIE_NAME = "llmspell_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "llmspell_web.web.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the editor's style sheet holds its icons as data: images
        "media-src": [SELF],  # sound and film of artifacts
        "frame-src": [SELF],  # HTML of artifacts: the answers for it are sandboxed, all others refuse to be framed
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# How mail is sent; without, nothing is, and pages say whom to ask instead.
MAIL = read_mail("LLMSPELL_EMAIL_URL")
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.uses_starttls, MAIL.uses_tls
EMAIL_TIMEOUT = 20  # seconds
SENDS_MAIL = bool(MAIL.host)
DEFAULT_FROM_EMAIL = read_text("LLMSPELL_EMAIL_FROM", "LLMSpell <llmspell@localhost>")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False  # pages are in English; looking for other words costs a list a fifteenth of its time

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".build" / "static"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES: dict[str, dict[str, Any]] = {  # Any: as Django's STORAGES
    "default": read_storage(
        "LLMSPELL_S3_BUCKET",
        endpoint=read_text("LLMSPELL_S3_ENDPOINT", ""),
        region=read_text("LLMSPELL_S3_REGION", ""),
        access_key=read_text("LLMSPELL_S3_ACCESS_KEY", ""),
        secret_key=read_text("LLMSPELL_S3_SECRET_KEY", ""),
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600  # seconds, for the few files without a digest in their name
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # bytes of a form; a script is at most 1 MB
FILE_UPLOAD_HANDLERS = [
    "llmspell_web.web.uploads.ExactNames",
    "llmspell_web.web.uploads.SmallFiles",
    "llmspell_web.web.uploads.TemporaryFiles",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes of a request whose files stay in memory; 24 such requests at once
# Not the machine's folder for such files, which may be memory: `sweep_blobs` finds here what a killed server has left.
FILE_UPLOAD_TEMP_DIR = make_folder(DATA_DIR / "uploads")

# --- Sessions and artifacts -------------------------------------------------------------------------------------------
ARTIFACT_MAX_BYTES = read_integer("LLMSPELL_ARTIFACT_MAX_BYTES", 100 * 1024 * 1024)
FILE_MAX_BYTES = read_integer("LLMSPELL_FILE_MAX_BYTES", 100 * 1024 * 1024)
COMPRESS_ABOVE_BYTES = 10 * 1024  # the guide's figure

# Days after which what was deleted goes for good; 0: never. The same as an Undo of bulk actions lasts.
TRASH_DAYS = read_integer("LLMSPELL_TRASH_DAYS", 30, minimum=0, maximum=36_500)

# Days that the audit keeps what nobody else does (log-ins, exports, events of what was deleted for good); 0: always.
AUDIT_DAYS = read_integer("LLMSPELL_AUDIT_DAYS", 365, minimum=0, maximum=36_500)

# --- Scripts and runs -------------------------------------------------------------------------------------------------
SCRIPT_MAX_BYTES = 1_000_000
# What one run may use. Ten seconds of CPU is far more than a script of API calls needs, and ends a loop soon.
RUN_CPU_SECONDS = read_integer("LLMSPELL_RUN_CPU_SECONDS", 10)
RUN_WALL_SECONDS = read_integer("LLMSPELL_RUN_WALL_SECONDS", 60)
RUN_MEMORY_BYTES = read_integer("LLMSPELL_RUN_MEMORY_BYTES", 64 * 1024 * 1024, minimum=4 * 1024 * 1024)
RUN_OUTPUT_BYTES = read_integer("LLMSPELL_RUN_OUTPUT_BYTES", 4 * 1024 * 1024)
RUN_API_CALLS = read_integer("LLMSPELL_RUN_API_CALLS", 10_000)
RUN_STORED_BYTES = read_integer("LLMSPELL_RUN_STORED_BYTES", 256 * 1024 * 1024)
# Runs that one runner executes side by side: each may use a core, and memory up to its limit.
RUNNER_CONCURRENCY = read_integer("LLMSPELL_RUNNER_CONCURRENCY", 4)
RUNNER_HEARTBEAT_SECONDS = 2
RUNNER_LOST_SECONDS = 8  # without a heartbeat for this long a run is interrupted: four missed beats
CONSOLE_STREAMS_MAX = 8  # open console streams a web process; later ones are told to poll, so that pages keep threads

# Standard error for the operator; the file of a run's own output is the database.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}},
    "filters": {"request_id": {"()": "llmspell_web.web.request_ids.RequestIdFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": read_text("LLMSPELL_LOG_LEVEL", "WARNING")},
    # A mistake of a user is answered on the page; only what the server itself failed at is worth a line.
    "loggers": {"django.request": {"level": "ERROR"}},
}
