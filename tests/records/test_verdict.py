"""The verdict at its edges; the worked example stands in a file of its own."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.records.days import verdict
from cases.records.days.verdict import Answer, Timing
from cases.records.states import ItemState, Route
from tests.records.worked_example import CLOSED, at, dec, nov, on_november_5, thing

NOW = at(nov(5))
VISIT_ON = nov(24)


def answer(*things, visit_on=VISIT_ON, now=NOW):
    return verdict.judge(things, visit_on, now).answer


def timing(visit_on=VISIT_ON, now=NOW, lead=(2, 10), **facts):
    return verdict.judge([thing("x", lead, **facts)], visit_on, now).core[0].timing


def test_no_core_record_at_all_is_comfortable():
    assert answer(thing("slides", (10, 15, 3), is_core=False)) == Answer.COMFORTABLE


def test_expected_on_the_visit_day_itself_may_follow():
    assert timing(visit_on=nov(9)) == Timing.MAY_FOLLOW
    assert timing(visit_on=nov(10)) == Timing.EXPECTED


def test_safe_on_the_visit_day_itself_is_only_expected():
    assert timing(visit_on=nov(20)) == Timing.EXPECTED
    assert timing(visit_on=nov(21)) == Timing.SAFE


@pytest.mark.parametrize("state", [ItemState.NOT_LOCATED, ItemState.INCOMPLETE, ItemState.WILL_NOT_OPEN])
def test_trouble_without_a_new_asking_will_follow(state):
    assert timing(visit_on=dec(14), state=state, asked_on=nov(3)) == Timing.MAY_FOLLOW


def test_silence_past_the_safe_date_will_follow():
    asked = {"state": ItemState.ASKED, "asked_on": nov(5)}
    assert timing(visit_on=dec(14), now=at(nov(20)), **asked) == Timing.SAFE
    assert timing(visit_on=dec(14), now=at(nov(23)), **asked) == Timing.MAY_FOLLOW


@pytest.mark.parametrize("state", [ItemState.ARRIVED, ItemState.OPENS_FINE])
def test_what_is_there_is_in_whatever_the_day(state):
    assert timing(visit_on=nov(6), state=state, asked_on=nov(3)) == Timing.THERE


def test_what_the_patient_holds_is_carried_to_the_visit():
    assert timing(visit_on=nov(6), state=ItemState.HELD, route=Route.CARRIED, asked_on=nov(5)) == Timing.CARRIED


def test_a_record_the_office_does_not_want_is_left_out():
    found = verdict.judge([thing("x", (2, 10), state=ItemState.NOT_WANTED)], nov(6), NOW)
    assert (found.core, found.answer) == ((), Answer.COMFORTABLE)


def test_asking_after_3_pm_moves_the_dates_by_a_business_day():
    early, late = (verdict.dates_of(thing("x", (2, 10)), at(nov(5), hour)) for hour in (14, 15))
    assert (early.there_expected, late.there_expected) == (nov(9), nov(10))


def test_can_follow_never_changes_the_answer():
    core = [each for each in on_november_5() if each.is_core]
    for day in (nov(10), nov(13), nov(24)):
        assert answer(*core, visit_on=day) == answer(*on_november_5(), visit_on=day)


def test_no_comfortable_day_while_a_core_record_has_no_date():
    lost = thing("x", (2, 10), state=ItemState.NOT_LOCATED, asked_on=nov(3))
    assert verdict.first_comfortable([lost], nov(10), NOW, CLOSED) is None


def test_neighbours_are_business_days_after_today():
    found = verdict.neighbours(on_november_5(), nov(10), NOW, CLOSED, nov(5))
    assert [each.visit_on for each in found] == [nov(6), nov(9), nov(12), nov(13)]


def test_comfortable_day_offers_no_later_one():
    found = verdict.judge(on_november_5(), nov(24), NOW)
    assert verdict.ways(found, [(dec(1), Answer.COMFORTABLE)], None, dec(2)).later_on is None


def test_suggestion_stands_in_when_no_offered_day_will_do():
    found = verdict.judge(on_november_5(), nov(10), NOW)
    assert verdict.ways(found, [(nov(10), found.answer)], None, nov(23)).later_on == nov(23)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 90), st.sampled_from(ItemState), st.sampled_from(Route), st.integers(0, 20))
def test_a_later_visit_day_never_makes_the_answer_worse(days, state, route, asked_ago):
    order = [Answer.SOME_WILL_FOLLOW, Answer.TIGHT, Answer.COMFORTABLE]
    first = thing("x", (3, 9, 3), state=state, route=route, asked_on=nov(30).replace(day=30 - asked_ago))
    things = [first, replace(first, key="y", state=ItemState.NEEDED)]
    now = at(nov(30))
    day = dec(1).fromordinal(dec(1).toordinal() + days)
    earlier, later = (answer(*things, visit_on=d, now=now) for d in (day, day.fromordinal(day.toordinal() + 1)))
    assert order.index(earlier) <= order.index(later)
