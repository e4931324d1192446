"""When a letter is made so that it comes in time, and when a person calls instead. No database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reminders import kinds, rules
from portal.texts.business_days import add_business_days, is_business_day
from tests.reminders.test_rules import INSTANTS, TORONTO, ZONES, Row, at

NONE = frozenset()
VISIT = at("2026-11-24 14:30")  # a Tuesday


@pytest.mark.parametrize(
    ("useful_until", "closed", "expected"),
    [
        ("2026-11-24 14:30", NONE, "2026-11-17"),  # read on Monday, four business days before
        ("2026-11-24 00:00", NONE, "2026-11-17"),
        ("2026-11-23 14:30", NONE, "2026-11-16"),  # a Monday: read on Friday
        ("2026-11-24 14:30", {dt.date(2026, 11, 19)}, "2026-11-16"),
        ("2026-11-24 14:30", {dt.date(2026, 11, 23)}, "2026-11-16"),
    ],
)
def test_the_last_day_to_post(useful_until, closed, expected):
    row = Row(at("2026-11-10 09:00"), at(useful_until))
    assert rules.post_by(row, TORONTO, closed) == dt.date.fromisoformat(expected)


def test_the_word_of_the_day_before_is_posted_a_week_before():
    row = Row(at("2026-11-23 09:00"), VISIT)
    assert rules.letter_from(row, at("2026-11-10 12:00"), TORONTO, NONE) == at("2026-11-17 09:00")
    assert not rules.may_go(row, at("2026-11-16 12:00"), TORONTO, closed=NONE)
    assert rules.may_go(row, at("2026-11-17 09:00"), TORONTO, closed=NONE)
    assert not rules.may_go(row, at("2026-11-17 09:00"), TORONTO)


def test_what_is_of_use_for_long_is_made_on_its_own_day():
    row = Row(at("2026-11-10 08:00"), at("2026-12-24 12:00"))
    assert rules.letter_from(row, at("2026-11-02 12:00"), TORONTO, NONE) == at("2026-11-10 09:00")


def test_what_is_too_near_for_the_mail_waits_for_its_own_day_and_is_said():
    row = Row(at("2026-11-23 09:00"), VISIT)
    now = at("2026-11-18 09:00")
    assert rules.is_too_near_for_mail(row, now, TORONTO, NONE)
    assert rules.letter_from(row, now, TORONTO, NONE) == at("2026-11-23 09:00")


def test_letters_keep_quiet_hours_and_rests_as_all_do():
    row = Row(at("2026-11-10 09:00"))
    assert not rules.may_go(row, at("2026-11-10 20:00"), TORONTO, closed=NONE)
    assert not rules.may_go(row, at("2026-11-10 12:00"), TORONTO, is_paused=True, closed=NONE)


def test_the_forecast_is_the_day_of_posting():
    row = Row(at("2026-11-23 09:00"), VISIT)
    assert rules.forecast(row, at("2026-11-10 12:00"), TORONTO, closed=NONE) == at("2026-11-17 09:00")
    assert rules.forecast(row, at("2026-11-10 12:00"), TORONTO) == at("2026-11-23 09:00")


CLOSED = st.frozensets(st.integers(0, 80).map(lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=9 * n)), max_size=20)


@given(INSTANTS, st.integers(1, 60 * 24 * 40), CLOSED, st.sampled_from(ZONES))
def test_a_letter_posted_on_its_last_day_is_there_the_day_before_and_one_a_day_later_is_not(now, minutes, closed, zone):
    row = Row(now, now + dt.timedelta(minutes=minutes), message_class=kinds.REMINDER)
    last = rules.post_by(row, zone, closed)
    over_on = rules.local_day(row.useful_until, zone)
    assert is_business_day(last, closed)
    assert add_business_days(last, rules.LETTER_TAKES, closed) < over_on
    following = add_business_days(last, 1, closed)
    assert add_business_days(following, rules.LETTER_TAKES, closed) >= over_on
    assert rules.letter_from(row, now, zone, closed) <= rules.gathered_from(row, zone)
