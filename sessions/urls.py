from django.urls import path

from sessions.views import changes, completion, detail, edits, lists, live, preview

app_name = "sessions"
urlpatterns = [
    path("", lists.session_list, name="list"),
    path("facets", lists.facets, name="facets"),
    path("live", live.live, name="list_live"),
    path("complete", completion.complete, name="complete"),
    path("new", edits.create, name="create"),
    path("current", changes.current, name="current"),
    path("current/clear", changes.clear_current, name="clear_current"),
    path("picker", changes.picker, name="picker"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/preview", preview.preview, name="preview"),
    path("<uuid:pk>/history", detail.history, name="history"),
    path("<uuid:pk>/runs", detail.runs, name="runs"),
    path("<uuid:pk>/saves", detail.saves, name="saves"),
    path("<uuid:pk>/edit", edits.edit, name="edit"),
    path("<uuid:pk>/delete", edits.delete, name="delete"),
    path("<uuid:pk>/use", changes.use, name="use"),
    path("<uuid:pk>/fail", changes.fail, name="fail"),
    path("<uuid:pk>/change/<slug:action>", changes.change, name="change"),
]
