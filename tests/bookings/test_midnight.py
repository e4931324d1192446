"""Hours may last until midnight, and go on after it: a call may begin on one day and end on the next."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import availability, availability_actions
from bookings.models import ExtraHours, Hours, Service, TimeOff
from bookings.slots import Asked, Calendar, Span, Talk, free_starts, is_inside_hours
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import people

TORONTO, MIDNIGHT = ZoneInfo("America/Toronto"), time(0)
MONDAY = date(2026, 11, 16)
LATE, EARLY = Span(0, time(22), MIDNIGHT), Span(1, MIDNIGHT, time(1))


def walls(spans, minutes=60, first=MONDAY, days=1, zone=TORONTO, preparation=0):
    asked = Asked(Talk(minutes, preparation), datetime.combine(first, time(), UTC) - timedelta(days=5))
    calendar = Calendar(zone, spans)
    found = [at for on in range(days + 1) for at in free_starts(calendar, asked, *[first + timedelta(days=on)] * 2)]
    return [f"{at.astimezone(zone):%d %H:%M}" for at in found]


def test_the_last_call_ends_at_midnight():
    assert walls([LATE], days=0) == ["16 22:00", "16 22:30", "16 23:00"]


def test_a_call_begins_before_midnight_and_ends_after_it():
    assert walls([LATE, EARLY]) == ["16 22:00", "16 22:30", "16 23:00", "16 23:30", "17 00:00"]


def test_a_preparation_may_lie_before_midnight():
    assert walls([LATE, EARLY], preparation=60) == ["16 23:00", "16 23:30", "17 00:00"]


def test_a_closed_day_ends_the_hours_at_its_midnight():
    asked = Asked(Talk(60), datetime(2026, 11, 10, tzinfo=UTC))
    calendar = Calendar(TORONTO, [LATE, EARLY], closed=frozenset({date(2026, 11, 17)}))
    assert len(free_starts(calendar, asked, MONDAY, date(2026, 11, 17))) == 3


def test_a_call_over_midnight_lies_inside_the_hours():
    calendar = Calendar(TORONTO, [LATE, EARLY])
    starts = datetime(2026, 11, 16, 23, 30, tzinfo=TORONTO).astimezone(UTC)
    assert is_inside_hours(calendar, starts, starts + timedelta(hours=1))
    assert not is_inside_hours(Calendar(TORONTO, [LATE]), starts, starts + timedelta(hours=1))


def test_a_day_that_a_place_skipped_lies_between_no_two_hours():
    """In Apia no December 30, 2011, was lived: Thursday's midnight is that of Saturday."""
    apia = ZoneInfo("Pacific/Apia")
    spans = [Span(3, time(23), MIDNIGHT), Span(4, MIDNIGHT, MIDNIGHT), Span(5, MIDNIGHT, time(1))]
    found = walls(spans, first=date(2011, 12, 29), days=2, zone=apia)
    assert found == ["29 23:00", "29 23:30", "31 00:00"]


@pytest.fixture
def hand(joanne):
    return Actor.person(joanne)


def test_saved_they_are_offered_until_midnight_and_said_so(practice, case, joanne, hand):
    browser = people.browser(joanne)
    week = {"on-0": "on", "from-0-0": "22:00", "until-0-0": "00:00", "on-1": "on", "from-1-0": "00:00"}
    assert browser.post(reverse("bookings:hours"), week | {"until-1-0": "01:00"}).status_code == 302
    free = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())
    assert {f"{at.astimezone(practice.zone):%a %H:%M}" for at in free} == {
        "Mon 22:00", "Mon 22:30", "Mon 23:00", "Mon 23:30", "Tue 00:00", "Tue 00:30",
    }  # fmt: skip
    assert 'value="00:00"' in browser.get(reverse("bookings:hours")).content.decode()
    on = clock.today(practice.zone) + timedelta(days=8)
    availability_actions.add_extra_hours(practice, on_date=on, from_time=time(22), until_time=MIDNIGHT, by=hand)
    assert "midnight" in browser.get(reverse("bookings:hours")).content.decode()
    with pytest.raises(Refused):
        availability_actions.add_extra_hours(practice, on_date=on, from_time=time(23), until_time=time(23, 30), by=hand)


def test_hours_over_midnight_typed_as_one_are_said_to_be_two(practice, joanne):
    week = {"on-0": "on", "from-0-0": "22:00", "until-0-0": "02:00"}
    answer = people.browser(joanne).post(reverse("bookings:hours"), week)
    assert answer.status_code == 422
    assert "Hours over midnight are two" in answer.content.decode()


def test_hours_until_midnight_overlap_with_those_that_begin_before(practice, joanne):
    week = {"on-0": "on", "from-0-0": "20:00", "until-0-0": "00:00", "from-0-1": "23:00", "until-0-1": "23:30"}
    answer = people.browser(joanne).post(reverse("bookings:hours"), week)
    assert answer.status_code == 422
    assert "these hours overlap" in answer.content.decode()


def test_the_database_takes_midnight_as_an_end_and_no_other_end_before_the_start(practice):
    on = {"practice": practice, "from_on": MONDAY, "until_on": MONDAY}
    for until in (MIDNIGHT, time(12)):
        rows = [
            Hours(practice=practice, weekday=6, from_time=time(18), until_time=until),
            ExtraHours(practice=practice, on_date=MONDAY, from_time=time(18), until_time=until),
            TimeOff(**on, from_time=time(18), until_time=until),
        ]
        for row in rows:
            if until == MIDNIGHT:
                row.save()
                continue
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()
