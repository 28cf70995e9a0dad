from django.urls import path

from llmspell_web.trash import views

app_name = "trash"
urlpatterns = [
    path("", views.trash_list, name="list"),
    path("restore", views.restore, name="restore"),
    path("purge", views.purge, name="purge"),
]
