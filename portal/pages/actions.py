"""What people press on the pages that gather: not today, please call me, post the sheet to me."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, must
from cases.case.models import Case, ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages.reminders import NEXT_STEP, version_of
from portal.reminders.actions import plan, unplan
from portal.reminders.rules import morning
from portal.texts.words import organisation

LONGEST_REST = 14  # days
STILL_USEFUL = dt.timedelta(days=3)
LAST_HOUR_FOR_A_CALL = 15  # in the office's own zone; after it the call is for tomorrow


@transaction.atomic
def rest_until(case: Case, until: dt.date, *, by: Actor) -> Case:
    """Hide the next step until a day; today or an earlier day shows it again. Raises Refused past two weeks."""
    must("ask_for_a_call", case, by)
    case = Case.objects.select_for_update(of=("self",)).select_related("patient").get(pk=case.pk)
    today = clock.today(by.user.zone)
    if until > today + dt.timedelta(days=LONGEST_REST):
        raise Refused(_("Choose a day in the next two weeks. Or ask us to call you."))
    case.rests_until = until if until > today else None
    case.save(update_fields=["rests_until"])
    unplan(case, kinds=[NEXT_STEP])
    if case.rests_until:
        due_at = morning(case.rests_until, by.user.zone)
        plan(
            NEXT_STEP,
            case,
            version=version_of(case.rests_until),
            recipient=by.user,
            due_at=due_at,
            useful_until=due_at + STILL_USEFUL,
            case=case,
        )
    record(by, "case.rests" if case.rests_until else "case.goes_on", case, patient=case.patient_id, case=case.pk)
    return case


@transaction.atomic
def ask_for_a_call(case: Case, *, by: Actor) -> ToDo:
    """A person should call the one who pressed; a call that is open already stays one call."""
    must("ask_for_a_call", case, by)
    here = clock.now().astimezone(organisation_zone())
    due_on = here.date() + dt.timedelta(days=here.hour >= LAST_HOUR_FOR_A_CALL)
    return ask_to_do("call", case, case=case, due_on=due_on, by=by)


@transaction.atomic
def ask_for_the_sheet(case: Case, *, by: Actor) -> ToDo:
    """The coordinator should print the one-page sheet and post it; one that is asked for already stays one."""
    must("ask_for_a_call", case, by)
    return ask_to_do("post_sheet", case, case=case, due_on=clock.today(organisation_zone()), by=by)


def organisation_zone() -> ZoneInfo:
    """The zone of our own office."""
    return ZoneInfo(organisation().time_zone)
