"""The patient is told that a consultant works here no more. What is asked stands on her page."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.left.models import Departure
from portal import clock
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

LEFT = "consultant.left"
STILL_USEFUL = dt.timedelta(days=14)


def told(departure: Departure) -> None:
    now = clock.now()
    until, whom = now + STILL_USEFUL, departure.case.patient
    plan(LEFT, departure, version=1, recipient=whom, due_at=now, useful_until=until, case=departure.case_id)


def answered(departure: Departure) -> None:
    unplan(departure, kinds=[LEFT])


def _about() -> QuerySet[Departure]:
    return Departure.objects.select_related("case", "consultant")


def _words(departure: Departure, reader: Reader) -> Words:
    named = {"name": reader.called, "consultant": departure.consultant.first_name}
    return say(WORDS, named, path=reverse("bookings:left", args=[departure.pk]))


WORDS = Pattern(
    code=LEFT,
    about=gettext_lazy("A consultant works here no more"),
    parts={
        "subject": gettext_lazy("%(consultant)s does not work with us any more"),
        "lead": gettext_lazy("%(consultant)s does not work with us any more, %(name)s"),
        "line": gettext_lazy("We are sorry. You choose who of us goes on with you, or ask for a call."),
        "action_label": gettext_lazy("Choose"),
    },
    examples={"name": gettext_lazy("Sam"), "consultant": gettext_lazy("Kim")},
)
KIND = Kind(
    code=LEFT,
    message_class=NOTICE,
    label=gettext_lazy("Your consultant works here no more"),
    still_due=Due(_about, lambda each: each.answered_at is None and each.case.state != "closed"),
    words=Told(_about, _words),
    why=lambda row: _("Your consultant left, and you choose who goes on with you."),
    rank=20,
    patterns=(WORDS,),
)
