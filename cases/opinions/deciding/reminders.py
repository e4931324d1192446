"""The word on the day that she named when she asked for more time. It says nothing of what it is about."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case
from cases.opinions.deciding import planning
from cases.opinions.deciding.models import Decision
from portal.reminders.kinds import REMINDER, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import things

Rows = Sequence[Reminder]
CHECK_IN = Pattern(
    code=planning.CHECK_IN,
    about=gettext_lazy("More time: on the day they named"),
    parts={
        "subject": gettext_lazy("You asked us to write today"),
        "lead": gettext_lazy("You asked us to write today"),
        "line": gettext_lazy("Your page is there, as you left it. If you want more time, take it. Nothing is late."),
        "action_label": gettext_lazy("Open my page"),
    },
)


def _about() -> QuerySet[Decision]:
    return Decision.objects.select_related("case__patient")


def still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Only while that answer stands and the case is not closed; a case that rests is just what it is for."""
    found = things(rows, _about)
    return {
        row.pk
        for row in rows
        if (made := found.get(row.about_id)) and made.replaced_at is None and made.case.state != Case.State.CLOSED
    }


def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    found = things(rows, _about)
    return {row.pk: say(CHECK_IN, path=found[row.about_id].get_absolute_url()) for row in rows}


KINDS = (
    Kind(
        code=planning.CHECK_IN,
        message_class=REMINDER,
        label=gettext_lazy("You asked for more time"),
        still_due=still_due,
        about=(_about,),
        words=words,
        why=lambda row: _("You named this day when you asked for more time."),
        rank=30,
        patterns=(CHECK_IN,),
    ),
)
