"""Whether the records can be there for a visit on a day: comfortable, tight, or some will follow. Pure.

The answer never says wait and never says that anything comes after its time: it names what can be there, what
follows with its day, and the ways on.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from cases.records.days import lead_times
from cases.records.days.lead_times import Lead
from cases.records.states import IN_TROUBLE, THERE, UNASKED, ItemState, Route

NEIGHBOURS_EACH_SIDE = 2
LOOK_AHEAD = 120


class Answer(StrEnum):
    COMFORTABLE = "comfortable"
    TIGHT = "tight"
    SOME_WILL_FOLLOW = "some_will_follow"


class Timing(StrEnum):
    """How one record stands to one visit day."""

    THERE = "there"
    CARRIED = "carried"
    SAFE = "safe"
    EXPECTED = "expected"
    MAY_FOLLOW = "may_follow"


@dataclass(frozen=True)
class Thing:
    """The facts about one record item that its dates follow from."""

    key: str
    lead: Lead
    zone: tzinfo
    is_core: bool = True
    state: str = ItemState.NEEDED
    route: str = Route.DIRECT
    asked_on: date | None = None
    heard_on: date | None = None  # the last word that it moves
    closed: Set[date] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Dates:
    """The days one record is there and has been read: usually, and at a slow office. None once there."""

    thing: Thing
    asked_on: date
    there_expected: date | None
    there_safe: date | None
    read_expected: date | None
    read_safe: date | None
    has_no_date: bool = False


@dataclass(frozen=True)
class Judged:
    dates: Dates
    timing: Timing

    @property
    def key(self) -> str:
        return self.dates.thing.key


@dataclass(frozen=True)
class Verdict:
    answer: Answer
    visit_on: date
    core: tuple[Judged, ...]
    can_follow: tuple[Judged, ...]

    @property
    def decides(self) -> tuple[Judged, ...]:
        """The core records that make the answer what it is."""
        if self.answer == Answer.SOME_WILL_FOLLOW:
            return tuple(each for each in self.core if each.timing == Timing.MAY_FOLLOW)
        if self.answer == Answer.TIGHT:
            return tuple(each for each in self.core if each.timing == Timing.EXPECTED)
        latest = self.safe_on
        return tuple(each for each in self.core if latest and each.dates.read_safe == latest)

    @property
    def safe_on(self) -> date | None:
        """The day the last open core record is there even if offices are slow; None when nothing is open."""
        return max((judged.dates.read_safe for judged in self.core if judged.dates.read_safe), default=None)

    @property
    def there(self) -> int:
        return sum(judged.timing == Timing.THERE for judged in self.core)

    @property
    def following(self) -> tuple[Judged, ...]:
        """Everything, core or not, that is likely to come on or after the visit day."""
        return tuple(judged for judged in self.core + self.can_follow if judged.timing == Timing.MAY_FOLLOW)


@dataclass(frozen=True)
class Ways:
    """The ways on, of equal weight. `later_on` is None when no later day helps or stays before treatment."""

    keep_on: date
    later_on: date | None


def dates_of(thing: Thing, now: datetime) -> Dates:
    """The days that follow from a record's state at the aware instant `now`, counted where its holder is."""
    local = now.astimezone(thing.zone)
    today, closed, lead = local.date(), thing.closed, thing.lead
    if thing.state in THERE:
        return Dates(thing, thing.asked_on or today, None, None, None, None)
    asked_on = thing.asked_on
    if asked_on is None or thing.state in UNASKED or thing.state in IN_TROUBLE:
        # What could not be found or opened starts anew once somebody asks again.
        asked_on = lead_times.as_if_asked_on(local, closed)
    is_with_us = thing.state == ItemState.HELD
    heard_on = max(asked_on, thing.heard_on or asked_on)
    is_silent = not is_with_us and today > lead_times.add_business_days(heard_on, lead.safe, closed)
    return Dates(
        thing,
        asked_on,
        there_expected=lead_times.arrives(asked_on, lead.expected, today, closed),
        there_safe=lead_times.arrives(asked_on, lead.safe, today, closed),
        read_expected=lead_times.read_by(asked_on, lead.expected, lead.reading, today, closed),
        read_safe=lead_times.read_by(asked_on, lead.safe, lead.reading, today, closed),
        has_no_date=is_silent or thing.state in IN_TROUBLE,
    )


