"""Addresses of a case's start."""

from django.urls import path

from cases.case import views

app_name = "case"
urlpatterns = [
    path("cases/open/", views.open_case, name="open"),
    path("cases/<uuid:pk>/people/", views.people, name="people"),
    path("offices/names/", views.office_names, name="office_names"),
    path("offices/<uuid:pk>/", views.office, name="office"),
]
