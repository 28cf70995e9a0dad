"""Where each room's pages are."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="workspace:editor"), name="home"),
    path("", include("llmspell_web.teams.urls")),
    path("", include("llmspell_web.accounts.urls")),
    path("sessions/", include("sessions.urls")),
    path("", include("artifacts.urls")),
    path("trash/", include("llmspell_web.trash.urls")),
    path("", include("llmspell_web.workspace.urls")),
    path("", include("llmspell_web.shares.urls")),
    path("", include("llmspell_web.comments.urls")),
    path("audit/", include("llmspell_web.audit.urls")),
]

handler400 = "llmspell_web.web.errors.bad_request"
handler403 = "llmspell_web.web.errors.permission_denied"
handler404 = "llmspell_web.web.errors.page_not_found"
handler500 = "llmspell_web.web.errors.server_error"
