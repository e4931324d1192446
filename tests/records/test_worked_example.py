"""The worked example of the design, line by line."""

import pytest

from cases.records.days import lead_times, verdict
from cases.records.days.lead_times import Lead
from cases.records.days.verdict import Answer, Timing
from cases.records.states import ItemState
from tests.records.worked_example import (
    CLOSED,
    TREATMENT_ON,
    at,
    dec,
    nov,
    on_november_5,
    on_november_9,
    thing,
)


def judged(things, visit_on, now):
    found = verdict.judge(things, visit_on, now)
    return found, {each.key: each for each in found.core + found.can_follow}


@pytest.mark.parametrize(
    ("key", "usually", "safe", "on_10", "on_13", "on_24"),
    [
        ("biopsy", nov(9), nov(20), Timing.EXPECTED, Timing.EXPECTED, Timing.SAFE),
        ("imaging reports", nov(9), nov(13), Timing.EXPECTED, Timing.EXPECTED, Timing.SAFE),
        ("plan", nov(9), nov(17), Timing.EXPECTED, Timing.EXPECTED, Timing.SAFE),
        ("referral", nov(10), nov(18), Timing.MAY_FOLLOW, Timing.EXPECTED, Timing.SAFE),
    ],
)
def test_table_of_core_records_on_november_5(key, usually, safe, on_10, on_13, on_24):
    for day, expected in ((10, on_10), (13, on_13), (24, on_24)):
        _, lines = judged(on_november_5(), nov(day), at(nov(5)))
        line = lines[key]
        assert (line.dates.there_expected, line.dates.there_safe) == (usually, safe)
        assert line.timing == expected


@pytest.mark.parametrize(
    ("key", "read", "at_the_latest"),
    [("images", nov(13), nov(18)), ("notes", nov(20), dec(8)), ("slides", nov(25), dec(4))],
)
def test_what_can_follow_on_november_5(key, read, at_the_latest):
    _, lines = judged(on_november_5(), nov(10), at(nov(5)))
    assert (lines[key].dates.read_expected, lines[key].dates.read_safe) == (read, at_the_latest)


@pytest.mark.parametrize(
    ("day", "answer", "decides"),
    [
        (10, Answer.SOME_WILL_FOLLOW, ["referral"]),
        (13, Answer.TIGHT, ["biopsy", "imaging reports", "plan", "referral"]),
        (24, Answer.COMFORTABLE, ["biopsy"]),
    ],
)
def test_the_three_offered_days(day, answer, decides):
    found, _ = judged(on_november_5(), nov(day), at(nov(5)))
    assert found.answer == answer
    assert [each.key for each in found.decides] == decides


def test_three_of_four_are_expected_before_november_10():
    found, _ = judged(on_november_5(), nov(10), at(nov(5)))
    assert [each.timing for each in found.core].count(Timing.EXPECTED) == 3


def test_later_way_is_the_offered_november_24_and_stays_before_the_operation():
    things, now = on_november_5(), at(nov(5))
    found = verdict.judge(things, nov(10), now)
    offered = [(day, verdict.judge(things, day, now).answer) for day in (nov(10), nov(13), nov(24))]
    assert verdict.ways(found, offered, TREATMENT_ON, nov(23)).later_on == nov(24)
    assert verdict.ways(found, offered, nov(24), None).later_on == nov(13)
    assert verdict.ways(found, offered, nov(13), None).later_on is None


def test_first_comfortable_day_follows_the_last_safe_date():
    assert verdict.first_comfortable(on_november_5(), nov(10), at(nov(5)), CLOSED) == nov(23)


def test_visit_on_november_10_and_13_need_a_call_and_november_24_does_not():
    assert lead_times.needs_a_call(nov(5), nov(10), CLOSED)
    assert lead_times.needs_a_call(nov(5), nov(13), CLOSED)
    assert not lead_times.needs_a_call(nov(5), nov(24), CLOSED)


def test_on_november_9_the_core_is_safe_by_november_19():
    found, lines = judged(on_november_9(), nov(24), at(nov(9)))
    assert found.answer == Answer.COMFORTABLE
    assert found.safe_on == nov(19)
    assert found.there == 2
    assert (lines["plan"].dates.there_expected, lines["plan"].dates.there_safe) == (nov(12), nov(19))
    assert (lines["images"].dates.read_expected, lines["images"].dates.read_safe) == (nov(13), nov(18))


def test_unsigned_slides_on_november_9_follow_the_visit():
    found, lines = judged(on_november_9(), nov(24), at(nov(9)))
    assert (lines["slides"].dates.read_expected, lines["slides"].dates.read_safe) == (dec(1), dec(8))
    assert [each.key for each in found.following] == ["slides"]


def test_slides_signed_on_november_12_are_read_by_december_3():
    slides = thing("slides", (10, 15, 3), is_core=False, state=ItemState.ACKNOWLEDGED, asked_on=nov(12))
    _, lines = judged([slides], nov(24), at(nov(17)))
    dates = lines["slides"].dates
    assert (dates.there_expected, dates.read_expected, dates.read_safe) == (nov(30), dec(3), dec(10))


def test_reports_sent_on_november_9_are_looked_for_on_november_12():
    assert lead_times.chase_by(nov(5), nov(24), CLOSED, sent_on=nov(9)) == nov(12)


@pytest.mark.parametrize(("reading", "day"), [(3, nov(18)), (0, nov(23))])
def test_safe_by_leaves_the_reading_days_whole(reading, day):
    assert lead_times.safe_by(nov(24), reading, CLOSED) == day


def test_request_by_counts_the_safe_lead_back():
    assert lead_times.request_by(nov(24), Lead(2, 10), CLOSED) == nov(6)
    assert lead_times.request_by(nov(24), Lead(10, 15, 3), CLOSED) == date_before_november()


def date_before_november():
    # November 18 less fifteen business days: 17 16 13 12 10 9 6 5 4 3 2, then October 30 29 28 27.
    return nov(1).replace(month=10, day=27)
