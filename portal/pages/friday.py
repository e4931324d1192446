"""The Friday note: every Friday at 9 am, where things are and the next date. Most weeks it says "nothing to do"."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.models import Case
from cases.case.path import ARRIVED_HOPS, Facts, next_date, next_step
from portal import when
from portal.pages import facts
from portal.reminders.actions import plan_rows
from portal.reminders.kinds import REMINDER, Kind, Words, say
from portal.reminders.models import BY_HAND, RecipientType, Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.rules import QUIET_FROM, at_wall, morning
from portal.reminders.together import things

FRIDAY_NOTE = "pages.friday_note"
FRIDAY = 4  # of the week's days, Monday is 0


def coming_friday(now: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The next Friday whose 9 am is still to come, where the reader is."""
    today = now.astimezone(zone).date()
    friday = today + dt.timedelta(days=(FRIDAY - today.weekday()) % 7)
    return friday if morning(friday, zone) > now else friday + dt.timedelta(days=7)


def row_for(case: Case, now: dt.datetime) -> Reminder:
    """The row of the coming Friday. The day itself is its version: one note a case and week, however often planned.

    It is of use on its own day only: a note that an outage kept back is not sent after it.
    """
    zone = case.patient.zone
    friday = coming_friday(now, zone)
    return Reminder(
        kind=FRIDAY_NOTE,
        about_type=case._meta.label_lower,
        about_id=case.pk,
        version=friday.toordinal(),
        case_id=case.pk,
        recipient_type=RecipientType.USER,
        recipient_id=str(case.patient_id),
        due_at=morning(friday, zone),
        useful_until=at_wall(friday, QUIET_FROM, zone),
    )


def wanted() -> QuerySet[Case]:
    """The open cases whose patient reads mail and wants the note. Nobody is called or sent a letter each Friday."""
    cases = Case.objects.open().filter(wants_friday_note=True, patient__can_sign_in=True)
    cases = cases.exclude(patient__email=None).exclude(patient__channel__in=BY_HAND)
    return cases.select_related("patient")


def plan_coming(now: dt.datetime) -> int:
    """Plan the coming Friday's note of every case that has none ahead. Twice, or late, changes nothing."""
    ahead = Reminder.objects.filter(kind=FRIDAY_NOTE, about_id=OuterRef("pk"), due_at__gt=now)
    rows = [row_for(case, now) for case in wanted().filter(~Exists(ahead)).iterator()]
    plan_rows(rows)
    return len(rows)


def still_due(rows: Iterable[Reminder], now: dt.datetime) -> set[Any]:
    """Those whose case is open and whose patient still wants the note."""
    rows = list(rows)
    live = things(rows, wanted)
    return {row.pk for row in rows if row.about_id in live}


def _about() -> QuerySet[Case]:
    return Case.objects.select_related("patient")


def words(rows: Iterable[Reminder], reader: Reader, now: dt.datetime) -> dict[Any, Words]:
    """From the same next step as the home page; a mail is read over shoulders, so the step is not named."""
    rows = list(rows)
    cases = things(rows, _about)
    gathered = facts.of_cases(list(cases.values()), now)
    today = now.astimezone(reader.zone).date()
    return {row.pk: _words(cases[row.about_id], gathered[row.about_id].facts, reader, today) for row in rows}


def _words(case: Case, known: Facts, reader: Reader, today: dt.date) -> Words:
    step = next_step(known, today)
    pattern = CALLED if step.code == "call" else QUIET if step.is_rest else WAITS
    named = {"name": reader.called, "where": where(known), "next": _next(known, today)}
    return say(pattern, named, path=case.get_absolute_url())


def where(known: Facts) -> str:
    """Where things are, in one short sentence without a medical word."""
    if known.visit_happened:
        return {
            "": _("The report of your visit is still to be asked for."),
            "asked": _("The report of your visit is asked for."),
            "announced": _("The report of your visit is to be sent."),
        }.get(known.report, _("The report of your visit has arrived."))
    if known.visit_on is None:
        return _("Your visit has no day yet.")
    there, count = known.core_at(ARRIVED_HOPS), len(known.core)
    if not count:
        return ""
    return ngettext(
        "%(there)d of %(count)d record that is needed first is there.",
        "%(there)d of %(count)d records that are needed first are there.",
        count,
    ) % {"there": there, "count": count}


def _next(known: Facts, today: dt.date) -> str:
    day = next_date(known, today)
    return _("Your next date is %(day)s.") % {"day": when.day(day)} if day else ""


QUIET = Pattern(
    code="pages.friday_quiet",
    about=gettext_lazy("Friday note: nothing to do"),
    parts={
        "subject": gettext_lazy("Your Friday note"),
        "lead": gettext_lazy("Nothing to do this week, %(name)s"),
        "line": gettext_lazy("%(where)s %(next)s"),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={
        "name": gettext_lazy("Alex"),
        "where": gettext_lazy("3 of 5 records that are needed first are there."),
        "next": gettext_lazy("Your next date is Friday, November 20."),
    },
)
CALLED = Pattern(
    code="pages.friday_called",
    about=gettext_lazy("Friday note: nothing to do, one of us calls"),
    parts=QUIET.parts | {"lead": gettext_lazy("Nothing to do, %(name)s. One of us calls you")},
    examples=QUIET.examples,
)
WAITS = Pattern(
    code="pages.friday_waits",
    about=gettext_lazy("Friday note: one thing waits"),
    parts=QUIET.parts | {"lead": gettext_lazy("One thing waits on your page, %(name)s")},
    examples=QUIET.examples,
)
KINDS = (
    Kind(
        code=FRIDAY_NOTE,
        message_class=REMINDER,
        label=gettext_lazy("The Friday note: where things are"),
        still_due=still_due,
        about=(wanted, _about),
        words=words,
        why=lambda row: _("You get it every Friday. Most weeks it says “nothing to do”. You can switch it off."),
        rank=60,
        patterns=(QUIET, CALLED, WAITS),
    ),
)
