"""The calendar entry of a consultation, for mails and pages."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import calendars
from bookings.models import Consultation
from portal.accounts.models import User
from portal.texts.words import organisation

FILE_NAME = "call.ics"


def entry(consultation: Consultation, reader: User) -> calendars.Entry:
    """What the reader's calendar should hold: whom they talk with, when, and where to sign in."""
    other = consultation.patient if reader == consultation.consultant else consultation.consultant
    return calendars.Entry(
        uid=consultation.uid,
        version=consultation.version,
        starts_at=consultation.starts_at,
        ends_at=consultation.ends_at,
        zone=consultation.zone,
        title=_("Call with %(name)s") % {"name": other.first_name},
        note=_("Sign in to join, to move it or to cancel it."),
        url=settings.PORTAL_ORIGIN + consultation.get_absolute_url(),
        organizer_name=organisation().sender_name,
        organizer_email=settings.DEFAULT_FROM_EMAIL,
        attendee_email=reader.email or "",
    )


def file(consultation: Consultation, reader: User, now: datetime) -> bytes:
    """The entry as a file: to add or renew it, or to take it away once the call is canceled."""
    method = calendars.Method.REQUEST if consultation.is_booked else calendars.Method.CANCEL
    return calendars.file(entry(consultation, reader), method, now)
