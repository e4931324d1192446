"""Closed days: public holidays of the region, and days typed in."""

from datetime import UTC, date, datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.once import OnceMiddleware
from portal.texts.closed import closed_days
from portal.texts.models import Holiday, Organisation
from portal.texts.words import organisation

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


def test_on_a_page_the_days_come_with_the_facts_of_the_house(django_assert_num_queries):
    Organisation.objects.create(from_at=datetime(2026, 1, 1, tzinfo=UTC), name="Our house")
    Holiday.objects.create(region="US", on_date=date(2026, 11, 27))
    heard = []

    def view(request):
        heard.extend([closed_days("US", *NOVEMBER), organisation().name])
        return HttpResponse()

    with django_assert_num_queries(1):
        OnceMiddleware(view)(RequestFactory().get("/"))
    assert heard == [closed_days("US", *NOVEMBER), "Our house"]
    assert date(2026, 11, 27) in heard[0]
