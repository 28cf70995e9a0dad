"""The pages of accounts. Those of allauth keep the names by which it finds them itself; what it has beside them, open
sign-up above all, is not here. Logging in and out are in teams/urls.py, and here once more by allauth's name."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect.views import callback
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from llmspell_web.accounts import views
from llmspell_web.teams import rates
from llmspell_web.web.rate_limits import limited

to_account = RedirectView.as_view(pattern_name="accounts:detail")
secret_link = limited("secret_link", rates.LINK, methods=("GET", "HEAD", "POST"))
sends_mail = limited("mail", rates.MAIL_BY_ADDRESS)

of_account = [
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("email", views.with_mail(sends_mail(account.email)), name="account_email"),
    path("email/confirm/<str:key>/", never_cache(secret_link(account.confirm_email)), name="account_confirm_email"),
    path("confirm", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("second-factor", to_account, name="mfa_index"),
    path("second-factor/on", never_cache(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/off", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/new", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/download", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("connections", views.connections, name="socialaccount_connections"),
]
of_password = [
    path("", views.with_mail(account.password_reset), name="account_reset_password"),
    path("sent", account.password_reset_done, name="account_reset_password_done"),
    path("done", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(secret_link(account.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
]
of_sign_on = [
    path("<str:provider_id>/", views.begin_sign_on, name="openid_connect_login"),
    path("<str:provider_id>/callback", never_cache(callback), name="openid_connect_callback"),
]
urlpatterns = [
    path("login/", RedirectView.as_view(pattern_name="teams:login", query_string=True), name="account_login"),
    path("login/code", mfa.authenticate, name="mfa_authenticate"),
    path("login/cancelled", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/with/", include(of_sign_on)),
    path("account/", include(([path("", views.detail, name="detail")], "accounts"))),
    path("account/", include(of_account)),
    path("password/reset/", include(of_password)),
]
