"""What follows from a report's state: dates, days it is asked about, the day a person takes over. No database."""

from datetime import date, timedelta

import pytest

from cases.records.report import loop as report_loop
from portal.texts.business_days import is_business_day
from tests.records.worked_example import CLOSED, nov

VISIT = date(2026, 11, 24)  # a Tuesday
NONE = dict.fromkeys(report_loop.ALL_DATES)


def dec(day):
    return date(2026, 12, day)


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("asked", {}, {"asked_on": nov(27)}),
        ("received", {}, {"received_on": nov(27)}),
        ("received", {"asked_on": nov(24)}, {"asked_on": nov(24), "received_on": nov(27)}),
        ("passed_on", {"asked_on": nov(24)}, {"asked_on": nov(24), "received_on": nov(27)}),
        ("confirmed", {}, {"received_on": nov(27), "confirmed_on": nov(27)}),
        ("confirmed", {"received_on": nov(25)}, {"received_on": nov(25), "confirmed_on": nov(27)}),
        ("asked_again", {"asked_on": nov(25), "missed_on": nov(26)}, {"asked_on": nov(25)}),
        ("announced", {"asked_on": nov(25), "missed_on": nov(26)}, {"asked_on": nov(25), "sent_on": nov(27)}),
        ("received", {"sent_on": nov(26)}, {"sent_on": nov(26), "received_on": nov(27)}),
        ("received", {"sent_on": nov(30)}, {"sent_on": nov(27), "received_on": nov(27)}),
        ("not_there", {}, {"asked_on": nov(27), "missed_on": nov(27)}),
        ("not_there", {"asked_on": nov(25), "sent_on": nov(26)}, {"asked_on": nov(25), "missed_on": nov(27)}),
        ("not_there", {"received_on": nov(26)}, {"asked_on": nov(27), "missed_on": nov(27)}),
        ("received", {"asked_on": nov(30), "missed_on": nov(30)}, {"received_on": nov(27)}),
    ],
)
def test_dates_after_a_word(verb, before, after):
    assert report_loop.dates_after(verb, NONE | before, nov(27)) == NONE | after


@pytest.mark.parametrize(
    ("said_on", "days"),
    [
        # Day 3 is closed, and a weekend follows.
        (VISIT, [(3, nov(30)), (10, dec(4)), (20, dec(14))]),
        (nov(27), [(3, nov(30)), (10, dec(4)), (20, dec(14))]),
        (nov(30), [(10, dec(4)), (20, dec(14))]),
        (dec(13), [(20, dec(14))]),
        (dec(14), [(20, dec(17))]),
        (dec(30), [(20, date(2027, 1, 4))]),
    ],
)
def test_days_3_10_and_20_that_lie_after_the_last_word(said_on, days):
    assert report_loop.days_to_ask(VISIT, said_on, CLOSED) == days


def test_there_is_always_a_day_to_ask_after_any_word():
    for late in range(400):
        said_on = VISIT + timedelta(days=late)
        days = [day for _step, day in report_loop.days_to_ask(VISIT, said_on, CLOSED)]
        assert days == sorted(days)
        assert all(is_business_day(day, CLOSED) for day in days)
        assert days[0] > said_on
        assert report_loop.person_asks_on(VISIT, said_on, CLOSED) > days[-1]


def test_a_person_takes_over_on_the_business_day_after_the_last_question():
    assert report_loop.person_asks_on(VISIT, VISIT, CLOSED) == dec(15)
    assert report_loop.person_asks_on(VISIT - timedelta(days=1), VISIT, CLOSED) == dec(15)  # day 20 is a Sunday


@pytest.mark.parametrize(
    ("on", "verb", "dates", "is_fine"),
    [
        (dec(2), "asked", {}, False),
        (nov(20), "asked", {}, True),  # it may be asked for ahead of the visit
        (date(2025, 1, 1), "asked", {}, False),
        (nov(20), "received", {}, False),
        (nov(24), "received", {}, True),
        (nov(25), "received", {"asked_on": nov(26)}, False),
        (nov(26), "confirmed", {"received_on": nov(27)}, False),
        (dec(1), "confirmed", {"received_on": nov(27)}, True),
        (dec(1), "announced", {}, True),
        (dec(31), "announced", {}, True),  # it is said when it will be sent
        (date(2027, 1, 2), "announced", {}, False),
        (nov(23), "announced", {}, False),
        (dec(2), "not_there", {}, False),
        (nov(26), "not_there", {"received_on": nov(27)}, True),
        (nov(26), "received", {"asked_on": nov(30), "missed_on": nov(30)}, True),
    ],
)
def test_days_that_a_word_can_be_about(on, verb, dates, is_fine):
    assert (report_loop.why_not_on(on, dec(1), VISIT, NONE | dates, verb) == "") is is_fine


@pytest.mark.parametrize(
    ("sent_on", "said_on", "days"),
    [
        (nov(25), nov(25), [(3, dec(2)), (10, dec(4)), (20, dec(14))]),  # Thursday and Friday are closed
        (dec(2), nov(25), [(10, dec(7)), (20, dec(14))]),
        (nov(24), dec(9), [(20, dec(14))]),
        (nov(24), dec(30), [(20, date(2027, 1, 4))]),
    ],
)
def test_what_was_announced_is_asked_about_once_it_can_be_there(sent_on, said_on, days):
    assert report_loop.days_to_ask(VISIT, said_on, CLOSED, sent_on) == days


def test_an_open_report_has_one_next_day_and_one_who_has_it_in_hand():
    for late in range(0, 60, 7):
        for sent_on in (None, VISIT + timedelta(days=late), VISIT + timedelta(days=late + 20)):
            said_on = VISIT + timedelta(days=late)
            is_over = False
            for day in range(late, late + 90):
                following = report_loop.next_of(VISIT, said_on, CLOSED, VISIT + timedelta(days=day), sent_on)
                is_over = is_over or following.by == "person"
                assert (following.by == "person") is is_over  # nobody hands it back by itself
                assert following.on >= VISIT + timedelta(days=day) or is_over
            assert is_over


def test_what_was_looked_for_in_vain_is_a_persons_at_once():
    missed = report_loop.next_of(VISIT, nov(28), CLOSED, nov(28), None, nov(28))  # a Saturday
    assert missed == report_loop.Next(nov(30), report_loop.Asker.PERSON)


def test_a_call_that_told_nothing_new_is_made_again():
    assert not report_loop.is_called_again(dec(15), dec(21), CLOSED)
    assert report_loop.is_called_again(dec(15), dec(22), CLOSED)


def test_how_long_it_is_open():
    assert [report_loop.days_open(VISIT, day) for day in (nov(20), VISIT, dec(6))] == [0, 0, 12]
