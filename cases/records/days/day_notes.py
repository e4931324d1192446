"""What is worth a word about a day before it is taken: none of it stands in the way."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from cases.records import words
from cases.records.models import Visit
from cases.records.standing import Standing
from cases.records.states import VisitState
from portal import when
from portal.texts.business_days import is_business_day


def notes(on: date, stands: Standing, others: Iterable[Visit]) -> list[dict[str, str]]:
    """Treatment that begins first, an office that may be closed, another visit on the same day."""
    found, treatment_on = [], stands.visit.case.treatment_on
    if treatment_on and on >= treatment_on:
        lead = _("This day is on or after the start of your treatment.")
        found.append({"lead": lead, "text": _("You can still take it. Ask your doctor how the two fit.")})
    if not is_business_day(on, stands.closed):
        lead = _("Many offices are closed on this day.")
        found.append({"lead": lead, "text": _("Theirs may be open. Ask them once more.")})
    for other in others:
        if other.state == VisitState.BOOKED and other.on_date == on:
            found.append({"lead": _("You have another visit on this day."), "text": _other(other)})
    return found


def _other(visit: Visit) -> str:
    doctor = {"doctor": words.doctor_of(visit)}
    if visit.at_time is None:
        return _("It is with %(doctor)s. Look if both fit.") % doctor
    return _("It is with %(doctor)s at %(time)s. Look if both fit.") % {
        **doctor,
        "time": when.clock_time(visit.at_time),
    }
