"""A consultant's week for the calendar page: each thing once for the grid and once for the list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import OutsideCalendar, Practice, Reservation, TimeOff
from cases.case.models import Away
from cases.records.models import Visit
from portal import ready, when
from portal.accounts.models import User
from portal.reminders.rules import at_wall
from portal.texts.business_days import SATURDAY
from portal.texts.closed import closed_days
from portal.texts.words import organisation

Kind = Reservation.Kind
GRID_FROM, GRID_UNTIL = time(9), time(18)
DAY = timedelta(days=1)
VISIT_SHOWN_AS = 60  # minutes: how long a visit lasts is not known
GRID_SPANS = (15, 30, 45, 60, 90, 120, 180)  # minutes the style sheet knows
LOOKS: dict[str, str] = {Kind.PREPARATION: "rs-ev--review", Kind.BLOCKED: "rs-ev--block", Kind.ASKED: "rs-ev--block"}


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Shut:
    """Why nobody books on a day, or on a part of it."""

    title: str
    hint: str = ""


@dataclass(frozen=True)
class Week:
    """Monday to Sunday; the grid shows Monday to Friday from 9 to 6, the list everything."""

    practice: Practice
    monday: date
    today: date
    rows: Sequence[Reservation]
    shut: Mapping[date, Sequence[Shut]]
    not_read: Sequence[OutsideCalendar]
    visits: Sequence[Visit]

    @property
    def zone(self) -> ZoneInfo:
        return self.practice.zone

    def title(self) -> str:
        words = {"first": when.month_day(self.monday), "last": when.month_day(self.monday + timedelta(days=6))}
        return _("%(first)s to %(last)s") % words

    def days(self) -> list[dict[str, Any]]:
        """The heads of the grid."""
        heads = []
        for number in range(5):
            day = self.monday + timedelta(days=number)
            calls = sum(r.kind == Kind.CONSULTATION and self._day(r) == day for r in self.rows)
            label = ngettext("%(count)d call", "%(count)d calls", calls) % {"count": calls}
            shut = [each.title for each in self.shut.get(day, [])]
            heads.append({"number": number + 1, "on": day, "label": label, "shut": shut, "is_today": day == self.today})
        return heads

    def hours(self) -> list[dict[str, str]]:
        return [
            {"at": f"{hour:02d}00", "label": when.clock_time(time(hour)).replace(":00", "")}
            for hour in range(GRID_FROM.hour, GRID_UNTIL.hour)
        ]

    def _day(self, row: Reservation) -> date:
        return row.starts_at.astimezone(self.zone).date()

    def events(self) -> list[dict[str, Any]]:
        """What the grid shows, by weekday, quarter of an hour and length."""
        shown = []
        for row in self.rows:
            begins = row.starts_at.astimezone(self.zone)
            if begins.weekday() > 4 or not GRID_FROM <= begins.time() < GRID_UNTIL:
                continue
            # A call's stretch includes the rest after it, which is nobody's entry.
            call = row.consultation if row.kind == Kind.CONSULTATION else None
            ends_at = call.ends_at if call else row.ends_at
            minutes = int((ends_at - row.starts_at).total_seconds() / 60)
            shown.append(
                {
                    "day": begins.weekday() + 1,
                    "at": f"{begins.hour:02d}{begins.minute // 15 * 15:02d}",
                    "minutes": min(GRID_SPANS, key=lambda span: abs(span - minutes)),
                    "look": LOOKS.get(row.kind, ""),
                    "title": self._title(row),
                    "hint": self._hint(row),
                    "href": self._href(row),
                }
            )
        return shown + [self._visit_event(visit, at) for visit, on, at in self._visits() if at and self._is_in_grid(at)]

    @staticmethod
    def _is_in_grid(at: datetime) -> bool:
        return at.weekday() <= 4 and GRID_FROM <= at.time() < GRID_UNTIL

    def _visit_event(self, visit: Visit, at: datetime) -> dict[str, Any]:
        return {
            "day": at.weekday() + 1,
            "at": f"{at.hour:02d}{at.minute // 15 * 15:02d}",
            "minutes": VISIT_SHOWN_AS,
            "look": "rs-ev--visit",
            "title": self._visit_title(visit, at),
            "hint": _visit_hint(visit),
            "href": _visit_href(visit),
        }

    def _visits(self) -> list[tuple[Visit, date, datetime | None]]:
        """The patients' visits with their day, and their moment where it is known, on the consultant's wall."""
        found = []
        for visit in self.visits:
            if visit.on_date is None:
                continue
            at = None
            if visit.at_time:
                at = at_wall(visit.on_date, visit.at_time, ZoneInfo(visit.time_zone)).astimezone(self.zone)
            on = at.date() if at else visit.on_date
            if self.monday <= on < self.monday + timedelta(days=7):
                found.append((visit, on, at))
        return found

    def _visit_title(self, visit: Visit, at: datetime | None) -> str:
        name = visit.case.patient.name
        return _("%(time)s, %(name)s") % {"time": when.clock_time(at, self.zone), "name": name} if at else name

    def lines(self) -> list[dict[str, Any]]:
        """The same week as a list: days on which nobody books, calls and what is blocked; preparation stands with its
        call, the parts of a hold as one.
        """
        firsts = {row.hold_id: row for row in reversed(self.rows)}
        shut = [
            {"on": day, "warm": day == self.today, "title": each.title, "hint": each.hint}
            for day, reasons in self.shut.items()
            for each in reasons
        ]
        booked = [
            {
                "on": self._day(row),
                "warm": self._day(row) == self.today,
                "title": self._title(row),
                "hint": self._hint(row),
                "action": {"href": self._href(row), "label": _("Open")} if row.consultation else None,
            }
            for row in self.rows
            if row.kind != Kind.PREPARATION and (row.hold_id is None or firsts[row.hold_id] == row)
        ]
        visits = [
            {
                "on": on,
                "warm": on == self.today,
                "title": self._visit_title(visit, at),
                "hint": _visit_hint(visit),
                "action": {"href": _visit_href(visit), "label": _("Open")},
            }
            for visit, on, at in self._visits()
        ]
        return sorted([*shut, *booked, *visits], key=lambda line: line["on"])

    def _title(self, row: Reservation) -> str:
        if row.kind == Kind.PREPARATION and row.consultation:
            return _("Prepare: %(name)s") % {"name": row.consultation.patient.name}
        if row.kind == Kind.HOLD:
            return _("Somebody is booking")
        if row.kind == Kind.ASKED:
            return _("Held, not booked yet")
        words = {"time": when.clock_time(row.starts_at, self.zone)}
        if row.consultation:
            return _("%(time)s, %(name)s") % {**words, "name": row.consultation.patient.name}
        return _("%(time)s, blocked") % words

    def _hint(self, row: Reservation) -> str:
        call = row.consultation
        if row.asked:
            return _("Waits for a yes until %(at)s") % {"at": when.moment(row.asked.until, self.zone)}
        if call is None or row.kind == Kind.PREPARATION:
            return row.note
        words = {"how": call.get_how_display(), "what": call.service.name, "minutes": call.minutes}
        hint = _("%(how)s, %(what)s, %(minutes)d minutes") % words
        return hint if call.is_booked else f"{hint}, {call.get_state_display()}"

    def _href(self, row: Reservation) -> str:
        return row.consultation.get_absolute_url() if row.consultation else reverse("bookings:hours")


def _visit_href(visit: Visit) -> str:
    return reverse("records:visit", args=[visit.case_id])


def _visit_hint(visit: Visit) -> str:
    words = _("Second visit") if visit.round == 2 else _("Visit with the third doctor")
    return f"{words}, {visit.clinician.name}" if visit.clinician else words


def _beside(reader: User, first: date, last: date, before: date, after: date) -> dict[str, QuerySet[Any]]:
    """What stands in a week besides what is booked, and which calendars elsewhere are not read in full. `before` and
    `after` are the days around it: a visit's own day may be another one.
    """
    consultant = reader.pk
    visits = Visit.objects.booked().visible_to(reader).filter(on_date__gte=before, on_date__lte=after)
    elsewhere = OutsideCalendar.objects.wanting().filter(consultant=consultant)
    return {
        "visits": visits.select_related("case__patient", "clinician").order_by("on_date", "at_time", "pk"),
        "not_read": elsewhere.select_related("consultant"),
        "away": Away.objects.open().between(first, last).filter(consultant=consultant).select_related("stands_in"),
        "off": TimeOff.objects.filter(practice=consultant, from_on__lte=last, until_on__gte=first),
    }


BESIDE = ready.Ready(_beside, reader=("role", "can_sign_in"))


def _shut(practice: Practice, days: Sequence[date], told: Mapping[str, Sequence[Any]]) -> dict[date, list[Shut]]:
    """Days away, off and closed, in this order; a part of a day off is said with its times."""
    found: dict[date, list[Shut]] = defaultdict(list)
    for each in told["away"]:
        hint = _("%(name)s stands in.") % {"name": each.stands_in.name}
        for day in days:
            if each.from_on <= day <= each.until_on:
                found[day].append(Shut(_("Away"), hint))
    for row in told["off"]:
        for day in filter(row.off.is_on, days):
            found[day].append(Shut(_off_words(row), row.note))
    for day in sorted(closed_days(practice.region or organisation().region, days[0], days[-1])):
        if day.weekday() < SATURDAY:
            found[day].append(Shut(_("Closed")))
    return dict(found)


def _off_words(row: TimeOff) -> str:
    if row.from_time is None or row.until_time is None:
        return _("Off")
    return _("Off from %(from)s to %(until)s") % {
        "from": when.clock_time(row.from_time),
        "until": when.end_time(row.until_time),
    }


def of(practice: Practice, monday: date, now: datetime) -> Week:
    """The week from this Monday, in a few queries. Holds that are over are left out."""
    begins = datetime.combine(monday, time.min, tzinfo=practice.zone)
    ends = datetime.combine(monday + timedelta(days=7), time.min, tzinfo=practice.zone)
    rows = (
        Reservation.objects.filter(consultant=practice.pk, starts_at__lt=ends, ends_at__gt=begins)
        .exclude(hold__isnull=False, hold__expires_at__lte=now)
        .exclude(asked__isnull=False, asked__until__lte=now)
        .select_related("consultation__patient", "consultation__service", "asked")
    )
    days = [monday + timedelta(days=number) for number in range(7)]
    around = {"first": days[0], "last": days[-1], "before": days[0] - DAY, "after": days[-1] + DAY}
    told = BESIDE.lists(practice.consultant, reader=practice.consultant, **around)
    today = now.astimezone(practice.zone).date()
    return Week(practice, monday, today, list(rows), _shut(practice, days, told), told["not_read"], told["visits"])
