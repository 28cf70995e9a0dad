from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from llmspell_web.teams import views

app_name = "teams"
urlpatterns = [
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path(
        "login/",
        LoginView.as_view(template_name="teams/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
]
