from django.urls import path

from artifacts import views

app_name = "artifacts"
urlpatterns = [
    path("artifacts/<uuid:pk>/", views.detail, name="detail"),
    path("artifacts/<uuid:pk>/download", views.download, name="download"),
    path("artifacts/<uuid:pk>/delete", views.delete, name="delete"),
    path("sessions/<uuid:session_pk>/store", views.store, name="store"),
    path("sessions/<uuid:session_pk>/save", views.save, name="save"),
]
