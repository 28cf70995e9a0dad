"""The least that Django can be: one view, no middleware, no database."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="floor", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"])


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("", answer)]
application = get_wsgi_application()
