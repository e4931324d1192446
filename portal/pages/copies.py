"""What a helper is sent: a Friday note of her own, and a word on the day before a date.

For every helper whose help holds; not while her copies are paused. Who that is, is decided when it is sent.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper
from cases.case.models import Case
from cases.case.path import Facts, next_date
from cases.case.people import allows
from portal import when
from portal.pages import facts, helper_home, helper_words
from portal.pages.friday import coming_friday
from portal.reminders.actions import plan_rows
from portal.reminders.kinds import REMINDER, Kind, Words, say
from portal.reminders.models import BY_HAND, RecipientType, Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.rules import QUIET_FROM, at_wall, morning
from portal.reminders.together import things

FRIDAY_COPY, DATE_COPY = "pages.helper_friday", "pages.helper_date"
AHEAD = dt.timedelta(days=8)  # how far ahead a date is planned for; one that moves is planned anew
AT_ONCE = 100


def wanted() -> QuerySet[Helper]:
    """Those who read mail or texts and have not paused their copies. Nobody is called or sent a letter for these."""
    helpers = Helper.objects.granted().filter(paused_at=None, person__can_sign_in=True)
    helpers = helpers.exclude(person__email=None).exclude(person__channel__in=BY_HAND)
    return helpers.select_related("person", "case__patient", "patient")


def _row(helper: Helper, kind: str, day: dt.date, due_at: dt.datetime, useful_until: dt.datetime) -> Reminder:
    """The day itself is its version: one a day, however often planned."""
    return Reminder(
        kind=kind,
        about_type=helper._meta.label_lower,
        about_id=helper.pk,
        version=day.toordinal(),
        case_id=helper.case_id,
        recipient_type=RecipientType.USER,
        recipient_id=str(helper.person_id),
        due_at=due_at,
        useful_until=useful_until,
    )


def plan_coming(now: dt.datetime) -> None:
    """Plan the coming Friday's copies and those of the next days. Twice, or late, changes nothing."""
    found = list(wanted().order_by("pk"))
    for start in range(0, len(found), AT_ONCE):
        helpers = found[start : start + AT_ONCE]
        gathered = _gathered(helpers, now)
        plan_rows(row for helper in helpers for row in _rows_of(helper, gathered[helper.case_id].facts, now))


def _rows_of(helper: Helper, known: Facts, now: dt.datetime) -> Iterator[Reminder]:
    zone = helper.person.zone
    friday = coming_friday(now, zone)
    yield _row(helper, FRIDAY_COPY, friday, morning(friday, zone), at_wall(friday, QUIET_FROM, zone))
    today = now.astimezone(zone).date()
    for day in _days(known):
        due_at = morning(day - dt.timedelta(days=1), zone)
        if today < day <= today + AHEAD and due_at > now:
            yield _row(helper, DATE_COPY, day, due_at, morning(day, zone))


def _gathered(helpers: Iterable[Helper], now: dt.datetime) -> Mapping[UUID, facts.Gathered]:
    """The facts of their cases, each case once."""
    cases: dict[UUID, Case] = {helper.case_id: helper.case for helper in helpers}
    return facts.of_cases(list(cases.values()), now)


def _days(known: Facts) -> set[dt.date]:
    """The days on which the patient goes somewhere or is called."""
    talk_on = None if known.talk_held else known.talk_on
    visit_on = None if known.visit_happened else known.visit_on
    return {day for day in (visit_on, known.consultation and known.consultation.on, talk_on) if day}


def _still(rows: Iterable[Reminder]) -> tuple[list[Reminder], dict[UUID, Helper]]:
    """The rows, and those of their helpers who still want copies."""
    rows = list(rows)
    return rows, things(rows, wanted)


def friday_still_due(rows: Iterable[Reminder], now: dt.datetime) -> set[Any]:
    """Those whose helper still helps and has not paused."""
    rows, helpers = _still(rows)
    return {row.pk for row in rows if row.about_id in helpers}


def date_still_due(rows: Iterable[Reminder], now: dt.datetime) -> set[Any]:
    """Of those, the ones whose day still stands."""
    rows, helpers = _still(rows)
    gathered = _gathered(helpers.values(), now)
    return {
        row.pk
        for row in rows
        if (helper := helpers.get(row.about_id))
        and dt.date.fromordinal(row.version) in _days(gathered[helper.case_id].facts)
    }


