"""Addresses of a person's own account."""

from django.urls import path

from portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("account/second-factor/", views.second_factor, name="second_factor"),
]
