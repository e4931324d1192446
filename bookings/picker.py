"""What the page "pick a time" shows: three that fit, a month, one day's times, and why other days have none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from bookings import availability, drawing, offers, rules, slots
from bookings.models import Consultation, Practice, Service
from bookings.slots import Why
from cases.case.models import Case
from portal import when
from portal.texts.business_days import SATURDAY

NOON, EVENING = 12, 17


def value_of(start: datetime) -> str:
    """A start as a button's value."""
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def as_date(written: str) -> date | None:
    """A day from the address; None for what is no day, or no day of these centuries."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def day_sentence(why: Why, name: str, notice_hours: int) -> str:
    """Why a day has no times, in words."""
    return {
        Why.NOT_GIVEN: _("%(name)s does not give this kind of call"),
        Why.NO_HOURS: _("%(name)s has no hours"),
        Why.PAST: _("over"),
        Why.CLOSED: _("we are closed"),
        Why.OFF: _("%(name)s is away"),
        Why.NO_ROOM: _("no room for the whole call"),
        Why.NOTICE: _("too soon: calls are booked %(ahead)s ahead"),
        Why.READING: _("too soon to read your plan first"),
        Why.HORIZON: _("too far ahead to book yet"),
        Why.OWN_CALL: _("you have another call then"),
        Why.TAKEN: _("every time is taken"),
        Why.FULL_DAY: _("%(name)s has enough calls that day"),
        Why.FREE: "",
    }[why] % {"name": name, "ahead": rules.ahead(notice_hours)}


def whys_of(calendar: slots.Calendar, asked: slots.Asked, day: date, zone: ZoneInfo) -> list[Why]:
    """Of each start on a day of the reader: she is in another zone, so it may lie on two days of the consultant."""
    today = asked.now.astimezone(calendar.zone).date()
    first, last = _touched(calendar, day, zone)
    horizon = today + timedelta(days=calendar.terms.horizon_days)
    return _on_day(calendar, asked, day, zone, max(first, today), min(last, horizon))


def why_nothing(calendar: slots.Calendar, asked: slots.Asked, day: date, zone: ZoneInfo) -> Why:
    """Why a reader's day has nothing, also beyond what can be booked. Where no start lies on it, whatever is free or
    taken on the consultant's day of the same date is no reason: they are closed or away on all of it, or have no hours.
    """
    first, last = _touched(calendar, day, zone)
    if whys := _on_day(calendar, asked, day, zone, first, last):
        return max(whys, key=list(Why).index)
    whole = {slots.why_none(calendar, asked, on) for on in {first, last}}
    return whole.pop() if len(whole) == 1 and whole <= WHOLE_DAYS else Why.NO_HOURS


WHOLE_DAYS = {Why.NOT_GIVEN, Why.PAST, Why.CLOSED, Why.OFF}


def _touched(calendar: slots.Calendar, day: date, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last of the consultant's days that a reader's day has a part of."""
    first, last = (datetime.combine(day, wall, tzinfo=zone).astimezone(calendar.zone) for wall in (time.min, time.max))
    return first.date(), last.date()


def _on_day(
    calendar: slots.Calendar, asked: slots.Asked, day: date, zone: ZoneInfo, first: date, last: date
) -> list[Why]:
    found = slots.judged(calendar, asked, first, last)
    return [why for start, why in found if start.astimezone(zone).date() == day]


