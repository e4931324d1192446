"""Word that a consultant's part in a case has ended by itself: to them, and to the coordinators. No content in it."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Assignment
from portal.accounts.models import User
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader, role
from portal.reminders.together import Due, Told

OWN, OF_ANOTHER = "place.ended", "place.ended_of_another"
STILL_USEFUL = dt.timedelta(days=14)


def ended(place: Assignment, now: dt.datetime) -> None:
    until = now + STILL_USEFUL
    plan(OWN, place, version=1, recipient=place.user, due_at=now, useful_until=until, case=place.case_id)
    ours = role(User.Role.COORDINATOR)
    plan(OF_ANOTHER, place, version=1, recipient=ours, due_at=now, useful_until=until, case=place.case_id)


def _about() -> QuerySet[Assignment]:
    again = Assignment.objects.filter(case=OuterRef("case"), user=OuterRef("user"), ended_at=None)
    return Assignment.objects.select_related("case__patient", "user").annotate(is_back=Exists(again))


def _is_so(place: Assignment) -> bool:
    """They were not given a place again since."""
    return place.ended_at is not None and not place.is_back  # type: ignore[attr-defined]


def _named(place: Assignment, reader: Reader) -> dict[str, str]:
    return {
        "name": reader.called,
        "patient": place.case.patient.first_name,
        "consultant": place.user.first_name,
    }


def _to_consultant(place: Assignment, reader: Reader) -> Words:
    return say(TO_CONSULTANT, _named(place, reader), path=reverse("pages:home"))


def _to_coordinator(place: Assignment, reader: Reader) -> Words:
    return say(TO_COORDINATOR, _named(place, reader), path=reverse("pages:case_file", args=[place.case_id]))


TO_CONSULTANT = Pattern(
    code=OWN,
    about=gettext_lazy("To a consultant: their part in a case has ended, 30 days after the last call"),
    parts={
        "subject": gettext_lazy("The page of %(patient)s is closed to you now"),
        "lead": gettext_lazy("The page of %(patient)s is closed to you now, %(name)s"),
        "line": gettext_lazy("The last call was 30 days ago, and none is booked. A new one opens it again."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"name": gettext_lazy("Sam"), "patient": gettext_lazy("Alex")},
)
TO_COORDINATOR = Pattern(
    code=OF_ANOTHER,
    about=gettext_lazy("To coordinators: a consultant’s part in a case has ended, 30 days after the last call"),
    parts={
        "subject": gettext_lazy("%(consultant)s is not the consultant of %(patient)s any more"),
        "lead": gettext_lazy("%(consultant)s is not the consultant of %(patient)s any more, %(name)s"),
        "line": gettext_lazy("The last call was 30 days ago, and none is booked. What was still asked is with you."),
        "action_label": gettext_lazy("Open the case"),
    },
    examples={
        "name": gettext_lazy("Sam"),
        "patient": gettext_lazy("Alex"),
        "consultant": gettext_lazy("Kim"),
    },
)
KINDS = (
    Kind(
        code=OWN,
        message_class=NOTICE,
        label=gettext_lazy("Your part in a case has ended"),
        still_due=Due(_about, _is_so),
        words=Told(_about, _to_consultant),
        why=lambda row: _("You were the consultant of a case until 30 days after the last call."),
        rank=40,
        patterns=(TO_CONSULTANT,),
    ),
    Kind(
        code=OF_ANOTHER,
        message_class=NOTICE,
        label=gettext_lazy("A consultant’s part in a case has ended"),
        still_due=Due(_about, _is_so),
        words=Told(_about, _to_coordinator),
        why=lambda row: _("You look after the cases."),
        rank=40,
        patterns=(TO_COORDINATOR,),
    ),
)
