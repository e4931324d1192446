"""The offer against a slow second opinion: every minute asked by itself, on the consultant's wall clock."""

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.preparing import times as preparing
from bookings.slots import Asked, Calendar, Extra, Off, Span, Taken, Talk, Terms, free_starts

# Each with days around its clock changes, at midnight too, and half-hour ones.
PLACES = [
    ("America/New_York", date(2026, 11, 1)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/Vancouver", date(2026, 11, 1)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("Asia/Kolkata", date(2026, 11, 9)),
    ("Asia/Kathmandu", date(2026, 11, 9)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Asia/Beirut", date(2026, 10, 24)),
    ("Asia/Beirut", date(2027, 3, 28)),
    # Midnight itself comes twice, or not at all.
    ("America/Havana", date(2027, 11, 7)),
    ("America/Havana", date(2028, 3, 12)),
    ("Atlantic/Azores", date(2026, 10, 25)),
    ("Atlantic/Azores", date(2027, 3, 28)),
    ("America/Santiago", date(2027, 4, 3)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Europe/Dublin", date(2026, 10, 25)),
    ("Pacific/Auckland", date(2026, 9, 27)),
    # By the date line: a quarter of an hour beside the others, the first to have a day, and one that skipped a day.
    ("Pacific/Chatham", date(2026, 9, 27)),
    ("Pacific/Kiritimati", date(2026, 11, 9)),
    ("Pacific/Apia", date(2011, 12, 30)),
]
MINUTE = timedelta(minutes=1)


def times(low=0, high=95):
    """The last of them, 24:00, is written as midnight."""
    return st.integers(low, high).map(lambda quarter: time(quarter // 4 % 24, quarter % 4 * 15))


@st.composite
def windows(draw):
    low = draw(st.one_of(st.just(0), st.integers(0, 95)))
    return draw(times(low, low)), draw(st.one_of(times(96, 96), times(low + 1, 96)))


@st.composite
def worlds(draw, places=tuple(PLACES)):
    zone, middle = draw(st.sampled_from(places))
    days = [middle + timedelta(days=shift) for shift in (-1, 0, 1)]
    begin = datetime.combine(middle, time(), tzinfo=UTC) - timedelta(days=1)

    def taken():
        starts_at = begin + draw(st.integers(0, 3 * 24 * 12)) * timedelta(minutes=5)
        return Taken(starts_at, starts_at + draw(st.integers(1, 30)) * timedelta(minutes=5), draw(st.booleans()))

    def repeated(day):
        """Begun some days ago, over at some day; every day, week or other week."""
        begun = day - timedelta(days=draw(st.integers(0, 30)))
        over = begun + timedelta(days=draw(st.integers(0, 40)))
        part = draw(st.one_of(st.just((None, None)), windows()))
        return Off(begun, over, *part, every_days=draw(st.sampled_from([1, 7, 14])))

    def edge():
        """A first or last day of hours; mostly none."""
        return st.one_of(st.none(), st.none(), st.sampled_from(days))

    def closed():
        return frozenset(day for day in days if draw(st.integers(0, 5)) == 0)

    few = st.integers(0, 3)
    calendar = Calendar(
        zone=ZoneInfo(zone),
        spans=[
            Span(draw(st.sampled_from(days)).weekday(), *draw(windows()), draw(edge()), draw(edge()))
            for _ in range(draw(few) + 1)
        ],
        off=[Off(day, day, *draw(st.one_of(st.just(()), windows()))) for day in days if draw(few) == 0]
        + [repeated(day) for day in days if draw(few) == 0],
        extra=[Extra(day, *draw(windows())) for day in days if draw(few) == 0],
        taken=[taken() for _ in range(draw(few))],
        terms=Terms(
            draw(st.sampled_from([0, 10])),
            draw(st.sampled_from([0, 24])),
            draw(st.sampled_from([1, 90])),
            draw(st.sampled_from([None, 1, 2])),
        ),
        closed=closed(),
    )
    asked = Asked(
        talk=draw(st.sampled_from([Talk(30), Talk(60), Talk(60, 60, 2), Talk(45, 15)])),
        now=begin + draw(st.integers(-4000, 3000)) * MINUTE,
        closed=closed(),
        ready_on=draw(st.sampled_from([None, middle - timedelta(days=9), middle - timedelta(days=3)])),
        own_calls=[taken() for _ in range(draw(st.integers(0, 1)))],
    )
    return calendar, asked, days


def spans_of(calendar, day):
    """The weekly hours of this day, by their weekday and their first and last day as written."""
    begun = [s for s in calendar.spans if f"{s.from_on or ''}" <= f"{day}" <= f"{s.until_on or 'ever'}"]
    return [s for s in begun if day.isoweekday() == s.weekday + 1]


def is_off_on(off, day):
    """Walk on from the first day, as somebody with a paper calendar does."""
    each = off.from_on
    while each < day:
        each += timedelta(days=off.every_days)
    return each == day and day <= off.until_on


def shows(hours, clock):
    """Whether a wall clock shows a time in these hours. None begins later in the day than midnight, which ends it."""
    minutes, begins = clock.hour * 60 + clock.minute, hours.from_time.hour * 60 + hours.from_time.minute
    return begins <= minutes < (hours.until_time.hour * 60 + hours.until_time.minute or 1440)


def is_open(calendar, moment):
    """Whether the wall clock shows working time at this minute."""
    wall = moment.astimezone(calendar.zone)
    day, clock = wall.date(), wall.time()
    if any(e.on_date == day and shows(e, clock) for e in calendar.extra):
        return True
    if day in calendar.closed or any(
        is_off_on(off, day) and (off.from_time is None or shows(off, clock)) for off in calendar.off
    ):
        return False
    return any(shows(s, clock) for s in spans_of(calendar, day))


def is_on_grid(calendar, moment):
    wall = moment.astimezone(calendar.zone)
    if wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset():
        return False
    hours = spans_of(calendar, wall.date())
    hours += [e for e in calendar.extra if e.on_date == wall.date()]
    shown = wall.hour * 60 + wall.minute
    return any(shows(h, wall.time()) and (shown - h.from_time.hour * 60 - h.from_time.minute) % 30 == 0 for h in hours)


def reads_in_time(calendar, asked, moment):
    """Walk back over business days from the day of the talk."""
    day, left = moment.astimezone(calendar.zone).date(), asked.talk.reading_days
    while left:
        day -= timedelta(days=1)
        if day.weekday() not in (5, 6) and day not in asked.closed:
            left -= 1
    ready = asked.ready_on or asked.now.astimezone(calendar.zone).date()
    return not asked.talk.reading_days or day >= ready


def slow_free_starts(calendar, asked, days):
    """Every fifth minute as a start, every minute of each talk asked by itself."""
    zone, terms, talk = calendar.zone, calendar.terms, asked.talk
    today = asked.now.astimezone(zone).date()
    shows_open = functools.cache(lambda moment: is_open(calendar, moment))

    def is_used(moment, others):
        return any(other.starts_at <= moment < other.ends_at for other in others)

    first = datetime.combine(days[0], time(), tzinfo=UTC) - timedelta(days=1)
    found = []
    for start in (first + 5 * count * MINUTE for count in range(6 * 24 * 12)):
        day = start.astimezone(zone).date()
        if not (days[0] <= day <= days[-1] and today <= day <= today + timedelta(days=terms.horizon_days)):
            continue
        if start <= asked.now or not shows_open(start) or not is_on_grid(calendar, start):
            continue
        call = [start + count * MINUTE for count in range(talk.minutes)]
        before = [start - count * MINUTE for count in range(1, talk.preparation_minutes + 1)]
        after = [call[-1] + count * MINUTE for count in range(1, terms.rest_minutes + 1)]
        calls = sum(t.is_call and t.starts_at.astimezone(zone).date() == day for t in calendar.taken)
        if (
            (start - asked.now).total_seconds() >= terms.notice_hours * 3600
            and all(shows_open(m) for m in call + before)
            and not any(is_used(m, calendar.taken) for m in before + call + after)
            and not any(is_used(m, asked.own_calls) for m in call)
            and (terms.daily_cap is None or calls < terms.daily_cap)
            and reads_in_time(calendar, asked, start)
        ):
            found.append(start)
    return found


def agree(world):
    calendar, asked, days = world
    assert free_starts(calendar, asked, days[0], days[-1]) == slow_free_starts(calendar, asked, days)


def slow_preparation(calendar, now, call_at, minutes):
    """Every fifth minute before the call as a start, every minute of the preparation asked by itself."""

    def is_used(moment):
        return any(other.starts_at <= moment < other.ends_at for other in calendar.taken)

    shows_open = functools.cache(lambda moment: is_open(calendar, moment))
    found, start = [], call_at - minutes * MINUTE
    while start > now:
        each = [start + count * MINUTE for count in range(minutes)]
        is_way_back = start == call_at - minutes * MINUTE
        fits = is_way_back or (is_on_grid(calendar, start) and all(shows_open(m) for m in each))
        if fits and not any(is_used(m) for m in each):
            found.append(start)
        start -= 5 * MINUTE
    return sorted(found)


def agree_to_prepare(world, minutes):
    calendar, asked, days = world
    # The call itself is in the way of nothing here; it begins at noon of the last day.
    call_at = datetime.combine(days[-1], time(12), tzinfo=calendar.zone).astimezone(UTC)
    now = max(asked.now, call_at - timedelta(days=3))
    now -= timedelta(minutes=now.minute % 5)
    assert preparing.starts(calendar, now, call_at, minutes) == slow_preparation(calendar, now, call_at, minutes)


CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]


@given(worlds())
@settings(max_examples=150, deadline=None, suppress_health_check=CALM, database=None)
def test_the_offer_agrees_with_asking_every_minute(world):
    agree(world)


@given(worlds(), st.sampled_from([15, 60, 90]))
@settings(max_examples=60, deadline=None, suppress_health_check=CALM, database=None)
def test_where_a_preparation_can_go_agrees_with_asking_every_minute(world, minutes):
    agree_to_prepare(world, minutes)


def agree_in(place, examples):
    @given(worlds([place]))
    @settings(max_examples=examples, deadline=None, suppress_health_check=CALM, database=None)
    def each(world):
        agree(world)

    each()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]} {place[1]}")
def test_in_each_place_the_offer_agrees_with_asking_every_minute(place):
    agree_in(place, 15)


def test_places_where_midnight_comes_twice_or_not_at_all_are_among_them():
    shown = {}
    for zone, day in PLACES:
        naive = datetime.combine(day, time())
        midnight = naive.replace(tzinfo=ZoneInfo(zone))
        is_real = midnight.astimezone(UTC).astimezone(midnight.tzinfo).replace(tzinfo=None) == naive
        is_twice = is_real and midnight.utcoffset() != midnight.replace(fold=1).utcoffset()
        shown.setdefault("twice" if is_twice else "once" if is_real else "never", set()).add(zone)
    assert {"America/Havana", "Atlantic/Azores"} <= shown["twice"] & shown["never"]


@pytest.mark.full
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]} {place[1]}")
def test_in_each_place_the_offer_agrees_with_asking_every_minute_1000_times(place):
    agree_in(place, 1000)


@pytest.mark.full
@pytest.mark.timeout(1500)
@given(worlds())
@settings(max_examples=10_000, deadline=None, suppress_health_check=CALM, database=None)
def test_the_offer_agrees_with_asking_every_minute_10000_times(world):
    agree(world)
