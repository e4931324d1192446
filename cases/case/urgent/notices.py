"""Who is told of an urgent look: the patient, gathered; the administrators at once. Never what it is about."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.urgent.models import UrgentLook
from portal import clock
from portal.accounts.models import User
from portal.reminders.actions import plan
from portal.reminders.kinds import ANSWER, NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader, role
from portal.reminders.together import Due, Told

TOLD, WATCHED = "urgent.told", "urgent.watched"
STILL_USEFUL = dt.timedelta(days=7)


def begun(look: UrgentLook) -> None:
    now = clock.now()
    until = now + STILL_USEFUL
    plan(TOLD, look, version=1, recipient=look.case.patient, due_at=now, useful_until=until, case=look.case_id)
    watching = role(User.Role.ADMINISTRATOR)
    plan(WATCHED, look, version=1, recipient=watching, due_at=now, useful_until=until)


def _about() -> QuerySet[UrgentLook]:
    return UrgentLook.objects.select_related("reader")


def _to_patient(look: UrgentLook, reader: Reader) -> Words:
    named = {"reader": look.reader.first_name, "name": reader.called}
    return say(TO_PATIENT, named, path=reverse("pages:privacy", args=[look.case_id]))


def _to_administrator(look: UrgentLook, reader: Reader) -> Words:
    return Words(
        subject=_("An urgent look has begun"),
        lead=_("A consultant opened a case that is not theirs, for an hour"),
        line=_("Sign in to see who, and why. You can end it there."),
        action_label=_("Look at it"),
        path=reverse("pages:urgent_looks"),
    )


TO_PATIENT = Pattern(
    code=TOLD,
    about=gettext_lazy("A consultant opened a case for an hour, for an urgent reason"),
    parts={
        "subject": gettext_lazy("%(reader)s opened your page for an hour"),
        "lead": gettext_lazy("%(reader)s opened your page for an hour, %(name)s"),
        "line": gettext_lazy("There was an urgent reason. It stands on your page, and you need not do anything."),
        "action_label": gettext_lazy("See why"),
    },
    examples={"name": gettext_lazy("Sam"), "reader": gettext_lazy("Alex")},
)
KINDS = (
    Kind(
        code=TOLD,
        message_class=NOTICE,
        label=gettext_lazy("Somebody opened your page for an urgent reason"),
        still_due=Due(_about, lambda look: True),
        words=Told(_about, _to_patient),
        why=lambda row: _("A consultant who is not part of your case opened it for an hour."),
        rank=20,
        patterns=(TO_PATIENT,),
    ),
    Kind(
        code=WATCHED,
        message_class=ANSWER,
        label=gettext_lazy("An urgent look has begun"),
        still_due=Due(_about, lambda look: True),
        words=Told(_about, _to_administrator),
        why=lambda row: _("You watch over who opens what."),
        rank=10,
    ),
)
