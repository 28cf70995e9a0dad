from django.urls import path

from llmspell_web.shares.views import links, visits

app_name = "shares"
urlpatterns = [
    path("links/", links.link_list, name="list"),
    path("links/<slug:kind>/<uuid:pk>/", links.links_of, name="links"),
    path("links/<slug:kind>/<uuid:pk>/new", links.create, name="create"),
    path("links/<uuid:pk>/revoke", links.revoke, name="revoke"),
    # What visitors see: everything else of theirs lies below the token.
    path("s/<str:token>/", visits.shared, name="shared"),
    path("s/<str:token>/output", visits.output, name="output"),
    path("s/<str:token>/artifacts/<uuid:pk>/", visits.artifact, name="artifact"),
    path("s/<str:token>/artifacts/<uuid:pk>/<slug:part>", visits.part, name="part"),
]
