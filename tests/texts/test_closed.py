"""Closed days: public holidays of the region, and days typed in."""

from datetime import date

import pytest

from portal.texts.closed import closed_days
from portal.texts.models import Holiday

pytestmark = pytest.mark.django_db
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def test_public_holidays_of_the_region():
    assert closed_days("US", *NOVEMBER) == {date(2026, 11, 11), date(2026, 11, 26)}
    assert closed_days("CA-BC", *NOVEMBER) == {date(2026, 11, 11)}


def test_days_typed_in_belong_to_their_region():
    Holiday.objects.create(region="US", on_date=date(2026, 11, 27), name="after Thanksgiving")
    assert date(2026, 11, 27) in closed_days("US", *NOVEMBER)
    assert date(2026, 11, 27) not in closed_days("CA-ON", *NOVEMBER)


def test_a_region_nobody_listed_has_only_the_days_typed_in():
    assert closed_days("XX", *NOVEMBER) == frozenset()


def test_one_query_over_a_new_year(django_assert_num_queries):
    with django_assert_num_queries(1):
        days = closed_days("US", date(2026, 12, 20), date(2027, 1, 5))
    assert days == {date(2026, 12, 25), date(2027, 1, 1)}
