"""The nudge: a helper asks us to remind the patient, kindly, of what only the patient can give. Once a day at most."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper
from cases.case.models import Case
from cases.case.people import grant_of
from cases.records.models import RecordItem
from cases.records.states import ItemState, Need
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders.actions import plan, settle
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Outcome, Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.together import Due, Told

NUDGE = "pages.nudge"
THEIRS = {Need.SIGNATURE, Need.IDENTITY}  # what only the patient can give
STILL_USEFUL = dt.timedelta(days=3)


def waiting(cases: Iterable[UUID]) -> set[UUID]:
    """Those of the cases in which something waits for the patient herself."""
    return set(_waiting().filter(visit__case__in=list(cases)).values_list("visit__case", flat=True))


def _waiting() -> QuerySet[RecordItem]:
    return RecordItem.objects.wanted().filter(state=ItemState.NEEDS_YOU, need__in=THEIRS)


def is_sent_today(case: Case) -> bool:
    """Whether somebody has asked for it today, where the patient lives."""
    today = clock.today(case.patient.zone).toordinal()
    return Reminder.objects.filter(kind=NUDGE, case_id=case.pk, version=today).exists()


@transaction.atomic
def nudge(case: Case, *, by: Actor) -> bool:
    """Plan one kind message to the patient; False where one was asked for today, by whomever.

    Raises Refused for whoever does not help here, and where nothing waits for the patient.
    """
    case = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=case.pk)
    grant = grant_of(case, by.user) if by.user else None
    if grant is None:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if not waiting([case.pk]):
        raise Refused(_("Nothing waits for %(name)s any more.") % {"name": case.patient.first_name}, code="state")
    if is_sent_today(case):
        return False
    now, day = clock.now(), clock.today(case.patient.zone).toordinal()
    settle(Reminder.objects.filter(kind=NUDGE, case_id=case.pk), Outcome.WITHDRAWN, now)  # one not gone yet is enough
    plan(NUDGE, grant, version=day, recipient=case.patient, due_at=now, useful_until=now + STILL_USEFUL, case=case)
    record(by, "helping.nudged", grant, patient=case.patient_id, case=case.pk)
    return True


def _about() -> QuerySet[Helper]:
    """The helpers, each with whether they still help, and whether something waits for the patient herself."""
    live = Helper.objects.granted().filter(pk=OuterRef("pk"))
    waits = _waiting().filter(visit__case=OuterRef("case"))
    return Helper.objects.select_related("person", "case").annotate(still_helps=Exists(live), waits=Exists(waits))


# Those whose helper still helps, and where something still waits.
still_due = Due(_about, lambda helper: helper.still_helps and helper.waits)


def _words(helper: Helper, reader: Any) -> Words:
    """Who asked, and that there is no hurry; a mail is read over shoulders, so what waits is not named."""
    named = {"name": reader.called, "helper": helper.person.first_name}
    return say(PATTERN, named, path=helper.case.get_absolute_url())


PATTERN = Pattern(
    code=NUDGE,
    about=gettext_lazy("A helper asks us to remind kindly"),
    parts={
        "subject": gettext_lazy("A kind word from %(helper)s"),
        "lead": gettext_lazy("One thing waits on your page, %(name)s"),
        "line": gettext_lazy("%(helper)s thought of you and asked us to say so. There is no hurry."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"name": gettext_lazy("Alex"), "helper": gettext_lazy("Kim")},
)
KINDS = (
    Kind(
        code=NUDGE,
        message_class=NOTICE,
        label=gettext_lazy("A kind word from someone who helps you"),
        still_due=still_due,
        words=Told(_about, _words),
        why=lambda row: _("Someone who helps you asked us to. It comes once a day at most."),
        rank=40,
        patterns=(PATTERN,),
    ),
)
