"""An hour that the reader's clock shows twice: two times of it can be told apart wherever they stand."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import slots
from bookings.models import Hold
from portal import when
from tests import factories, people

TORONTO = ZoneInfo("America/Toronto")


@pytest.mark.parametrize(
    ("hour", "zone", "said"),
    [
        (4, "America/Toronto", "12:30 am"),
        (5, "America/Toronto", "1:30 am EDT"),
        (6, "America/Toronto", "1:30 am EST"),
        (7, "America/Toronto", "2:30 am"),
        (5, "Europe/London", "5:30 am"),
    ],
)
def test_only_the_doubled_hour_has_letters(hour, zone, said):
    assert when.clock_time(datetime(2027, 11, 7, hour, 30, tzinfo=UTC), ZoneInfo(zone)).replace("\xa0", " ") == said


def test_letters_that_are_none_are_an_offset():
    at = datetime(2026, 4, 4, 15, tzinfo=UTC)  # Lord Howe goes back by half an hour then
    assert when.clock_time(at, ZoneInfo("Australia/Lord_Howe")).replace("\xa0", " ") == "1:30 am UTC+1030"


def test_a_span_across_the_change_names_both():
    five, six = datetime(2027, 11, 7, 5, 45, tzinfo=UTC), datetime(2027, 11, 7, 6, 15, tzinfo=UTC)
    assert when.span(five, six, TORONTO).replace("\xa0", " ") == "1:45 am EDT to 1:15 am EST"
    assert when.span(six, six.replace(minute=45), TORONTO).replace("\xa0", " ") == "1:15 to 1:45 am EST"


def words(answer):
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.django_db
def test_no_two_times_of_a_day_read_alike_and_the_check_page_says_which(monday, rosa):
    monday.move_to(datetime(2027, 11, 2, 14, tzinfo=UTC))
    joanne = people.person("joanne")
    joanne.time_zone = "Europe/London"
    joanne.save(update_fields=["time_zone"])
    practice = factories.open_hours(joanne, [slots.Span(6, time(4), time(9))])
    case, hers = factories.open_case(rosa), people.browser(rosa)
    page = reverse("bookings:pick", args=[case.pk])
    wish = {"service": "first_talk", "with": str(practice.pk), "day": "2027-11-07"}
    parts = hers.get(page, wish).context["offer"].parts_of_day()
    labels = [each["label"].replace("\xa0", " ") for part in parts for each in part["times"]]
    assert len(set(labels)) == len(labels)
    assert {"1:00 am EDT", "1:00 am EST"} <= set(labels)
    kept = hers.post(page, wish | {"how": "phone", "slot": "2027-11-07T06:00Z"})
    shown = words(hers.get(kept.url))
    assert "1:00 to 1:30 am EST, Eastern Time" in shown
    assert Hold.objects.get().starts_at == datetime(2027, 11, 7, 6, tzinfo=UTC)
