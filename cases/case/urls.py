"""Addresses of a case's start."""

from django.urls import path

from cases.case import views
from cases.case.away import views as away
from cases.case.corrections import views as corrections
from cases.case.helping import views as helping
from cases.case.helping.inviting import views as inviting
from cases.case.second import views as second

app_name = "case"
urlpatterns = [
    path("cases/open/", views.open_case, name="open"),
    path("cases/<uuid:pk>/people/", views.people, name="people"),
    path("cases/<uuid:pk>/helpers/", helping.helpers, name="helpers"),
    path("cases/<uuid:pk>/helpers/ask/", inviting.ask, name="ask_helper"),
    path("helpers/asked/<uuid:pk>/again/", inviting.again, name="ask_again"),
    path("helpers/asked/<uuid:pk>/back/", inviting.withdraw, name="withdraw_invite"),
    path("i/<str:token>/", inviting.invited, name="invited"),
    path("helpers/<uuid:pk>/", helping.helper, name="helper"),
    path("helpers/<uuid:pk>/longer/", helping.prolong, name="prolong_helper"),
    path("helpers/<uuid:pk>/no/", helping.decline, name="decline_helper"),
    path("helpers/<uuid:pk>/end/", helping.end, name="end_helper"),
    path("covers/<uuid:pk>/", away.stands_in, name="stands_in"),
    path("second-readers/<uuid:pk>/", second.second_reader, name="second_reader"),
    path("cases/<uuid:pk>/corrections/", corrections.corrections, name="corrections"),
    path("corrections/<uuid:pk>/back/", corrections.take_correction_back, name="take_correction_back"),
    path("corrections/<uuid:pk>/answer/", corrections.answer_correction, name="answer_correction"),
    path("offices/names/", views.office_names, name="office_names"),
    path("offices/<uuid:pk>/", views.office, name="office"),
]
