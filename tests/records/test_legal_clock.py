"""The law's clock by region."""

from datetime import date

import pytest

from cases.records.days.legal_clock import clock_for
from tests.records.worked_example import CLOSED, nov


@pytest.mark.parametrize(
    ("region", "law", "confirmed"),
    [
        ("US-PA", "HIPAA", True),
        ("US", "HIPAA", True),
        ("CA-ON", "PHIPA", True),
        ("CA-BC", "PIPA", True),
        ("CA-AB", "PIPEDA", True),
        ("CA", "", False),
        ("PL", "", False),
        ("", "", False),
    ],
)
def test_each_region_has_its_clock_and_unknown_ones_are_marked(region, law, confirmed):
    clock = clock_for(region)
    assert (clock.law, clock.is_confirmed) == (law, confirmed)


def test_calendar_days_run_over_closed_days():
    assert clock_for("US-PA").answer_by(nov(5), CLOSED) == date(2026, 12, 5)


def test_british_columbia_counts_business_days():
    assert clock_for("CA-BC").answer_by(nov(5), CLOSED) == date(2026, 12, 22)
