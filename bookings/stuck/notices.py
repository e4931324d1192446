"""The message that the other side cannot get in: due while that is so and nobody has seen to it."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Consultation
from bookings.stuck import rules
from cases.case.models import ToDo
from portal import clock
from portal.accounts.models import User
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

OURS = "call_ours"  # a to-do: the consultant cannot get in
STUCK = Pattern(
    code="bookings.stuck",
    about=gettext_lazy("Call: the consultant cannot get in"),
    parts={
        "subject": gettext_lazy("About your call just now"),
        "lead": gettext_lazy("Your consultant cannot get into the call yet, %(name)s"),
        "line": gettext_lazy("Please keep your phone near. Your page says what happens next."),
        "action_label": gettext_lazy("Open my call page"),
    },
    examples={"name": gettext_lazy("Alex")},
)
PATIENT_STUCK = "bookings.patient_stuck"


def tell(todo: ToDo, call: Consultation, reader: User, now: datetime) -> None:
    """At once; of no use once the call is over."""
    kind = STUCK.code if todo.kind == OURS else PATIENT_STUCK
    plan(kind, todo, version=0, recipient=reader, due_at=now, useful_until=call.ends_at, case=call.case_id)


def _about() -> QuerySet[ToDo]:
    """The to-dos, each with when and how its call is."""
    call = Consultation.objects.filter(pk=Cast(OuterRef("about_id"), UUIDField()))
    parts = {part: Subquery(call.values(part)) for part in ("state", "starts_at", "ends_at")}
    return ToDo.objects.select_related("case__patient", "asked_by").annotate(**parts)


def _still_so(todo: Any) -> bool:
    return todo.done_at is None and todo.state is not None and rules.stands(todo.asked_at, todo, clock.now())


def _stuck(todo: ToDo, reader: Reader) -> Words:
    return say(STUCK, {"name": reader.called}, path=reverse("bookings:call", args=[todo.about_id]))


def _patient_stuck(todo: Any, reader: Reader) -> Words:
    return Words(
        subject=_("Somebody cannot get into a call"),
        lead=_("Somebody cannot get into a call"),
        at=todo.starts_at,
        line=_("%(name)s cannot get in. The call page says how to reach them.") % {"name": who(todo).first_name},
        action_label=_("Open the call page"),
        path=reverse("bookings:call", args=[todo.about_id]),
    )


def who(todo: ToDo) -> User:
    """Who cannot get in: the patient, where one of us pressed for her."""
    person = todo.asked_by
    if todo.case is None:
        raise ValueError("what is said of a call belongs to a case")
    return todo.case.patient if person is None or person.role == User.Role.COORDINATOR else person


def _because(row: Reminder) -> str:
    return _("You have a call at about this time.")


KINDS = (
    Kind(
        STUCK.code,
        NOTICE,
        gettext_lazy("Your consultant cannot get in"),
        Due(_about, _still_so),
        Told(_about, _stuck),
        _because,
        5,
        patterns=(STUCK,),
    ),
    Kind(
        PATIENT_STUCK,
        NOTICE,
        gettext_lazy("Somebody cannot get into a call"),
        Due(_about, _still_so),
        Told(_about, _patient_stuck),
        _because,
        5,
    ),
)
