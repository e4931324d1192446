"""Addresses of files."""

from django.urls import path

from cases.documents import views
from cases.documents.adding import views as adding_views
from cases.documents.describing import views as describing_views
from cases.documents.joining import views as join_views
from cases.documents.reading import side_by_side
from cases.documents.reading import views as reading_views
from cases.documents.search import views as search_views

app_name = "documents"
urlpatterns = [
    path("cases/<uuid:pk>/plan/", adding_views.add_plan, name="add_plan"),
    path("cases/<uuid:pk>/add/", adding_views.add, name="add"),
    path("cases/<uuid:pk>/add/<int:place>/", adding_views.add_record, name="add_record"),
    path("cases/<uuid:pk>/sending/", adding_views.note_sending, name="note_sending"),
    path("cases/<uuid:pk>/documents/", views.list_documents, name="list"),
    path("cases/<uuid:pk>/documents/search/", search_views.search_case, name="search"),
    path("documents/<uuid:pk>/", reading_views.detail, name="detail"),
    path("documents/<uuid:pk>/new-version/", adding_views.add_version, name="add_version"),
    path("documents/<uuid:pk>/about/", describing_views.describe, name="describe"),
    path("documents/<uuid:pk>/kind/", describing_views.say_kind, name="say_kind"),
    path("documents/<uuid:pk>/beside/", side_by_side.beside, name="beside"),
    path("documents/<uuid:pk>/find/", reading_views.find, name="find"),
    path("cases/<uuid:pk>/join/", join_views.join, name="join"),
    path("documents/<uuid:pk>/pages/", join_views.arrange, name="arrange"),
    path("documents/<uuid:pk>/<slug:verb>/", views.move, name="move"),
    path("versions/<uuid:pk>/unlock/", views.unlock, name="unlock"),
    path("versions/<uuid:pk>/take-back/", views.take_version_back, name="take_version_back"),
    path("versions/<uuid:pk>/put-back/", views.put_version_back, name="put_version_back"),
    path("versions/<uuid:pk>/file/", reading_views.file, name="file"),
    path("page-images/<uuid:pk>/", reading_views.page_image, name="page_image"),
    path("page-images/<uuid:pk>/small/", reading_views.thumbnail, name="thumbnail"),
]
