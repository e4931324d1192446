"""The day of the first opinion: no visit of ours has it, so whoever knows it says it. It may stay unknown."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.case.models import Case, CaseClinician
from cases.case.people import role_for
from cases.opinions.comparing import rules
from cases.records.items.telling import lock_case
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def say(case: Case, on: dt.date | None, *, seen: dt.date | None, shown: str = "", by: Actor) -> CaseClinician:
    """Say on which day the first doctor gave it, or with None that nobody knows. The same again changes nothing.

    Raises Refused for who may not, for a day ahead, without a first doctor, and when another day stands than `seen`, or
    another doctor is the first than `shown` (code "changed").
    """
    must("write_opinions", case, by)
    lock_case(case)
    found = CaseClinician.objects.filter(case=case, role=CaseClinician.Role.FIRST)
    link = found.select_related("clinician").first()
    if link is None:
        raise Refused(_("No doctor is named yet."), code="state")
    if shown and not link.clinician.is_called(shown):
        raise Refused(_("Another doctor was named meanwhile. Look at it, then say it again."), code="changed")
    if link.heard_on == on:
        return link
    if not may_say(link.heard_on, is_own=link.heard_said_by_id == by.id, role=role_for("write_opinions", case, by)):
        raise Refused(_("Somebody else said this day. Ask them or us to change it."), code="role")
    if link.heard_on != seen:
        raise Refused(_("This day was changed meanwhile. Look at it, then say it again."), code="changed")
    if reason := rules.why_not_heard_on(on, clock.today(case.patient.zone)):
        raise Refused(reason, code="on")
    link.heard_on, link.heard_said_by = on, by.user if on else None
    link.save(update_fields=["heard_on", "heard_said_by"])
    record(by, "opinions.day_said", link, patient=case.patient_id, case=case.pk)
    return link


def may_say(stands: dt.date | None, *, is_own: bool, role: str) -> bool:
    """An empty day is anybody's who writes here; one that stands is changed as a line is."""
    return stands is None or rules.may_change(role, is_own)
