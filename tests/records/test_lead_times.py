"""Counting business days: equal to a walk day by day, and sane at the edges."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.records.days import lead_times
from cases.records.days.lead_times import Lead
from tests.records.worked_example import CLOSED, EASTERN, dec, nov

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
LEADS = st.builds(Lead, st.integers(0, 30), st.integers(0, 40), st.integers(0, 5))


@st.composite
def situations(draw):
    """Asking day, today, visit day, lead and closed days scattered about them."""
    asked_on = draw(DAYS)
    today = asked_on + timedelta(days=draw(st.integers(0, 60)))
    visit_on = asked_on + timedelta(days=draw(st.integers(1, 120)))
    closed = frozenset(asked_on + timedelta(days=n) for n in draw(st.sets(st.integers(-150, 200), max_size=40)))
    return asked_on, today, visit_on, draw(LEADS), closed


def is_open(day, closed):
    return day.strftime("%A") not in {"Saturday", "Sunday"} and day not in closed


def walk(day, count, closed):
    """The slow definition: one calendar day at a time, ticking off the open ones."""
    left = abs(count)
    while left:
        day += timedelta(days=1 if count > 0 else -1)
        if is_open(day, closed):
            left -= 1
    return day


def count_open(start, end, closed):
    found, day = 0, start
    while day < end:
        day += timedelta(days=1)
        found += is_open(day, closed)
    return found


def judge_by_walking(asked_on, today, visit_on, lead, closed):
    tomorrow = walk(today, 1, closed)
    assert lead_times.arrives(asked_on, lead.expected, today, closed) == max(
        walk(asked_on, lead.expected, closed), tomorrow
    )
    read = lead_times.read_by(asked_on, lead.safe, lead.reading, today, closed)
    assert read == max(walk(asked_on, lead.safe + lead.reading, closed), walk(today, lead.reading, closed), tomorrow)

    safe_by = lead_times.safe_by(visit_on, lead.reading, closed)
    assert is_open(safe_by, closed)
    # The reading days are whole before the visit, and one day more would break that.
    assert walk(safe_by, lead.reading, closed) < visit_on <= walk(safe_by, lead.reading + 1, closed)
    assert walk(lead_times.request_by(visit_on, lead, closed), lead.safe, closed) == safe_by

    days = count_open(asked_on, visit_on, closed)
    assert lead_times.business_days_between(asked_on, visit_on, closed) == days
    half = walk(asked_on, max(1, days // 2), closed)
    assert lead_times.chase_by(asked_on, visit_on, closed) == min(half, walk(asked_on, 5, closed))
    sooner = min(walk(asked_on, 15, closed), safe_by)
    taken_over = lead_times.person_takes_over_on(asked_on, visit_on, lead, closed)
    assert taken_over == max(sooner, walk(asked_on, 1, closed))


@settings(max_examples=300, deadline=None)
@given(situations())
def test_every_date_equals_a_walk_day_by_day(situation):
    judge_by_walking(*situation)


@pytest.mark.full
@pytest.mark.timeout(600)
@settings(max_examples=10_000, deadline=None)
@given(situations())
def test_every_date_equals_a_walk_in_10000_cases(situation):
    judge_by_walking(*situation)


@pytest.mark.parametrize(
    ("hour", "minute", "asked_on"), [(9, 0, nov(10)), (14, 59, nov(10)), (15, 0, nov(12)), (23, 59, nov(12))]
)
def test_asking_after_3_pm_counts_from_the_next_business_day(hour, minute, asked_on):
    local = datetime(2026, 11, 10, hour, minute, tzinfo=EASTERN)
    assert lead_times.as_if_asked_on(local, CLOSED) == asked_on


def test_nothing_arrives_before_the_next_business_day():
    assert lead_times.arrives(nov(2), 2, nov(10), CLOSED) == nov(12)


def test_chase_without_a_visit_day_is_business_day_5():
    assert lead_times.chase_by(nov(5), None, CLOSED) == nov(13)


def test_chase_is_half_way_when_the_visit_is_near():
    assert lead_times.chase_by(nov(5), nov(13), CLOSED) == nov(9)


def test_chase_for_a_visit_on_the_next_day_is_that_day():
    assert lead_times.chase_by(nov(5), nov(6), CLOSED) == nov(6)


def test_person_takes_over_at_day_15_without_a_visit_day():
    assert lead_times.person_takes_over_on(nov(5), None, Lead(2, 10), CLOSED) == dec(1)


def test_person_takes_over_at_the_safe_by_date_when_sooner():
    assert lead_times.person_takes_over_on(nov(5), nov(13), Lead(2, 10), CLOSED) == nov(12)


def test_a_passed_day_needs_no_call():
    assert not lead_times.needs_a_call(nov(5), nov(4), CLOSED)


@pytest.mark.parametrize(("day", "needed"), [(nov(5), True), (nov(20), True), (nov(21), True), (nov(23), False)])
def test_a_call_is_needed_within_10_business_days(day, needed):
    assert lead_times.needs_a_call(nov(5), day, CLOSED) is needed


@pytest.mark.parametrize(
    ("visit_on", "days"),
    [
        (nov(20), {7: nov(13), 3: nov(17), 1: nov(19)}),
        (nov(18), {7: nov(12), 3: nov(16), 1: nov(17)}),  # day 7 is a holiday, day 3 a Sunday
        (nov(24), {7: nov(17), 1: nov(23)}),  # day 3 is a Saturday, and Monday says "tomorrow"
        (nov(23), {7: nov(16), 3: nov(20), 1: nov(22)}),  # "tomorrow" keeps its Sunday
        (date(2026, 11, 30), {7: nov(23), 1: nov(29)}),  # day 3 is closed: no day is left before the visit
    ],
)
def test_days_before_a_visit_move_to_the_next_on_which_offices_can_be_reached(visit_on, days):
    assert dict(lead_times.days_before(visit_on, CLOSED)) == days
