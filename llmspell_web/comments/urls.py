from django.urls import path

from llmspell_web.comments.views import comments, discussions, mine

app_name = "comments"
urlpatterns = [
    path("sessions/<uuid:pk>/comments", discussions.discussion, {"kind": "session"}, name="session"),
    path("artifacts/<uuid:pk>/comments", discussions.discussion, {"kind": "artifact"}, name="artifact"),
    path("runs/<uuid:pk>/comments", discussions.discussion, {"kind": "run"}, name="run"),
    path("comments/", mine.mine, name="mine"),
    path("comments/read", mine.read, name="read"),
    path("comments/names", discussions.names, name="names"),
    path("comments/<uuid:pk>/", discussions.comment, name="comment"),
    path("comments/<uuid:pk>/answer", comments.answer, name="answer"),
    path("comments/<uuid:pk>/edit", comments.edit, name="edit"),
    path("comments/<uuid:pk>/delete", comments.delete, name="delete"),
    path("comments/<uuid:pk>/resolve", comments.resolve, name="resolve"),
    path("comments/<uuid:pk>/reopen", comments.reopen, name="reopen"),
]
