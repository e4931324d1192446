"""The whole calendar of a record in real regions, holidays and all: equal to a walk from day to day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases.case import regions
from cases.records import rules
from cases.records.days import lead_times, verdict
from cases.records.days.lead_times import Lead
from cases.records.days.verdict import Answer, Thing, Timing
from cases.records.states import IN_TROUBLE, THERE, UNASKED, ItemState, Route
from portal.texts.closed import public_days
from tests.records.test_lead_times import count_open, is_open, walk

PLACES = [*sorted(code for code, _words in regions.CHOICES if code), "US"]
ZONES = ["America/New_York", "America/Los_Angeles", "America/St_Johns", "Pacific/Honolulu"]
YEARS = range(2024, 2033)
SAID = [ItemState.ASKED, ItemState.ACKNOWLEDGED, ItemState.SENT]


@cache
def closed_in(region):
    return frozenset(day for year in YEARS for day in public_days(region, year))


@st.composite
def things(draw):
    """A record somewhere, asked for some days ago or not at all."""
    state = draw(st.sampled_from([*UNASKED, *SAID, ItemState.HELD, *IN_TROUBLE, *THERE]))
    return (
        Thing(
            key="",
            lead=Lead(
                expected := draw(st.integers(0, 20)), expected + draw(st.integers(0, 20)), draw(st.integers(0, 5))
            ),
            zone=ZoneInfo(draw(st.sampled_from(ZONES))),
            is_core=draw(st.booleans()),
            state=state,
            route=Route.CARRIED if state == ItemState.HELD else draw(st.sampled_from(list(Route))),
            closed=closed_in(draw(st.sampled_from(PLACES))),
        ),
        draw(st.integers(0, 40)),
    )


@st.composite
def worlds(draw):
    """Some records, an instant, a visit day after it."""
    today = draw(st.dates(date(2025, 1, 1), date(2030, 12, 31)))
    at = draw(st.times(time(0), time(23, 59)))
    laid = []
    for number, (thing, days_ago) in enumerate(draw(st.lists(things(), min_size=1, max_size=4))):
        asked = None if thing.state in UNASKED else today - timedelta(days=days_ago)
        laid.append(replace(thing, key=str(number), asked_on=asked))
    now = datetime.combine(today, at, laid[0].zone)
    return laid, now, today + timedelta(days=draw(st.integers(1, 90)))


@given(worlds(), st.floats(0, 1, exclude_max=True))
def test_the_clock_alone_changes_nothing_before_the_instant_named(world, part):
    things, now, visit_on = world
    until = verdict.holds_until(things, things[0].zone, now)
    later = now + (until - now) * part
    assert verdict.judge(things, visit_on, later) == verdict.judge(things, visit_on, now)


def timing_by_walking(thing, now, visit_on):
    """The product's words for one record, one day after the other."""
    local = now.astimezone(thing.zone)
    today = local.date()
    if thing.state in THERE:
        return Timing.THERE, None
    asked = thing.asked_on
    if asked is None or thing.state in IN_TROUBLE:
        asked = today if local.time() < time(15) else walk(today, 1, thing.closed)
    tomorrow = walk(today, 1, thing.closed)
    lead = thing.lead
    soonest = max(tomorrow, walk(today, lead.reading, thing.closed))
    usual = max(walk(asked, lead.expected + lead.reading, thing.closed), soonest)
    slow = max(walk(asked, lead.safe + lead.reading, thing.closed), soonest)
    if thing.route == Route.CARRIED and thing.state in {ItemState.HELD, ItemState.SENT}:
        return Timing.CARRIED, slow
    is_silent = walk(asked, lead.safe, thing.closed) < today
    if is_silent or thing.state in IN_TROUBLE or usual >= visit_on:
        return Timing.MAY_FOLLOW, slow
    return (Timing.SAFE if slow < visit_on else Timing.EXPECTED), slow


