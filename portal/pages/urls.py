"""Addresses of the pages that gather."""

from django.urls import path

from portal.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("home/", views.home, name="home"),
]
