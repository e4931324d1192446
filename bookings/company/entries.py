"""The calendar entry of who sits in on a call: their own, under a UID of its own, as discreet as the patient's."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import calendars
from bookings.company import links
from bookings.company.models import Companion
from cases.case.helping.inviting.rules import name_in_mail
from portal.texts.words import organisation

FILE_NAME = "call.ics"


def name_of_patient(companion: Companion) -> str:
    """The patient's first name as others may read it."""
    return name_in_mail(companion.call.patient.first_name) or _("Someone you know")


def entry(companion: Companion) -> calendars.Entry:
    call = companion.call
    return calendars.Entry(
        uid=f"{companion.pk}@{settings.ALLOWED_HOSTS[0]}",
        version=companion.version,
        starts_at=call.starts_at,
        ends_at=call.ends_at,
        zone=call.zone,
        title=_("Call with %(name)s") % {"name": name_of_patient(companion)},
        note=_("Open the link for the way in."),
        url=links.address_of(companion),
        organizer_name=organisation().sender_name,
        organizer_email=settings.DEFAULT_FROM_EMAIL,
        attendee_email=companion.email,
    )


def method(companion: Companion) -> calendars.Method:
    stands = companion.ended_at is None and companion.call.is_booked
    return calendars.Method.REQUEST if stands else calendars.Method.CANCEL


def file(companion: Companion, now: datetime) -> bytes:
    """To add or renew the entry, or to take it away."""
    return calendars.file(entry(companion), method(companion), now)
