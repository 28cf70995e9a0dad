from django.urls import path

from llmspell_web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.audit, name="list"),
    path("export", views.export, name="export"),
    path("<slug:source>/<slug:key>/", views.entry, name="entry"),
]
