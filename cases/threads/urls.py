"""Addresses of the threads' room."""

from django.urls import path

from cases.threads import staff_views, views

app_name = "threads"
urlpatterns = [
    path("cases/<uuid:pk>/messages/", views.thread, name="thread"),
    path("cases/<uuid:pk>/messages/send/", views.send, name="send"),
    path("cases/<uuid:pk>/messages/note/", views.note, name="note"),
    path("cases/<uuid:pk>/messages/news/", views.news, name="news"),
    path("cases/<uuid:pk>/messages/assign/", staff_views.assign, name="assign"),
    path("cases/<uuid:pk>/messages/no-answer/", staff_views.needs_no_answer, name="needs_no_answer"),
    path("cases/<uuid:pk>/messages/words/", staff_views.write_down, name="write_down"),
    path("cases/<uuid:pk>/messages/read-out/", staff_views.read_out, name="read_out"),
    path("messages/<uuid:pk>/", views.message, name="message"),
    path("messages/<uuid:pk>/<slug:verb>/", views.move, name="move"),
    path("staff/messages/", staff_views.waiting, name="waiting"),
]
