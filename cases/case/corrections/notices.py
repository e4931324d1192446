"""Word to the patient that her request is answered. What it is about stands on her page alone."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.corrections.models import Correction
from cases.case.corrections.rules import ANSWERED
from portal import clock
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

ANSWERED_CODE = "correction.answered"
STILL_USEFUL = dt.timedelta(days=14)


def answered(asked: Correction) -> None:
    now = clock.now()
    until = now + STILL_USEFUL
    whom = asked.case.patient
    plan(ANSWERED_CODE, asked, version=1, recipient=whom, due_at=now, useful_until=until, case=asked.case_id)


def _about() -> QuerySet[Correction]:
    return Correction.objects.select_related("case")


def _words(asked: Correction, reader: Reader) -> Words:
    return say(TO_PATIENT, {"name": reader.called}, path=reverse("case:corrections", args=[asked.case_id]))


TO_PATIENT = Pattern(
    code=ANSWERED_CODE,
    about=gettext_lazy("We answered what somebody asked us to correct"),
    parts={
        "subject": gettext_lazy("We answered what you asked us"),
        "lead": gettext_lazy("We answered what you asked us, %(name)s"),
        "line": gettext_lazy("Our answer stands on your page."),
        "action_label": gettext_lazy("Read the answer"),
    },
    examples={"name": gettext_lazy("Sam")},
)
KIND = Kind(
    code=ANSWERED_CODE,
    message_class=NOTICE,
    label=gettext_lazy("We answered what you asked us to correct"),
    still_due=Due(_about, lambda asked: asked.state in ANSWERED),
    words=Told(_about, _words),
    why=lambda row: _("You asked us to correct something."),
    rank=30,
    patterns=(TO_PATIENT,),
)
