"""Addresses of the opinions' room."""

from django.urls import path

from cases.opinions.talk import views

app_name = "opinions"
urlpatterns = [
    path("cases/<uuid:pk>/talk/", views.talk, name="talk"),
    path("cases/<uuid:pk>/talk/save/", views.arrange, name="arrange_talk"),
    path("cases/<uuid:pk>/talk/agenda/", views.save_agenda, name="save_agenda"),
    path("cases/<uuid:pk>/talk/pdf/", views.agenda_pdf, name="agenda_pdf"),
    path("talks/<uuid:pk>/<slug:verb>/", views.move, name="move_talk"),
]