def timing(dates: Dates, visit_on: date) -> Timing:
    thing = dates.thing
    if thing.state in THERE:
        return Timing.THERE
    if thing.route == Route.CARRIED and thing.state in {ItemState.HELD, ItemState.SENT}:
        return Timing.CARRIED
    if dates.has_no_date or dates.read_expected is None or dates.read_expected >= visit_on:
        return Timing.MAY_FOLLOW
    if dates.read_safe is None or dates.read_safe >= visit_on:
        return Timing.EXPECTED
    return Timing.SAFE


def judge(things: Iterable[Thing], visit_on: date, now: datetime) -> Verdict:
    """The verdict on a visit day as things stand at `now`. What can follow never changes the answer."""
    judged = []
    for thing in things:
        if thing.state == ItemState.NOT_WANTED:
            continue
        dates = dates_of(thing, now)
        judged.append(Judged(dates, timing(dates, visit_on)))
    core = tuple(each for each in judged if each.dates.thing.is_core)
    can_follow = tuple(each for each in judged if not each.dates.thing.is_core)
    return Verdict(_answer({each.timing for each in core}), visit_on, core, can_follow)


def _answer(timings: Set[Timing]) -> Answer:
    if Timing.MAY_FOLLOW in timings:
        return Answer.SOME_WILL_FOLLOW
    if Timing.EXPECTED in timings:
        return Answer.TIGHT
    return Answer.COMFORTABLE


def holds_until(things: Iterable[Thing], zone: tzinfo, now: datetime) -> datetime:
    """The first instant at which the clock alone could change what follows from these: a new day where the visit or
    a holder is, or 3 pm where something is still to be asked for.
    """
    found = [_new_day(now.astimezone(zone))]
    for thing in things:
        local = now.astimezone(thing.zone)
        found.append(_new_day(local))
        if local.time() < lead_times.LAST_ASKING_OF_THE_DAY and thing.state in UNASKED | IN_TROUBLE:
            found.append(datetime.combine(local.date(), lead_times.LAST_ASKING_OF_THE_DAY, thing.zone))
    return min(found)


def _new_day(local: datetime) -> datetime:
    return datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)


def neighbours(things: Sequence[Thing], visit_on: date, now: datetime, closed: Set[date], today: date) -> list[Verdict]:
    """The verdicts for the business days around a visit day, earliest first; past days are left out."""
    before = [lead_times.add_business_days(visit_on, -n, closed) for n in range(NEIGHBOURS_EACH_SIDE, 0, -1)]
    after = [lead_times.add_business_days(visit_on, n, closed) for n in range(1, NEIGHBOURS_EACH_SIDE + 1)]
    return [judge(things, day, now) for day in before + after if day > today]


def first_comfortable(things: Sequence[Thing], after: date, now: datetime, closed: Set[date]) -> date | None:
    """The first business day after `after` that is comfortable; None when a core record has no date."""
    verdict = judge(things, after, now)
    if any(judged.dates.has_no_date for judged in verdict.core):
        return None
    if verdict.safe_on is None or verdict.safe_on < after:
        return lead_times.next_business_day(after, closed)
    return lead_times.next_business_day(verdict.safe_on, closed)


def ways(
    verdict: Verdict,
    offered: Iterable[tuple[date, Answer]],
    treatment_on: date | None,
    suggestion: date | None,
) -> Ways:
    """The ways on with a day. A later day is offered only if it is better and stays before planned treatment.

    `offered` are the days the office named, with their answers; `suggestion` stands in when none will do.
    """
    if verdict.answer == Answer.COMFORTABLE:
        return Ways(verdict.visit_on, None)
    better = {Answer.COMFORTABLE} if verdict.answer == Answer.TIGHT else {Answer.COMFORTABLE, Answer.TIGHT}
    named = [(answer, day) for day, answer in offered if answer in better]
    suggested = [(Answer.COMFORTABLE, suggestion)] if suggestion else []
    for days in (named, suggested):
        fitting = sorted((a, day) for a, day in days if _stays_between(verdict.visit_on, day, treatment_on))
        if fitting:
            return Ways(verdict.visit_on, fitting[0][1])
    return Ways(verdict.visit_on, None)


def _stays_between(visit_on: date, day: date, treatment_on: date | None) -> bool:
    return visit_on < day and (treatment_on is None or day < treatment_on)
