"""The first-run page. Logging in and out are allauth's views."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from llmspell_web.teams import rates, services
from llmspell_web.teams.forms import FirstAccountForm
from llmspell_web.web.rate_limits import counting_failures

LOGIN_BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the first account and logs it in. Once there is one, every such link leads to the log-in page."""
    if services.has_login():
        return redirect("teams:login")
    with counting_failures(request, "secret_link", rate=rates.LINK):
        services.check_welcome_token(token)
    form = FirstAccountForm(request.POST or None, instance=services.account_to_claim())
    if not form.is_valid():
        return render(request, "teams/welcome.html", {"form": form}, status=422 if form.is_bound else 200)
    user = services.create_first_account(
        username=form.cleaned_data["username"], password=form.cleaned_data["password1"]
    )
    login(request, user, backend=LOGIN_BACKEND)
    return redirect("workspace:editor")
