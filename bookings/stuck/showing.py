"""What the call page shows of who cannot get in, and who rings when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookings.asked_notices import is_written_to
from bookings.models import Consultation
from bookings.stuck import notices, rules
from bookings.stuck.actions import OURS, who_rings_at
from cases.case.actions import CALL
from cases.case.models import ToDo
from portal import phones, when
from portal.accounts.models import User
from portal.texts.words import organisation


def said() -> QuerySet[ToDo]:
    """What is on the board because somebody cannot get into a call."""
    found = ToDo.objects.open().filter(kind__in=[CALL, OURS], about_type=Consultation._meta.label_lower)
    return found.select_related("case__patient", "asked_by").order_by("asked_at")


def of_patient(call: Consultation, found: Iterable[ToDo], now: datetime) -> str:
    """What the consultant reads where the patient, or who is with her, cannot get in; else ""."""
    for todo in found:
        if todo.kind == CALL and todo.about_id == str(call.pk) and rules.stands(todo.asked_at, call, now):
            person = notices.who(todo)
            if person.pk == call.patient_id and person.phone:
                named = {"name": person.first_name, "phone": phones.shown(str(person.phone))}
                return _("%(name)s can’t get in. Please ring: %(phone)s.") % named
            return _("%(name)s can’t get in. One of us rings.") % {"name": person.first_name}
    return ""


def shown(call: Consultation, user: Any, now: datetime) -> dict[str, Any]:
    """What the call page says: that the other side cannot get in, whether this one said so, and who rings when."""
    if rules.why_not(call, now):
        return {"can_say": False}
    found = [todo for todo in said().filter(about_id=str(call.pk)) if rules.stands(todo.asked_at, call, now)]
    is_ours = call.consultant_id == user.pk
    other = of_patient(call, found, now) if is_ours else ""
    if not is_ours and any(todo.kind == OURS for todo in found):
        other = _("%(name)s can’t get in just now.") % {"name": call.consultant.first_name}
        other = f"{other} {_('Please stay here, and keep your phone near.')}"
    return {
        "can_say": True,
        "other": other,
        "is_said": any(todo.asked_by_id == user.pk for todo in found),
        "who_calls": who_calls(call, user, now),
    }


def who_calls(call: Consultation, user: User, now: datetime) -> str:
    """Who hears of it, and when one of us rings: true at this hour."""
    is_ours = call.consultant_id == user.pk
    at, hours = who_rings_at(now), organisation().hours
    if at is None:
        rings = _("One of us calls you during our office hours: %(hours)s.") % {"hours": hours}
        rings = rings if hours else _("One of us calls you as soon as somebody is in our office.")
    elif at > now:
        rings = _("Our office is closed now. One of us calls you on %(when)s, when it opens.") % {
            "when": when.moment(at)
        }
    else:
        rings = _("One of us calls you now.")
    if is_ours and not is_written_to(call.patient):
        return rings
    other = call.patient if is_ours else call.consultant
    return f"{_('%(name)s hears it at once.') % {'name': other.first_name}} {rings}"