def judge_by_walking(laid, now, visit_on):
    found = verdict.judge(laid, visit_on, now)
    walked = {thing.key: timing_by_walking(thing, now, visit_on) for thing in laid}
    assert {each.key: each.timing for each in found.core + found.can_follow} == {
        key: timing for key, (timing, _slow) in walked.items()
    }
    core = [walked[thing.key] for thing in laid if thing.is_core]
    timings = {timing for timing, _slow in core}
    # What can follow never changes the answer.
    if Timing.MAY_FOLLOW in timings:
        assert found.answer == Answer.SOME_WILL_FOLLOW
    else:
        assert found.answer == (Answer.TIGHT if Timing.EXPECTED in timings else Answer.COMFORTABLE)
    assert found.safe_on == max((slow for _timing, slow in core if slow), default=None)
    for thing in laid:
        next_day_by_walking(thing, now, visit_on)


def next_day_by_walking(thing, now, visit_on):
    """Ask by; chased at business day 5 or half-way; a person at day 15 or the safe-by day."""
    today, lead, closed = now.astimezone(thing.zone).date(), thing.lead, thing.closed
    sent_on = thing.asked_on if thing.state == ItemState.SENT else None
    asked_on = thing.asked_on
    facts = {"lead": lead, "visit_on": visit_on, "asked_on": asked_on, "last_word_on": asked_on, "sent_on": sent_on}
    found = rules.next_day(thing.state, thing.route, today=today, closed=closed, **facts)
    safe_by = visit_on
    for _day in range(lead.reading + 1):
        safe_by -= timedelta(days=1)
        while not is_open(safe_by, closed):
            safe_by -= timedelta(days=1)
    if thing.state in UNASKED | IN_TROUBLE:
        assert (found.due, found.on) == ("request", walk(safe_by, -lead.safe, closed))
        return
    if thing.state in THERE or (thing.route == Route.CARRIED and thing.state in {ItemState.HELD, ItemState.SENT}):
        assert found is None
        return
    half = max(1, count_open(thing.asked_on, visit_on, closed) // 2)
    chase = walk(thing.asked_on, min(5, half), closed) if sent_on is None else walk(sent_on, 2, closed)
    person = max(
        min(walk(thing.asked_on, 15, closed), safe_by), walk(thing.asked_on, 1 if sent_on is None else 2, closed)
    )
    expected = ("chase", chase) if today <= chase < person else ("person", person)
    assert (found.due, found.on) == expected


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_the_calendar_equals_a_walk_day_by_day(world):
    judge_by_walking(*world)


@pytest.mark.full
@pytest.mark.timeout(900)
@settings(max_examples=10_000, deadline=None)
@given(worlds())
def test_the_calendar_equals_a_walk_in_10000_cases(world):
    judge_by_walking(*world)


@settings(max_examples=100, deadline=None)
@given(things(), st.dates(date(2025, 3, 1), date(2030, 12, 31)))
def test_asked_on_its_last_day_it_is_safe_and_a_business_day_later_it_is_not(drawn, visit_on):
    thing = replace(drawn[0], state=ItemState.NEEDED, route=Route.DIRECT, asked_on=None, is_core=True)
    assume(thing.lead.safe > 0)
    last = lead_times.request_by(visit_on, thing.lead, thing.closed)
    assume(is_open(last, thing.closed))

    def on(day):
        return verdict.judge([thing], visit_on, datetime.combine(day, time(10), thing.zone)).answer

    assert on(last) == Answer.COMFORTABLE
    assert on(walk(last, 1, thing.closed)) != Answer.COMFORTABLE


def test_each_region_s_own_holidays_count():
    family_day = date(2026, 2, 16)  # Presidents' Day in the States, Family Day in Ontario, a working day in Quebec
    assert family_day in closed_in("CA-ON")
    assert family_day not in closed_in("CA-QC")
    assert lead_times.safe_by(date(2026, 2, 17), 0, closed_in("CA-ON")) == date(2026, 2, 13)
    assert lead_times.safe_by(date(2026, 2, 17), 0, closed_in("CA-QC")) == family_day
