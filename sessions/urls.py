from django.urls import path

from sessions.views import bulk, changes, detail, edits, lists

app_name = "sessions"
urlpatterns = [
    path("", lists.session_list, name="list"),
    path("facets", lists.facets, name="facets"),
    path("new", edits.create, name="create"),
    path("current", changes.current, name="current"),
    path("current/clear", changes.clear_current, name="clear_current"),
    path("picker", changes.picker, name="picker"),
    path("bulk/", bulk.recent, name="bulk_recent"),
    path("bulk/new", bulk.create, name="bulk_new"),
    path("bulk/count", bulk.count, name="bulk_count"),
    path("bulk/<uuid:pk>/", bulk.detail, name="bulk"),
    path("bulk/<uuid:pk>/cancel", bulk.cancel, name="bulk_cancel"),
    path("bulk/<uuid:pk>/undo", bulk.undo, name="bulk_undo"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/history", detail.history, name="history"),
    path("<uuid:pk>/runs", detail.runs, name="runs"),
    path("<uuid:pk>/saves", detail.saves, name="saves"),
    path("<uuid:pk>/edit", edits.edit, name="edit"),
    path("<uuid:pk>/delete", edits.delete, name="delete"),
    path("<uuid:pk>/restore", edits.restore, name="restore"),
    path("<uuid:pk>/use", changes.use, name="use"),
    path("<uuid:pk>/fail", changes.fail, name="fail"),
    path("<uuid:pk>/change/<slug:action>", changes.change, name="change"),
]
