"""Consultants' time: hours, free times, consultations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class BookingsConfig(AppConfig):
    name = "bookings"
    label = "bookings"

    def ready(self) -> None:
        from bookings.reminders import KINDS
        from portal.reminders.kinds import register

        register(*KINDS)
        words.register(
            {
                "hold.made": _("Chose a time for a call"),
                "consultation.booked": _("Booked a call"),
                "consultation.moved": _("Moved a call"),
                "consultation.cancelled": _("Canceled a call"),
                "consultation.completed": _("Noted that the call took place"),
                "consultation.missed": _("Noted that the call did not take place"),
                "consultation.seen": _("Looked at a call"),
                "hours.set": _("Changed the weekly hours"),
                "hours.time_off_set": _("Changed time off"),
            },
        )
