"""Consultants' time: hours, free times, consultations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class BookingsConfig(AppConfig):
    name = "bookings"
    label = "bookings"

    def ready(self) -> None:
        from bookings import (
            actions,
            asked_ending,
            asked_moves,
            asked_notices,
            call_needs,
            changes,
            feeds,
            leaving,
            missed,
            noting,
        )
        from bookings.company import actions as company
        from bookings.company import notices as company_notices
        from bookings.company import views as company_views
        from bookings.late import actions as late
        from bookings.late import notices as late_notices
        from bookings.left import booked as left
        from bookings.offering import views as offering
        from bookings.outside import actions as outside
        from bookings.outside import notices as outside_notices
        from bookings.preparing import views as preparing
        from bookings.reminders import KINDS
        from bookings.stuck import notices as stuck
        from bookings.waiting import ending, notices
        from portal.accounts import changes as access
        from portal.reminders.emails import register_composer
        from portal.reminders.kinds import register
        from portal.reminders.models import RecipientType
        from portal.reminders.readers import register_source

        access.on_access_changed(leaving.wait_for_bookings)
        access.on_access_changed(feeds.end_with_access)
        access.on_access_changed(outside.end_with_access)
        access.on_left(leaving.left)
        noting.register()
        register(*KINDS, *asked_notices.KINDS, *notices.KINDS, *late_notices.KINDS, *company_notices.KINDS)
        register(*outside_notices.KINDS, *stuck.KINDS)
        changes.on_booked(ending.booked)
        changes.on_booked(left.booked)
        changes.on_booked(missed.booked)
        changes.on_moved(ending.moved)
        changes.stands_on_page(preparing.part)
        changes.stands_on_page(company_views.part)
        changes.stands_on_page(offering.part)
        register_source(RecipientType.COMPANION, company_notices.readers, astray=company_notices.tell_astray)
        register_composer(RecipientType.COMPANION, company_notices.compose)
        words.register_for_patients("companion.named")
        words.register(
            {
                "hold.made": _("Chose a time for a call"),
                "hold.asked": _("Held a time, for the patient to say yes"),
                "hold.offered": _("Offered a time for a call"),
                "hold.accepted": _("Said yes to a time that was held"),
                "hold.declined": _("Said no to a time that was held"),
                "hold.taken_back": _("Took back a time that was held"),
                "hold.clocks_changed": _("Kept a time that was held at its hour after a law changed the clocks"),
                "hold.gone": _("A time that was held is not offered any more"),
                "hold.expired": _("A time that was held is free again"),
                "day.closed": _("Closed a day"),
                "day.opened": _("Opened a closed day again"),
                "consultation.booked": _("Booked a call"),
                "consultation.moved": _("Moved a call"),
                "consultation.preparation_moved": _("Moved the preparation of a call"),
                "consultation.late": _("Said that they are late for a call"),
                "consultation.there": _("Said that they are there for a call"),
                "consultation.overridden": _("Booked or moved a call beyond the rules, with a reason"),
                "consultation.clocks_changed": _("Kept a call at its hour after a law changed the clocks"),
                "consultation.cancelled": _("Canceled a call"),
                "consultation.completed": _("Noted that the call took place"),
                "consultation.missed": _("Noted that the call did not take place"),
                "consultation.seen": _("Looked at a call"),
                "calendar_feed.made": _("Made a secret address for a calendar"),
                "calendar_feed.stopped": _("Ended the secret address for a calendar"),
                "consultation.needs_set": _("Said what is needed to follow a call"),
                "consultation.asked_to_move": _("Asked for another time for a call"),
                "companion.named": _("Named who is with them on a call"),
                "companion.ended": _("Somebody is no longer with them on a call"),
                "companion.came_back": _("A mail to somebody who is with them on a call came back"),
                "earlier_time.asked": _("Asked to hear of earlier times"),
                "earlier_time.told": _("Told of an earlier time"),
                "earlier_time.left_told": _("Told that whom they wait for has left"),
                "earlier_time.widened": _("Asked to hear of earlier times with anyone who fits"),
                "earlier_time.ended": _("No longer waits for an earlier time"),
                "outside_calendar.added": _("Added a calendar of their own"),
                "outside_calendar.removed": _("Removed a calendar of their own"),
                "service.changed": _("Changed what can be booked"),
                "hours.set": _("Changed the weekly hours"),
                "hours.time_off_set": _("Changed time off"),
                "hours.about_set": _("Changed what patients read about them"),
                "hours.extra_set": _("Changed extra hours"),
                "hours.zone_set": _("Chose the time zone of their hours"),
                "hours.terms_set": _("Changed the rules for booking"),
            },
            {
                company.RING: _("Somebody is with the patient on a call: ring them"),
                "companion_removed": _("Taken off"),
                "companion_declined": _("They said that they cannot"),
                "companion_cancelled": _("The call was canceled"),
                "service_on": _("It can be booked again"),
                "service_off": _("It can be booked no more"),
                ending.LEFT: _("Whom they wait for has left: ring the patient"),
                ending.EARLIER: _("An earlier time is free: ring the patient"),
                asked_ending.ASKED_TIME: _("A time is held: ask the patient"),
                asked_ending.ASKED_GONE: _("A time that was held is gone: tell the patient"),
                call_needs.ARRANGE: _("A call needs an interpreter or captions: arrange it"),
                late.TELL_LATE: _("A call begins later: tell the patient"),
                stuck.OURS: _("A consultant cannot get into a call"),
                asked_moves.CLOCKS_LEFT: _("A law changed the clocks: settle the hour of a call"),
                asked_moves.ASK_TO_MOVE: _("A call needs another time: ask the patient"),
                missed.NEW_TIME: _("A call did not take place: find a new time with the patient"),
                actions.ASK_TO_READ: _("A call is booked: ask who may read"),
            },
        )
