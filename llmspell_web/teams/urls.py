from allauth.account.views import LoginView, LogoutView
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.http import require_POST

from llmspell_web.teams.sign_on import provider_name
from llmspell_web.teams.views import first_run, invitations, teams

app_name = "teams"
urlpatterns = [
    path("welcome/<str:token>/", first_run.welcome, name="welcome"),
    path(
        "login/",
        LoginView.as_view(template_name="teams/login.html", extra_context={"provider": provider_name}),
        name="login",
    ),
    path("logout/", login_not_required(require_POST(LogoutView.as_view())), name="logout"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("join/<str:token>/account", invitations.sign_up, name="sign_up"),
    path("teams/", teams.team_list, name="list"),
    path("teams/new", teams.create, name="create"),
    path("teams/<slug:slug>/", teams.detail, name="detail"),
    path("teams/<slug:slug>/use", teams.use, name="use"),
    path("teams/<slug:slug>/rename", teams.rename, name="rename"),
    path("teams/<slug:slug>/members/<uuid:user_id>/role", teams.role, name="role"),
    path("teams/<slug:slug>/members/<uuid:user_id>/remove", teams.remove, name="remove"),
    path("teams/<slug:slug>/invitations/new", invitations.invite, name="invite"),
    path("teams/<slug:slug>/invitations/<uuid:pk>/revoke", invitations.revoke, name="revoke"),
]
