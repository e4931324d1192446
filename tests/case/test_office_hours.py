"""Hours as people type them: read where they say times for certain, else left alone."""

from datetime import UTC, date, datetime, time

import pytest

from cases.case.office_hours import closes_at, read

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WORKDAYS = {0, 1, 2, 3, 4}


def spans(hours):
    found = read(hours)
    return found and [(set(each.days), each.opens, each.closes) for each in found]


@pytest.mark.parametrize(
    "hours",
    [
        "Monday to Friday, 9 am to 4 pm",
        "Mon-Fri 9-4",
        "mon – fri: 9:00–16:00",
        "Weekdays 9 a.m. to 4 p.m.",
        "9 to 4",
        "9 am - 4 pm.",
        "Mon, Tue, Wed, Thu and Fri from 9 until 4 pm",
    ],
)
def test_nine_to_four_in_many_hands(hours):
    assert spans(hours) == [(WORKDAYS, time(9), time(16))]


def test_several_spans():
    assert spans("Mon to Thu 8:30 am–5 pm, Fri 8:30 am–noon") == [
        ({0, 1, 2, 3}, time(8, 30), time(17)),
        ({4}, time(8, 30), time(12)),
    ]
    assert spans("9-12 and 1-5") == [(WORKDAYS, time(9), time(12)), (WORKDAYS, time(13), time(17))]
    assert spans("Daily 7 am to 7 pm") == [(set(range(7)), time(7), time(19))]
    assert spans("Sat to Mon 10 to 2") == [({5, 6, 0}, time(10), time(14))]


@pytest.mark.parametrize(
    "hours",
    ["", "Mornings", "Call first", "9 am to 4 pm, closed for lunch", "4 pm to 9 am", "9 to 4 except Wednesdays",
     "25-26", "13 pm to 14 pm", "Mon-Fri", "1" * 120, "9 am to 4 pm Eastern Time"],
)  # fmt: skip
def test_what_is_not_certain_is_not_read(hours):
    assert read(hours) is None
    with pytest.raises(ValueError, match="no times for certain"):
        closes_at(hours, TUESDAY, set())


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (TUESDAY, time(16)),
        (TUESDAY.replace(hour=8, minute=59), None),
        (TUESDAY.replace(hour=16), None),
        (datetime(2026, 11, 28, 10, 0, tzinfo=UTC), None),  # Saturday
        (datetime(2026, 11, 26, 10, 0, tzinfo=UTC), None),  # Thanksgiving
    ],
)
def test_open_now(at, until):
    assert closes_at("Mon to Fri, 9 to 4", at, {date(2026, 11, 26)}) == until
