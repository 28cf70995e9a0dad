from django.urls import path

from sessions.views import changes, detail, edits, hierarchy, history, lists, metadata

app_name = "sessions"
urlpatterns = [
    path("", lists.session_list, name="list"),
    path("facets", lists.facets, name="facets"),
    path("new", edits.create, name="create"),
    path("current", changes.current, name="current"),
    path("current/clear", changes.clear_current, name="clear_current"),
    path("picker", changes.picker, name="picker"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/history", history.history, name="history"),
    path("<uuid:pk>/history/<int:number>", history.event, name="event"),
    path("<uuid:pk>/history/<int:number>/changes", history.event_changes, name="event_changes"),
    path("<uuid:pk>/live", history.live, name="live"),
    path("<uuid:pk>/saves", detail.saves, name="saves"),
    path("<uuid:pk>/metadata", metadata.metadata, name="metadata"),
    path("<uuid:pk>/metadata/value", metadata.value, name="metadata_value"),
    path("<uuid:pk>/metadata/edit", metadata.edit, name="metadata_edit"),
    path("<uuid:pk>/metadata/key", metadata.key, name="metadata_key"),
    path("<uuid:pk>/metadata/remove", metadata.remove, name="metadata_remove"),
    path("<uuid:pk>/children", hierarchy.children, name="children"),
    path("<uuid:pk>/move", hierarchy.move, name="move"),
    path("<uuid:pk>/edit", edits.edit, name="edit"),
    path("<uuid:pk>/edit/<slug:field>", edits.edit_field, name="edit_field"),
    path("<uuid:pk>/field/<slug:field>", edits.field, name="field"),
    path("<uuid:pk>/delete", edits.delete, name="delete"),
    path("<uuid:pk>/use", changes.use, name="use"),
    path("<uuid:pk>/fail", changes.fail, name="fail"),
    path("<uuid:pk>/change/<slug:action>", changes.change, name="change"),
]