@dataclass
class Offer:
    """All that one consultant can offer a case, or somebody new, for one service, seen from the reader's zone."""

    case: Case | None
    practice: Practice
    service: Service
    now: datetime
    zone: ZoneInfo
    moving: Consultation | None = None
    wanted_day: date | None = None
    wanted_month: str = ""
    lost: datetime | None = None
    known: Mapping[UUID, slots.Calendar] | None = None  # calendars that were read already

    @cached_property
    def calendar(self) -> slots.Calendar:
        if self.known and self.practice.pk in self.known:
            return self.known[self.practice.pk]
        return availability.calendar_of(self.practice, self.now, case=self.case, moving=self.moving)

    @cached_property
    def asked(self) -> slots.Asked:
        if self.case is None:
            return availability.asked_by_anyone(self.practice, self.service, self.now)
        return availability.asked_for(self.case, self.practice, self.service, self.now, moving=self.moving)

    @property
    def closed(self) -> frozenset[date]:
        return self.calendar.closed

    @cached_property
    def comes_on(self) -> date | None:
        """The day of the visit to come; one whose day is over is not, though nobody said yet that it took place."""
        known = availability.visit_on(self.case) if self.case else None
        return known if known and known >= self.today else None

    @cached_property
    def is_about_visit(self) -> bool:
        """Whether the talk is about what will be said at the visit to come."""
        return self.service.code == Service.Code.AFTER_SECOND and bool(
            self.case and self.comes_on and availability.is_second(self.case)
        )

    @property
    def visit_on(self) -> date | None:
        """The day of the visit that this talk should come before. One after the second opinion comes before none."""
        return None if self.service.code == Service.Code.AFTER_SECOND else self.comes_on

    @cached_property
    def free(self) -> list[datetime]:
        return slots.free_starts(self.calendar, self.asked)

    def whys(self, day: date) -> list[Why]:
        """Of each start on a day of the reader, why it is not offered. Asked of the days that have nothing free."""
        return whys_of(self.calendar, self.asked, day, self.zone)

    @cached_property
    def days(self) -> dict[date, list[datetime]]:
        return offers.by_day(self.free, self.zone)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def day(self) -> date | None:
        """The day whose times are shown: the one asked for, else the first of the month that has any."""
        if self.wanted_day:
            return self.wanted_day
        return next((day for day in sorted(self.days) if day >= self.first_of_month), None)

    @cached_property
    def first_of_month(self) -> date:
        asked = as_date(f"{self.wanted_month}-01") or (self.wanted_day and self.wanted_day.replace(day=1))
        first = asked or min(self.days, default=self.today).replace(day=1)
        return min(max(first, self.today.replace(day=1)), self.last_month)

    @cached_property
    def last_month(self) -> date:
        return (self.today + timedelta(days=self.practice.horizon_days)).replace(day=1)

    def is_before_visit(self, start: datetime) -> bool:
        return self.visit_on is None or start.astimezone(self.zone).date() < self.visit_on

    def three(self) -> list[datetime]:
        """Three times that fit; after a lost one, the three nearest to it."""
        if self.lost is not None:
            return offers.nearest(self.free, self.lost)
        return self._fitting(self.days) or offers.suggested_of(self.days, self.zone)

    def _fitting(self, days: Mapping[date, Sequence[datetime]]) -> list[datetime]:
        """Of these, three that fit the visit to come."""
        after = self.comes_on if self.is_about_visit else None
        return offers.suggested_of(days, self.zone, self.visit_on, after=after)

    def suggestions(self) -> list[dict[str, str]]:
        return [
            {"value": value_of(start), "label": when.moment(start, self.zone), "hint": self._hint(start)}
            for start in self.three()
        ]

    def _hint(self, start: datetime) -> str:
        if self.is_about_visit and self.comes_on:
            return "" if start.astimezone(self.zone).date() > self.comes_on else _("Not after your visit")
        if self.visit_on is None:
            return ""
        left = (self.visit_on - start.astimezone(self.zone).date()).days
        if left == 7:
            return _("One week before your visit")
        return "" if left > 0 else _("After your visit")

    def all_before_visit(self) -> bool:
        return self.visit_on is not None and all(self.is_before_visit(start) for start in self.three())

    # The month

    def wish(self) -> dict[str, str]:
        """What was chosen above the month, as the address and the form carry it."""
        return {"service": self.service.code, "with": str(self.practice.pk)}

    def link(self, **changes: str) -> str:
        """This page with another month; what was chosen above stays."""
        return "?" + urlencode(self.wish() | changes) + "#days"

    @property
    def to_earlier(self) -> str:
        """Behind the address of the page of earlier times: what was chosen here, and the call that moves."""
        about = {"call": str(self.moving.pk)} if self.moving else {"service": self.service.code}
        return "?" + urlencode(about | {name: word for name, word in self.wish().items() if name != "service"})

    @cached_property
    def _to_a_day(self) -> str:
        return "?" + urlencode(self.wish() | {"day": ""})

    def month(self) -> dict[str, Any]:
        last = (self.first_of_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        first = max(self.first_of_month, self.today)
        weeks = [
            [self._cell(day) if day.month == self.first_of_month.month else None for day in week]
            for week in offers.month_weeks(first, last)
        ]
        return {
            "caption": when.month_year(self.first_of_month),
            "weekdays": drawing.weekdays(),
            "weeks": drawing.weeks(weeks),
            "earlier": self._month_link(self.first_of_month - timedelta(days=1)),
            "later": self._month_link(last + timedelta(days=1)),
        }

    def _cell(self, day: date) -> dict[str, Any]:
        free = len(self.days.get(day, []))
        return {
            "number": day.day,
            "full": when.day(day),
            "free": free,
            "href": f"{self._to_a_day}{day.isoformat()}#times",
            "is_here": day == self.day,
            "is_closed": day in self.closed,
            "is_visit": day == self.comes_on,
        }

    def _month_link(self, day: date) -> dict[str, str] | None:
        first = day.replace(day=1)
        if not self.today.replace(day=1) <= first <= self.last_month:
            return None
        return {"label": when.month_year(first), "href": self.link(month=first.strftime("%Y-%m"))}

    # One day

    def parts_of_day(self) -> list[dict[str, Any]]:
        """Morning, afternoon, evening; each time with its day in hidden words."""
        times = self.days.get(self.day, []) if self.day else []
        parts: dict[str, list[dict[str, str]]] = {}
        for start in times:
            wall = start.astimezone(self.zone).time()
            name = _("Morning") if wall.hour < NOON else _("Afternoon") if wall.hour < EVENING else _("Evening")
            shown = {"value": value_of(start), "label": when.clock_time(start, self.zone)}
            parts.setdefault(name, []).append(shown)
        day = when.day(self.day) if self.day else ""
        return [{"name": name, "times": times, "buttons": drawing.buttons(times, day)} for name, times in parts.items()]

    def why_none(self, day: date) -> Why:
        """The last hurdle of the day's starts; of a day without any, whether they are closed, away or have no hours."""
        whys = self.whys(day)
        if whys and Why.FREE not in whys:
            return max(whys, key=list(Why).index)
        return why_nothing(self.calendar, self.asked, day, self.zone)

    def day_reason(self) -> str:
        """A sentence for a day that was asked for and has no times."""
        if self.day is None or self.day in self.days:
            return ""
        words = {"day": when.day(self.day), "why": self.sentence(self.why_none(self.day))}
        return _("%(day)s has no times: %(why)s.") % words

    def reasons(self) -> list[dict[str, Any]]:
        """The days of the month that have no times, each run with its reason; a weekend without hours needs none."""
        runs: list[dict[str, Any]] = []
        day = max(self.first_of_month, self.today)
        while day.month == self.first_of_month.month:
            is_weekend = day.weekday() >= SATURDAY
            none = None if day in self.days or (is_weekend and not self.works_weekends) else self.why_none(day)
            if none and not (is_weekend and none in (Why.NO_HOURS, Why.CLOSED, Why.NOT_GIVEN)):
                why = self.sentence(none)
                if runs and runs[-1]["why"] == why:
                    runs[-1]["last"] = day
                else:
                    runs.append({"first": day, "last": day, "why": why})
            day += timedelta(days=1)
        return runs

    @cached_property
    def works_weekends(self) -> bool:
        """Whether there are hours on any Saturday or Sunday."""
        return any(
            any(span.weekday >= SATURDAY for span in each.spans)
            or any(extra.on_date.weekday() >= SATURDAY for extra in each.extra)
            for each in self._calendars()
        )

    def _calendars(self) -> Iterable[slots.Calendar]:
        return [self.calendar]

    def sentence(self, why: Why) -> str:
        return day_sentence(why, self.name, self.notice_hours)

    def first_before_visit(self) -> datetime | None:
        """The first free time before the visit; the first at all where no visit is known."""
        return next((start for start in self.free if self.is_before_visit(start)), None)

    is_anyone = False

    @property
    def has_video(self) -> bool:
        """Whether a video call can be chosen."""
        return self.practice.has_video

    @property
    def notice_hours(self) -> int:
        return self.practice.notice_hours

    @property
    def name(self) -> str:
        return self.practice.consultant.first_name
