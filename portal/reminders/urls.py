"""Addresses in messages, and the presses of the ledger and the log."""

from django.urls import path

from portal.reminders import staff_views, views, wording_views

app_name = "reminders"
urlpatterns = [
    path("a/<str:token>/", views.answer, name="answer"),
    path("t/<str:token>/", views.text, name="text"),
    path("pause/<str:token>/", views.pause, name="pause"),
    path("reminders/rest/", views.rest, name="rest"),
    path("reminders/resume/", views.resume, name="resume"),
    path("reminders/<uuid:pk>/done/", views.change, {"verb": "done"}, name="done"),
    path("reminders/<uuid:pk>/later/", views.change, {"verb": "later"}, name="later"),
    path("deliveries/<uuid:pk>/try-again/", views.move, {"verb": "try-again"}, name="try_again"),
    path("deliveries/<uuid:pk>/again/", views.move, {"verb": "again"}, name="send_again"),
    path("staff/reminders/<uuid:pk>/mute/", staff_views.mute, name="mute"),
    path("mutes/<uuid:pk>/end/", staff_views.unmute, name="unmute"),
    path("deliveries/<uuid:pk>/called/", views.move, {"verb": "called"}, name="called"),
    path("deliveries/<uuid:pk>/posted/", views.move, {"verb": "posted"}, name="posted"),
    path("deliveries/<uuid:pk>/not-posted/", views.move, {"verb": "not-posted"}, name="not_posted"),
    path("deliveries/<uuid:pk>/letter.pdf", views.letter, name="letter"),
    path("staff/wordings/", wording_views.wordings_list, name="wordings"),
    path("staff/wordings/<str:code>/", wording_views.wording, name="wording"),
    path("staff/wordings/<str:code>/back/", wording_views.take_back, name="take_back"),
]
