"""Addresses of a person's own account, and of the people who work here."""

from django.urls import path

from portal.accounts import people, views

app_name = "accounts"
urlpatterns = [
    path("account/", views.settings, name="settings"),
    path("account/you/", views.about_you, name="about_you"),
    path("account/display/", views.display, name="display"),
    path("account/zone/", views.zone, name="zone"),
    path("account/second-factor/", views.second_factor, name="second_factor"),
    path("account/check/", views.check, name="check"),
    path("account/stay/", views.stay, name="stay"),
    path("account/draft/<slug:form>/", views.draft, name="draft"),
    path("account/draft/<slug:form>/<str:about>/", views.draft, name="draft"),
    path("account/invitation/<str:token>/", people.invitation, name="invitation"),
    path("staff/people/", people.people, name="people"),
    path("staff/people/invite/", people.invite, name="invite"),
    path("staff/invitations/<uuid:pk>/withdraw/", people.withdraw, name="withdraw_invitation"),
    path("staff/people/<uuid:pk>/<slug:verb>/", people.change_person, name="change_person"),
]
