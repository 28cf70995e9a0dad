"""What allauth has no page for, and what surrounds its pages."""

from functools import wraps
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import login as begin_openid
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests.exceptions import RequestException

from llmspell_web.teams import rates
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.teams.sign_on import provider_name
from llmspell_web.web.problems import Failed
from llmspell_web.web.rate_limits import View, limited


@require_safe
def detail(request: AccountRequest) -> HttpResponse:
    second = {one.type: one for one in Authenticator.objects.filter(user=request.user)}
    codes = second.get(Authenticator.Type.RECOVERY_CODES)
    context: dict[str, object] = {
        "addresses": EmailAddress.objects.filter(user=request.user).order_by("-verified", "pk"),
        "second_factor": second.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "connections": SocialAccount.objects.filter(user=request.user).order_by("pk"),
        "provider": provider_name(),
        "sends_mail": settings.SENDS_MAIL,
    }
    return render(request, "accounts/detail.html", context)


@login_not_required
@never_cache
@require_POST
@limited("sign_on", rates.SIGN_ON)
def begin_sign_on(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Leads to the provider by a page, not by a redirection: a browser follows none of those to another site in answer
    to a form, as the content security policy lets forms go to this one alone."""
    try:
        answer: HttpResponseBase = begin_openid(request, provider_id)
    except RequestException:
        raise Failed(f"{provider_name()} cannot be reached at the moment: try again, or log in another way") from None
    if answer.status_code != 302:
        return answer
    return render(request, "accounts/leave.html", {"url": answer["Location"], "provider": provider_name()})


@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: AccountRequest) -> HttpResponse:
    """Disconnects a log-in (POST); the account's page shows them."""
    if request.method == "POST":
        form = DisconnectForm(request.POST, request=request)
        if form.is_valid():
            form.save()
        for problem in form.errors.get("__all__", []) + form.errors.get("account", []):
            messages.error(request, problem)
    return redirect("accounts:detail")


def with_mail(view: View) -> View:
    """A page that is about mail; where none is sent, it says whom to ask instead."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # Any: what the view takes
        if settings.SENDS_MAIL:
            return view(request, *args, **kwargs)
        return render(request, "accounts/without_mail.html")

    return shown
