"""A consultant lives by another clock: she is asked about her hours, and each call that they would leave outside."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import availability, availability_actions, slots
from bookings.availability_actions import Unanswered
from bookings.hours_zone import actions
from bookings.models import OutsideCalendar, Service
from portal import clock
from portal.accounts.actions import say_about_oneself
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
WEST, EAST, TORONTO = "America/Los_Angeles", "America/New_York", "America/Toronto"
ASKED = "Your hours are in Eastern Time. You live by Pacific Time now."


@pytest.fixture
def hand(joanne):
    return Actor.person(joanne)


@pytest.fixture
def moved(joanne, hand):
    """She says in her settings that she lives by Pacific Time."""
    joanne.time_zone = say_about_oneself(joanne, fields={"time_zone": WEST}, by=hand).time_zone
    return joanne


def page(person, name="bookings:hours"):
    return " ".join(people.browser(person).get(reverse(name)).content.decode().split())


def say(person, **said):
    return people.browser(person).post(reverse("bookings:hours_zone"), said)


def walls(practice, case):
    practice.refresh_from_db()
    found = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())
    return {at.astimezone(practice.zone).time() for at in found}


def test_she_is_asked_on_the_pages_of_her_day_and_nothing_moves_before_she_chose(moved, practice, case):
    before = walls(practice, case)
    for name in ("pages:today", "bookings:hours", "bookings:calendar"):
        assert ASKED in page(moved, name), name
    practice.refresh_from_db()
    assert practice.time_zone == TORONTO
    assert walls(practice, case) == before


def test_her_hours_follow_with_the_wall_times_they_had(moved, practice, case):
    before = walls(practice, case)
    assert say(moved, time_zone=WEST).status_code == 302
    practice.refresh_from_db()
    assert practice.time_zone == WEST
    assert walls(practice, case) == before
    assert ASKED not in page(moved)
    assert Event.objects.filter(verb="hours.zone_set").count() == 1


def test_left_where_they_are_she_is_asked_again_only_in_another_zone(moved, practice, hand):
    assert say(moved, time_zone=TORONTO).status_code == 302
    practice.refresh_from_db()
    assert practice.time_zone == TORONTO
    assert ASKED not in page(moved)
    say_about_oneself(moved, fields={"time_zone": "Europe/Berlin"}, by=hand)
    assert "You live by Central European Time now." in page(moved)
    say_about_oneself(moved, fields={"time_zone": TORONTO}, by=hand)
    assert "now." not in page(moved).split("<h1>")[1].split("These hours hold")[0]


def test_two_names_of_one_clock_ask_nothing(joanne, hand):
    say_about_oneself(joanne, fields={"time_zone": EAST}, by=hand)
    assert "You live by" not in page(joanne)


def test_a_call_left_outside_needs_an_answer_and_nothing_is_saved(moved, practice, case, hand):
    call = factories.book(case)
    with pytest.raises(Unanswered) as asked:
        actions.set_zone(practice, time_zone="Asia/Tokyo", by=hand)
    assert asked.value.calls == [call]
    practice.refresh_from_db()
    assert practice.time_zone == TORONTO
    answer = say(moved, time_zone="Asia/Tokyo")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert f'name="answer-{call.pk}"' in text
    assert 'form="zone-form"' in text
    assert '<option value="Asia/Tokyo" selected>' in text


@pytest.mark.parametrize(("answer", "state"), [("keep", "booked"), ("move", "booked"), ("cancel", "cancelled")])
def test_each_call_is_kept_asked_to_move_or_canceled(moved, practice, case, answer, state):
    call = factories.book(case)
    starts_at = call.starts_at
    said = {f"answer-{call.pk}": answer, f"note-{call.pk}": "I have moved."}
    assert say(moved, time_zone="Asia/Tokyo", **said).status_code == 302
    call.refresh_from_db()
    practice.refresh_from_db()
    assert practice.time_zone == "Asia/Tokyo"
    assert (call.state, call.starts_at, bool(call.move_asked_at)) == (state, starts_at, answer == "move")


def test_time_off_follows_too_and_asks_about_what_lies_in_it(practice, case, hand):
    """Off until 11 in the morning of Toronto; in Pacific Time that is until 2 pm of Toronto."""
    call = factories.book(case, service="first_talk")
    day, wall = call.starts_at.astimezone(ZoneInfo(TORONTO)).date(), call.starts_at.astimezone(ZoneInfo(WEST))
    always = [slots.Span(weekday, time(0), time(23, 45)) for weekday in range(7)]
    availability_actions.set_hours(practice, spans=always, by=hand)
    part = {"from_time": wall.time(), "until_time": time(wall.hour + 1, wall.minute)}
    availability_actions.add_time_off(practice, from_on=day, until_on=day, **part, by=hand)
    with pytest.raises(Unanswered):
        actions.set_zone(practice, time_zone=WEST, by=hand)


def test_a_calendar_elsewhere_is_read_again_in_the_new_zone(practice, joanne, hand):
    OutsideCalendar.objects.create(
        consultant=joanne, address="https://x.example/", host="x.example", added_at=clock.now(), tried_at=clock.now(),
        read_at=clock.now(), whole_at=clock.now(), etag='"1"',
    )  # fmt: skip
    actions.set_zone(practice, time_zone=WEST, by=hand)
    assert OutsideCalendar.objects.due(clock.now()).get().etag == ""


@pytest.mark.parametrize("wrong", ["", "Mars/Olympus", "../../etc/passwd", "x" * 5000])
def test_what_is_no_zone_is_refused_in_words(joanne, practice, wrong):
    answer = say(joanne, time_zone=wrong)
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in answer.content.decode()


def test_only_the_consultant_chooses(practice):
    with pytest.raises(Refused):
        actions.set_zone(practice, time_zone=WEST, by=Actor.person(people.person("theo")))


def test_clocks_that_agree_today_and_not_all_year_differ():
    phoenix, denver = ZoneInfo("America/Phoenix"), ZoneInfo("America/Denver")
    winter = clock.now()
    assert not slots.show_the_same(phoenix, denver, winter)
    assert slots.show_the_same(ZoneInfo(TORONTO), ZoneInfo(EAST), winter)
