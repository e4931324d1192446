"""Addresses of the opinions' room."""

from django.urls import path

from cases.opinions.comparing import views as comparing
from cases.opinions.deciding import phone_views as by_phone
from cases.opinions.deciding import views as deciding
from cases.opinions.questions import views as questions
from cases.opinions.talk import office_views, views

app_name = "opinions"
urlpatterns = [
    path("cases/<uuid:pk>/opinions/", deciding.compare, name="compare"),
    path("cases/<uuid:pk>/opinions/add/", comparing.add, name="add_line"),
    path("cases/<uuid:pk>/opinions/first-day/", comparing.say_first_day, name="first_day"),
    path("opinions/<uuid:pk>/change/", comparing.change, name="change_line"),
    path("opinions/<uuid:pk>/<slug:verb>/", comparing.move, name="move_line"),
    path("cases/<uuid:pk>/opinions/decide/", deciding.decide, name="decide"),
    path("cases/<uuid:pk>/opinions/matters/", deciding.say_what_matters, name="matters"),
    path("cases/<uuid:pk>/opinions/decide/by-phone/", by_phone.decide_by_phone, name="decide_by_phone"),
    path("cases/<uuid:pk>/opinions/matters/by-phone/", by_phone.matters_by_phone, name="matters_by_phone"),
    path("cases/<uuid:pk>/talk/", views.talk, name="talk"),
    path("cases/<uuid:pk>/talk/save/", views.arrange, name="arrange_talk"),
    path("cases/<uuid:pk>/talk/agenda/", views.save_agenda, name="save_agenda"),
    path("cases/<uuid:pk>/talk/pdf/", views.agenda_pdf, name="agenda_pdf"),
    path("cases/<uuid:pk>/talk/show/", views.show_agenda, name="show_agenda"),
    path("o/page/<uuid:pk>/talk/page.pdf", office_views.page, name="office_page"),
    path("o/page/<uuid:pk>/talk/<slug:verb>/", office_views.tell, name="office_tell"),
    path("talks/<uuid:pk>/<slug:verb>/", views.move, name="move_talk"),
    path("cases/<uuid:pk>/questions/", questions.questions, name="questions"),
    path("cases/<uuid:pk>/questions/add/", questions.add, name="add_question"),
    path("cases/<uuid:pk>/questions/read-out/", questions.read_out, name="read_out"),
    path("questions/<uuid:pk>/change/", questions.change, name="change_question"),
    path("questions/<uuid:pk>/answer/", questions.answer, name="answer_question"),
    path("questions/<uuid:pk>/<slug:verb>/", questions.move, name="move_question"),
]
