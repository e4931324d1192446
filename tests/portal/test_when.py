"""One formatter: the same moment reads the same on pages, in mail and in calendars."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from portal import when

EASTERN = ZoneInfo("America/New_York")
CALL = dt.datetime(2026, 11, 17, 15, 30, tzinfo=dt.UTC)


def test_moment_names_weekday_date_and_time():
    assert when.moment(CALL, EASTERN) == "Tuesday, November 17 at 10:30\N{NO-BREAK SPACE}am"


def test_day_changes_with_the_zone():
    late = dt.datetime(2026, 11, 18, 3, 0, tzinfo=dt.UTC)
    assert when.day(late, EASTERN) == "Tuesday, November 17"
    assert when.day(late, ZoneInfo("Asia/Kolkata"), year=True) == "Wednesday, November 18, 2026"


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "12:05\N{NO-BREAK SPACE}am"), (12, "12:05\N{NO-BREAK SPACE}pm"), (23, "11:05\N{NO-BREAK SPACE}pm")],
)
def test_midnight_and_noon_are_twelve(hour, words):
    assert when.clock_time(dt.time(hour, 5)) == words


def test_span_names_the_half_of_the_day_once():
    assert when.span(CALL, CALL + dt.timedelta(hours=1), EASTERN) == "10:30 to 11:30\N{NO-BREAK SPACE}am"
    crossing = when.span(CALL, CALL + dt.timedelta(hours=2), EASTERN)
    assert crossing == "10:30\N{NO-BREAK SPACE}am to 12:30\N{NO-BREAK SPACE}pm"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "Eastern Time"),
        ("America/Vancouver", "Pacific Time"),
        ("America/Edmonton", "Mountain Time"),
        ("Europe/Lisbon", "Western European Time"),
        ("UTC", "UTC"),
    ],
)
def test_zones_are_named_as_people_say_them(zone, name):
    assert when.zone_name(ZoneInfo(zone)) == name


def test_made_up_language_falls_back_for_zone_names():
    with translation.override("qps"):
        assert when.zone_name(EASTERN) == "Eastern Time"


def test_zone_data_is_the_packaged_copy():
    """The system's copy is an hour wrong for Vancouver since November 1, 2026."""
    winter = dt.datetime(2026, 12, 1, 20, tzinfo=dt.UTC).astimezone(ZoneInfo("America/Vancouver"))
    assert winter.utcoffset() == dt.timedelta(hours=-7)


def test_templates_show_the_readers_zone():
    page = Template("{% load when %}{{ at|moment }}, {{ at|zone_name }}; {% span at at %}; {{ at|iso_day }}")
    with timezone.override(EASTERN):
        shown = page.render(Context({"at": CALL}))
    assert shown.startswith("Tuesday, November 17 at 10:30\N{NO-BREAK SPACE}am, Eastern Time;")
    assert shown.endswith("2026-11-17")
    assert Template("{% load when %}{{ at|day }}").render(Context({"at": None})) == ""


def test_date_box_has_three_parts():
    page = Template(
        "{% load when %}{% with box=on|date_box %}{{ box.month }} {{ box.day }} {{ box.weekday }}{% endwith %}"
    )
    assert page.render(Context({"on": dt.date(2026, 11, 24)})) == "Nov 24 Tue"


def test_zones_whose_clocks_agree_now_are_named():
    alike = when.zones_alike(EASTERN, CALL).split()
    assert "America/Toronto" in alike
    assert "America/Vancouver" not in alike
