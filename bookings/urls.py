"""Addresses of calls, of a consultant's hours and calendar."""

from django.urls import path

from bookings import asked_views, call_views, consultant_page, feed_views, staff_pages, views
from bookings.closed import views as closed
from bookings.company import views as company
from bookings.kinds import views as kinds
from bookings.late import views as late
from bookings.left import views as left
from bookings.offering import views as offering
from bookings.outside import views as outside
from bookings.overriding import views as overriding
from bookings.preparing import views as preparing
from bookings.waiting import views as waiting

app_name = "bookings"
urlpatterns = [
    path("cases/<uuid:pk>/consultation/", views.pick, name="pick"),
    path("cases/<uuid:pk>/consultation/with/<uuid:consultant>/", consultant_page.consultant, name="consultant"),
    path("cases/<uuid:pk>/consultation/offer/", offering.offer, name="offer"),
    path("cases/<uuid:pk>/consultation/earlier/", waiting.earlier, name="earlier"),
    path("staff/earlier-times/", waiting.waiting, name="waiting"),
    path("cases/<uuid:pk>/consultation/by-us/", overriding.book, name="override"),
    path("consultations/<uuid:pk>/move/by-us/", overriding.move, name="override_move"),
    path("left/<uuid:pk>/", left.left, name="left"),
    path("holds/<uuid:pk>/check/", views.check, name="check"),
    path("holds/<uuid:pk>/keep/", views.keep, name="keep"),
    path("holds/<uuid:pk>/asked/", asked_views.asked, name="asked"),
    path("consultations/<uuid:pk>/", call_views.detail, name="detail"),
    path("consultations/<uuid:pk>/agree-to-read/", asked_views.agree_to_read, name="agree_to_read"),
    path("consultations/<uuid:pk>/move/", views.move, name="move"),
    path("consultations/<uuid:pk>/needs/", call_views.needs, name="needs"),
    path("consultations/<uuid:pk>/ask-to-move/", call_views.ask_to_move, name="ask_to_move"),
    path("consultations/<uuid:pk>/preparation/", preparing.preparation, name="preparation"),
    path("consultations/<uuid:pk>/cancel/", call_views.cancel, name="cancel"),
    path("consultations/<uuid:pk>/company/", company.company, name="company"),
    path("together/<str:token>/", company.together, name="together"),
    path("together/<str:token>/call.ics", company.together_file, name="together_file"),
    path("consultations/<uuid:pk>/late/", late.late, name="late"),
    path("consultations/<uuid:pk>/call/", call_views.call, name="call"),
    path("consultations/<uuid:pk>/calendar.ics", call_views.calendar_file, name="calendar_file"),
    path("staff/closed-days/", closed.closed_days, name="closed_days"),
    path("staff/closed-days/place/", closed.our_place, name="our_place"),
    path("staff/closed-days/<int:pk>/open/", closed.open_again, name="open_day"),
    path("staff/services/", kinds.services, name="services"),
    path("staff/hours/", staff_pages.hours, name="hours"),
    path("staff/hours/take-back/", staff_pages.take_back_hours, name="take_back_hours"),
    path("staff/hours/zone/", staff_pages.hours_zone, name="hours_zone"),
    path("staff/hours/terms/", staff_pages.terms, name="terms"),
    path("staff/hours/time-off/", staff_pages.time_off, name="time_off"),
    path("staff/time-off/<int:pk>/remove/", staff_pages.remove_time_off, name="remove_time_off"),
    path("staff/hours/about/", staff_pages.about, name="about"),
    path("staff/hours/extra/", staff_pages.extra_hours, name="extra_hours"),
    path("staff/extra-hours/<int:pk>/remove/", staff_pages.remove_extra_hours, name="remove_extra_hours"),
    path("staff/hours/as-a-patient/", staff_pages.as_a_patient, name="as_a_patient"),
    path("staff/hours/outside/", outside.outside, name="outside"),
    path("staff/hours/outside/<uuid:pk>/remove/", outside.remove, name="remove_outside"),
    path("staff/hours/outside/<uuid:pk>/again/", outside.again, name="read_outside_again"),
    path("calendar/", feed_views.own_calendar, name="own_calendar"),
    path("calendars/<str:token>/calls.ics", feed_views.feed, name="feed"),
    path("staff/calendar/", staff_pages.calendar, name="calendar"),
]
