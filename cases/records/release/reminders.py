"""The message after a signature: a copy stands on the privacy page. It names no office and nothing that was signed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.records.models import Release
from portal.reminders.actions import plan
from portal.reminders.kinds import ANSWER, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import things

Rows = Sequence[Reminder]
SIGNED = "records.signed"
USEFUL_FOR = timedelta(days=3)
PATTERN = Pattern(
    code=SIGNED,
    about=gettext_lazy("A form: it is signed"),
    parts={
        "subject": gettext_lazy("A copy of your form"),
        "lead": gettext_lazy("Your form is signed"),
        "line": gettext_lazy("A copy stands on your privacy page. There you can take it back at any time."),
        "action_label": gettext_lazy("See the copy"),
    },
)


def plan_copy(release: Release, now: datetime) -> None:
    """Say that there is a copy. Nothing is sent once the form is taken back."""
    patient = release.visit.case.patient
    plan(
        SIGNED,
        release,
        version=1,
        recipient=patient,
        due_at=now,
        useful_until=now + USEFUL_FOR,
        case=release.visit.case,
    )


def _about() -> QuerySet[Release]:
    return Release.objects.signed()


def still_due(rows: Rows, now: datetime) -> set[UUID]:
    signed = things(rows, _about)
    return {row.pk for row in rows if row.about_id in signed}


def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    return {row.pk: say(PATTERN, path=reverse("records:signed", args=[row.about_id])) for row in rows}


def _why(row: Reminder) -> str:
    return _("You signed a form, on your page or on paper.")


KINDS = (
    Kind(
        code=SIGNED,
        message_class=ANSWER,
        label=gettext_lazy("A copy of your form"),
        still_due=still_due,
        about=(_about,),
        words=words,
        why=_why,
        rank=40,
        patterns=(PATTERN,),
    ),
)
