"""The message that a call begins a little later: due while that is so; it says nothing else."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.late import rules
from bookings.late.models import Late, Side
from portal import clock
from portal.accounts.models import User
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

LATE = Pattern(
    code="bookings.late",
    about=gettext_lazy("Call: the consultant is late"),
    parts={
        "subject": gettext_lazy("Your call begins a little later"),
        "lead": gettext_lazy("Your call begins a little later, %(name)s"),
        "line": gettext_lazy("It still takes place. Your page says by how many minutes. There is nothing to do."),
        "action_label": gettext_lazy("Open my call page"),
    },
    examples={"name": gettext_lazy("Alex")},
)
PATIENT_LATE = "bookings.patient_late"


def tell(word: Late, reader: User, now: datetime) -> None:
    """At once; of no use once it is no more so."""
    kind = LATE.code if word.side == Side.CONSULTANT else PATIENT_LATE
    until = min(word.expected_at, word.call.ends_at)
    plan(kind, word, version=word.version, recipient=reader, due_at=now, useful_until=until, case=word.call.case_id)


def _about() -> QuerySet[Late]:
    return Late.objects.select_related("call__patient", "call__consultant")


def _still_so(word: Late) -> bool:
    return rules.stands(word, word.call, clock.now())


def _late(word: Late, reader: Reader) -> Words:
    return say(LATE, {"name": reader.called}, path=reverse("bookings:call", args=[word.call_id]))


def _patient_late(word: Late, reader: Reader) -> Words:
    return Words(
        subject=_("A call begins a little later"),
        lead=_("A call begins a little later"),
        at=word.call.starts_at,
        line=_("With %(name)s, about %(minutes)d minutes later.")
        % {"name": word.call.patient.first_name, "minutes": word.minutes},
        action_label=_("Open the call page"),
        path=reverse("bookings:call", args=[word.call_id]),
    )


def _because(row: Reminder) -> str:
    return _("You have a call at about this time.")


KINDS = (
    Kind(
        LATE.code,
        NOTICE,
        gettext_lazy("Your call begins later"),
        Due(_about, _still_so),
        Told(_about, _late),
        _because,
        5,
        patterns=(LATE,),
    ),
    Kind(
        PATIENT_LATE,
        NOTICE,
        gettext_lazy("A call begins later"),
        Due(_about, _still_so),
        Told(_about, _patient_late),
        _because,
        5,
    ),
)
