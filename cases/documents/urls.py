"""Addresses of files."""

from django.urls import path

from cases.documents import views

app_name = "documents"
urlpatterns = [
    path("cases/<uuid:pk>/plan/", views.add_plan, name="add_plan"),
    path("cases/<uuid:pk>/documents/", views.list_documents, name="list"),
    path("documents/<uuid:pk>/", views.detail, name="detail"),
    path("documents/<uuid:pk>/new-version/", views.add_version, name="add_version"),
    path("documents/<uuid:pk>/<slug:verb>/", views.move, name="move"),
    path("versions/<uuid:pk>/unlock/", views.unlock, name="unlock"),
    path("versions/<uuid:pk>/file/", views.file, name="file"),
    path("page-images/<uuid:pk>/", views.page_image, name="page_image"),
]
