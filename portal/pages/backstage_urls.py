"""Addresses behind the scenes; portal/urls.py takes them in development only."""

from django.urls import path

from portal.pages import backstage

app_name = "backstage"
urlpatterns = [
    path("", backstage.index, name="index"),
    path("date/", backstage.set_date, name="set_date"),
    path("again/", backstage.start_again, name="start_again"),
    path("sign-in/<uuid:pk>/", backstage.sign_in, name="sign_in"),
    path("mails/<str:name>/", backstage.mail_page, name="mail"),
]
