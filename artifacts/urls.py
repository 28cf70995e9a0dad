from django.urls import path

from artifacts.listing.table import ARTIFACT_TABLE
from artifacts.views import comparisons, edits, lists, previews, saves, single, uploads, versions
from sessions.list_urls import list_paths

app_name = "artifacts"
urlpatterns = [
    *list_paths(ARTIFACT_TABLE, "artifacts/"),
    path("artifacts/<uuid:pk>/", single.detail, name="detail"),
    path("artifacts/<uuid:pk>/preview", single.preview, name="preview"),
    path("artifacts/<uuid:pk>/download", single.download, name="download"),
    path("artifacts/<uuid:pk>/content", previews.content, name="content"),
    path("artifacts/<uuid:pk>/frame", previews.frame, name="frame"),
    path("artifacts/<uuid:pk>/picture", previews.picture, name="picture"),
    path("artifacts/<uuid:pk>/thumbnail", previews.thumbnail, name="thumbnail"),
    path("artifacts/<uuid:pk>/delete", single.delete, name="delete"),
    path("artifacts/zip", lists.bundle_some, name="bundle_some"),
    path("artifacts/<uuid:pk>/versions", versions.timeline, name="timeline"),
    path("artifacts/<uuid:pk>/make-current", versions.make_current, name="make_current"),
    path("artifacts/<uuid:pk>/tags", edits.tags, name="tags"),
    path("artifacts/<uuid:pk>/restore", edits.restore, name="restore"),
    path("artifacts/compare", versions.compare, name="compare_versions"),
    path("sessions/compare", comparisons.compare, name="compare"),
    path("sessions/<uuid:session_pk>/store", uploads.store, name="store"),
    path("sessions/<uuid:session_pk>/artifacts/versions", lists.versions, name="versions"),
    path("sessions/<uuid:session_pk>/artifacts/news", lists.news, name="news"),
    path("sessions/<uuid:session_pk>/artifacts/zip", lists.bundle, name="bundle"),
    path("sessions/<uuid:session_pk>/artifacts/at", versions.at, name="at"),
    path("sessions/<uuid:session_pk>/artifacts/at/download", versions.download_at, name="download_at"),
    path("sessions/<uuid:session_pk>/save", saves.save, name="save"),
    path("sessions/<uuid:session_pk>/saves/<int:number>/", saves.saved, name="saved"),
    path("sessions/<uuid:session_pk>/saves/<int:number>/open", saves.open_as_session, name="open_save"),
    path(
        "sessions/<uuid:session_pk>/saves/<int:number>/artifacts/<int:pk>/download",
        saves.download_saved,
        name="download_saved",
    ),
]
