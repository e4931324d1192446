"""The reminder behind "not today": on the day chosen, the next step is said to wait again."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case
from cases.case.path import next_step
from portal.pages import facts
from portal.reminders.kinds import Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.together import things

NEXT_STEP = "pages.next_step"


def version_of(until: dt.date) -> int:
    """The day itself: another day chosen is another version."""
    return until.toordinal()


def still_due(rows: Iterable[Reminder], now: dt.datetime) -> set[Any]:
    """Those whose day still stands and whose case still has something to do."""
    rows = list(rows)
    found = {pk: case for pk, case in things(rows, _about).items() if case.state != Case.State.CLOSED}
    gathered = facts.of_cases(list(found.values()), now)
    return {row.pk for row in rows if row.about_id in found and _waits(row, found[row.about_id], gathered, now)}


def _about() -> QuerySet[Case]:
    return Case.objects.select_related("patient")


def _waits(row: Reminder, case: Case, gathered: dict[Any, facts.Gathered], now: dt.datetime) -> bool:
    if case.rests_until is None or version_of(case.rests_until) != row.version:
        return False
    return not next_step(gathered[case.pk].facts, max(case.rests_until, now.date())).is_rest


def words(rows: Iterable[Reminder], reader: Any, now: dt.datetime) -> dict[Any, Words]:
    """The same for every step: a mail is read over shoulders."""
    cases = things(list(rows), _about)
    named = {"name": reader.called}
    return {row.pk: say(PATTERN, named, path=cases[row.about_id].get_absolute_url()) for row in rows}


PATTERN = Pattern(
    code=NEXT_STEP,
    about=gettext_lazy("Next step: put off until today"),
    parts={
        "subject": gettext_lazy("You asked us to remind you"),
        "lead": gettext_lazy("Your next step waits on your page, %(name)s"),
        "line": gettext_lazy("You put it off. There is no hurry."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"name": gettext_lazy("Alex")},
)
KINDS = (
    Kind(
        code=NEXT_STEP,
        message_class="reminder",
        label=gettext_lazy("Your next step waits"),
        still_due=still_due,
        about=(_about,),
        words=words,
        why=lambda row: _("You pressed “not today”. If you show the step again, this one goes away."),
        rank=50,
        answer=None,
        patterns=(PATTERN,),
    ),
)
