"""The least that a Django site can be where people who are logged in upload: the middleware of `startproject`, a view
that takes a file in and inserts a row, and files of a folder. Lives in the folder `BARE_FOLDER`."""

import os
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.wsgi import get_wsgi_application

FOLDER = Path(os.environ["BARE_FOLDER"])
settings.configure(
    SECRET_KEY="floor",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    WHITENOISE_ROOT=FOLDER / "files",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "site.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
application = get_wsgi_application()

from django.contrib.auth import login  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.uploadedfile import UploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import path  # noqa: E402


class Stored(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.name


def enter(request: HttpRequest) -> HttpResponse:
    """Logs its one account in, and tells the token that forms need."""
    login(request, User.objects.get())  # type: ignore[arg-type]  # the accounts of this site are Django's own
    return HttpResponse(get_token(request))


@login_required
def store(request: HttpRequest) -> JsonResponse:
    upload = request.FILES["content"]
    assert isinstance(upload, UploadedFile)
    row = Stored(name=upload.name, content=upload.read(), created_by=request.user)
    row.save(force_insert=True)
    return JsonResponse({"id": row.pk}, status=201)


urlpatterns = [path("enter", enter), path("store", store)]
call_command("migrate", verbosity=0)
with connection.schema_editor() as editor:
    editor.create_model(Stored)
User.objects.create_user("ada")
