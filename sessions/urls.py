from django.urls import path

from sessions.views import changes, detail, edits, export, lists, preferences, saved_views

app_name = "sessions"
urlpatterns = [
    path("", lists.session_list, name="list"),
    path("facets", lists.facets, name="facets"),
    path("export", export.export, name="export"),
    path("columns", preferences.columns, name="columns"),
    path("density", preferences.density, name="density"),
    path("views/", saved_views.views, name="views"),
    path("views/new", saved_views.create, name="view_create"),
    path("views/default", saved_views.clear_default, name="view_no_default"),
    path("views/<uuid:pk>/rename", saved_views.rename, name="view_rename"),
    path("views/<uuid:pk>/save", saved_views.save, name="view_save"),
    path("views/<uuid:pk>/default", saved_views.make_default, name="view_default"),
    path("views/<uuid:pk>/delete", saved_views.delete, name="view_delete"),
    path("views/<path:place>/<slug:slug>/", saved_views.open_view, name="view"),
    path("new", edits.create, name="create"),
    path("current", changes.current, name="current"),
    path("current/clear", changes.clear_current, name="clear_current"),
    path("picker", changes.picker, name="picker"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/history", detail.history, name="history"),
    path("<uuid:pk>/runs", detail.runs, name="runs"),
    path("<uuid:pk>/saves", detail.saves, name="saves"),
    path("<uuid:pk>/edit", edits.edit, name="edit"),
    path("<uuid:pk>/delete", edits.delete, name="delete"),
    path("<uuid:pk>/use", changes.use, name="use"),
    path("<uuid:pk>/fail", changes.fail, name="fail"),
    path("<uuid:pk>/change/<slug:action>", changes.change, name="change"),
]
