from django.urls import path

from llmspell_web.workspace.views import editor, feed, files, lineage, runs, status

app_name = "workspace"
urlpatterns = [
    path("workspace/", editor.editor, name="editor"),
    path("workspace/run", editor.run, name="run_script"),
    path("workspace/recent-runs", editor.recent_runs, name="recent_runs"),
    path("workspace/files", files.files, name="files"),
    path("workspace/files/<path:path>/download", files.download, name="download_file"),
    path("workspace/files/<path:path>/delete", files.delete, name="delete_file"),
    path("sessions/<uuid:pk>/runs", runs.session_runs, name="session_runs"),
    path("artifacts/<uuid:pk>/lineage", lineage.artifact_lineage, name="artifact_lineage"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/<uuid:pk>/", runs.run_detail, name="run"),
    path("runs/<uuid:pk>/console", runs.console, name="console"),
    path("runs/<uuid:pk>/output", runs.output, name="output"),
    path("runs/<uuid:pk>/stop", runs.stop, name="stop"),
    path("history/", feed.feed, name="feed"),
    path("history/live", feed.live, name="feed_live"),
    path("history/news", feed.news, name="feed_news"),
    path("history/read", feed.read, name="feed_read"),
    path("status/", status.status, name="status"),
]