def friday_words(rows: Iterable[Reminder], reader: Reader, now: dt.datetime) -> dict[Any, Words]:
    """Where things are, as far as the helper may know; a mail is read over shoulders, so no step is named."""
    rows, helpers = _helpers_of(rows)
    gathered, today = _gathered(helpers.values(), now), now.astimezone(reader.zone).date()
    return {
        row.pk: _friday(helpers[row.about_id], gathered[helpers[row.about_id].case_id].facts, reader, today)
        for row in rows
    }


def _helpers_of(rows: Iterable[Reminder]) -> tuple[list[Reminder], dict[UUID, Helper]]:
    rows = list(rows)
    return rows, things(rows, _about)


def _about() -> QuerySet[Helper]:
    return Helper.objects.select_related("person", "case__patient", "patient")


def _friday(helper: Helper, known: Facts, reader: Reader, today: dt.date) -> Words:
    name = helper.patient.first_name
    step = helper_home.step_for(known, today, partial(allows, helper))
    day = next_date(known, today)
    said = {
        "name": reader.called,
        "patient": name,
        "where": helper_words.where(known, today, name, sees_records=helper.files),
        "next": _("The next date is %(day)s.") % {"day": when.day(day)} if day else "",
    }
    return say(WAITS if step else QUIET, said, path=helper.case.get_absolute_url())


def date_words(rows: Iterable[Reminder], reader: Reader, now: dt.datetime) -> dict[Any, Words]:
    """What is tomorrow; with which doctor is not said."""
    rows, helpers = _helpers_of(rows)
    gathered = _gathered(helpers.values(), now)
    return {row.pk: _date(row, helpers[row.about_id], gathered, reader) for row in rows}


def _date(row: Reminder, helper: Helper, gathered: Mapping[UUID, facts.Gathered], reader: Reader) -> Words:
    known, day = gathered[helper.case_id].facts, dt.date.fromordinal(row.version)
    named = {"name": helper.patient.first_name}
    what = [
        _("%(name)s has a visit") % named if known.visit_on == day else "",
        _("%(name)s has a call with us") % named if known.consultation and known.consultation.on == day else "",
        _("%(name)s talks with a doctor") % named if known.talk_on == day and not known.talk_held else "",
    ]
    said = {"name": reader.called, "patient": named["name"], "day": when.day(day)}
    said["what"] = ". ".join(part for part in what if part) or _("%(name)s has a date") % named
    return say(DATE, said, path=helper.case.get_absolute_url())


QUIET = Pattern(
    code="pages.helper_friday_quiet",
    about=gettext_lazy("Friday note to a helper: nothing to do"),
    parts={
        "subject": gettext_lazy("Your Friday note for %(patient)s"),
        "lead": gettext_lazy("Nothing to do for you this week, %(name)s"),
        "line": gettext_lazy("%(where)s %(next)s"),
        "action_label": gettext_lazy("Open the page"),
    },
    examples={
        "name": gettext_lazy("Kim"),
        "patient": gettext_lazy("Alex"),
        "where": gettext_lazy("Alex’s second visit is in 11 days."),
        "next": gettext_lazy("The next date is Friday, November 20."),
    },
)
WAITS = Pattern(
    code="pages.helper_friday_waits",
    about=gettext_lazy("Friday note to a helper: one thing they can do"),
    parts=QUIET.parts | {"lead": gettext_lazy("You can do one thing for %(patient)s, %(name)s")},
    examples=QUIET.examples,
)
DATE = Pattern(
    code=DATE_COPY,
    about=gettext_lazy("The day before a date, to a helper"),
    parts={
        "subject": gettext_lazy("Tomorrow, for %(patient)s"),
        "lead": gettext_lazy("Tomorrow is a date of %(patient)s, %(name)s"),
        "line": gettext_lazy("%(day)s: %(what)s."),
        "action_label": gettext_lazy("Open the page"),
    },
    examples=QUIET.examples | {"what": gettext_lazy("Alex has a visit"), "day": gettext_lazy("Friday, November 20")},
)
KINDS = (
    Kind(
        code=FRIDAY_COPY,
        message_class=REMINDER,
        label=gettext_lazy("The Friday note of someone you help"),
        still_due=friday_still_due,
        about=(wanted, _about),
        words=friday_words,
        why=lambda row: _("You help this person. You can pause your copies on their page."),
        rank=61,
        patterns=(QUIET, WAITS),
    ),
    Kind(
        code=DATE_COPY,
        message_class=REMINDER,
        label=gettext_lazy("A date of someone you help"),
        still_due=date_still_due,
        about=(wanted, _about),
        words=date_words,
        why=lambda row: _("You help this person. You can pause your copies on their page."),
        rank=31,
        patterns=(DATE,),
    ),
)
