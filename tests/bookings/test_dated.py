"""Hours from a day on: both versions are kept, each holds on its own days, and the past stays as it was."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from bookings import availability, availability_actions, slots
from bookings.availability_actions import Unanswered
from bookings.dated import versions
from bookings.models import Consultation, Hours, Practice, Service
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people
from tests.bookings.test_models import refused
from tests.bookings.test_staff_pages import HOURS, typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
TODAY, FROM = date(2026, 11, 9), date(2026, 12, 1)
DAY = timedelta(days=1)
EARLY = [slots.Span(day, time(6), time(8)) for day in range(5)]
LATE = [slots.Span(day, time(18), time(20)) for day in range(5)]


@pytest.fixture
def hand(joanne):
    return Actor.person(joanne)


@pytest.fixture
def joannes(joanne):
    return people.browser(joanne)


def on(practice, day):
    """The hours that begin each day's spans, as the slot function is given them."""
    spans = availability.calendar_of(practice, clock.now()).spans
    return sorted({span.from_time.hour for span in spans if span.holds_on(day)})


def dates(practice):
    return [coming.on for coming in versions.coming(practice.hours.all(), TODAY)]


def test_each_version_holds_on_its_own_days(case, practice, hand):
    availability_actions.set_hours(practice, spans=EARLY, from_on=FROM, by=hand)
    assert on(practice, FROM - DAY) == [9, 13]
    assert on(practice, FROM) == [6]
    free = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())
    walls = [at.astimezone(practice.zone) for at in free]
    assert {wall.hour < 9 for wall in walls if wall.date() < FROM} == {False}
    assert {wall.hour < 9 for wall in walls if wall.date() >= FROM} == {True}


def test_new_hours_from_today_leave_the_past_and_the_next_version_alone(practice, hand):
    availability_actions.set_hours(practice, spans=EARLY, from_on=FROM, by=hand)
    availability_actions.set_hours(practice, spans=LATE, by=hand)
    assert on(practice, TODAY) == on(practice, FROM - DAY) == [18]
    assert on(practice, FROM) == [6]
    held = practice.hours.holding(TODAY - DAY).values_list("from_time", flat=True)
    assert {begins.hour for begins in held} == {9, 13}


def test_the_same_day_twice_keeps_one_version(practice, hand):
    for spans in (EARLY, LATE, LATE):
        availability_actions.set_hours(practice, spans=spans, from_on=FROM, by=hand)
    assert on(practice, FROM) == [18]
    assert dates(practice) == [FROM]
    assert practice.hours.since(TODAY).count() == 15


def test_no_hours_for_a_while_and_then_others(practice, hand):
    availability_actions.set_hours(practice, spans=LATE, from_on=FROM + 30 * DAY, by=hand)
    availability_actions.set_hours(practice, spans=[], from_on=FROM, by=hand)
    assert on(practice, FROM - DAY) == [9, 13]
    assert on(practice, FROM) == on(practice, FROM + 29 * DAY) == []
    assert on(practice, FROM + 30 * DAY) == [18]
    assert dates(practice) == [FROM, FROM + 30 * DAY]


def test_taken_back_the_hours_before_go_on(practice, hand):
    availability_actions.set_hours(practice, spans=EARLY, from_on=FROM, by=hand)
    availability_actions.set_hours(practice, spans=LATE, from_on=FROM + 30 * DAY, by=hand)
    availability_actions.take_back_hours(practice, on=FROM, by=hand)
    assert on(practice, FROM) == on(practice, FROM + 29 * DAY) == [9, 13]
    assert on(practice, FROM + 30 * DAY) == [18]
    availability_actions.take_back_hours(practice, on=FROM + 30 * DAY, by=hand)
    assert on(practice, FROM + 30 * DAY) == [9, 13]
    availability_actions.take_back_hours(practice, on=FROM + 30 * DAY, by=hand)  # pressed twice
    assert dates(practice) == []


def test_taking_back_days_without_hours(practice, hand):
    availability_actions.set_hours(practice, spans=LATE, from_on=FROM + 30 * DAY, by=hand)
    availability_actions.set_hours(practice, spans=[], from_on=FROM, by=hand)
    availability_actions.take_back_hours(practice, on=FROM, by=hand)
    assert on(practice, FROM) == [9, 13]
    assert on(practice, FROM + 30 * DAY) == [18]


def test_the_past_is_refused(practice, hand):
    with pytest.raises(Refused):
        availability_actions.set_hours(practice, spans=EARLY, from_on=TODAY - DAY, by=hand)
    with pytest.raises(Refused):
        availability_actions.take_back_hours(practice, on=TODAY, by=hand)


def test_only_the_consultant_takes_them_back(practice, hand):
    availability_actions.set_hours(practice, spans=EARLY, from_on=FROM, by=hand)
    with pytest.raises(Refused):
        availability_actions.take_back_hours(practice, on=FROM, by=Actor.person(people.person("theo")))


def test_calls_after_that_day_are_asked_about_and_those_before_are_not(case, practice, hand):
    booked = factories.book(case)
    day = booked.starts_at.astimezone(practice.zone).date()
    availability_actions.set_hours(practice, spans=LATE, from_on=day + DAY, by=hand)
    with pytest.raises(Unanswered) as asked:
        availability_actions.set_hours(practice, spans=LATE, from_on=day, by=hand)
    assert asked.value.calls == [booked]
    assert dates(practice) == [day + DAY]
    answers = {booked.pk: ("cancel", "")}
    availability_actions.set_hours(practice, spans=LATE, from_on=day, answers=answers, by=hand)
    assert Consultation.objects.get().state == "cancelled"


def test_hours_that_are_over_take_no_bookings(practice, hand):
    Hours.objects.update(until_on=TODAY - 2 * DAY)
    assert not Practice.objects.taking_bookings(clock.now()).exists()
    availability_actions.set_hours(practice, spans=EARLY, from_on=FROM, by=hand)
    assert Practice.objects.taking_bookings(clock.now()).get() == practice


def test_the_database_refuses_two_versions_on_one_day(practice):
    row = practice.hours.first()
    refused("hours_start_once_a_day", lambda: Hours.objects.create(
        practice=practice, weekday=row.weekday, from_time=row.from_time, until_time=row.until_time, from_on=FROM
    ))  # fmt: skip
    refused("hours_last_day_after_first", lambda: Hours.objects.update(from_on=FROM, until_on=TODAY))


# The page


def test_a_later_version_is_saved_shown_changed_and_taken_back(joannes, practice):
    saved = words(joannes.post(HOURS, {**typed(mon="18:00-20:00"), "begins": "2026-12-01"}, follow=True))
    assert "From Tuesday, December 1" in saved
    assert "Monday: 6:00 pm to 8:00 pm" in saved
    assert saved.count('value="09:00"') == 5
    change = words(joannes.get(HOURS + "?from=2026-12-01"))
    assert 'value="18:00"' in change
    assert 'value="2026-12-01"' in change
    back = joannes.post(reverse("bookings:take_back_hours"), {"on": "2026-12-01"}, follow=True)
    assert "taken back" in words(back)
    assert dates(practice) == []


@pytest.mark.parametrize(("begins", "sentence"), [("2026-11-08", "not over"), ("soon", "leave it empty for today")])
def test_a_day_that_cannot_be_is_named(joannes, practice, begins, sentence):
    answer = joannes.post(HOURS, {**typed(mon="18:00-20:00"), "begins": begins})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'href="#begins"' in words(answer)
    assert dates(practice) == []


def test_calls_in_hours_that_are_taken_back_are_asked_about_on_the_page(joannes, case, practice, hand):
    availability_actions.set_hours(practice, spans=LATE, from_on=FROM, by=hand)
    late = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())[-1]
    booked = factories.book(case, service="first_talk", starts_at=late)
    address, sent = reverse("bookings:take_back_hours"), {"on": FROM.isoformat()}
    asked = joannes.post(address, sent)
    assert asked.status_code == 409
    assert f'form="back_{FROM}-form"' in words(asked)
    joannes.post(address, {**sent, f"answer-{booked.pk}": "keep"})
    assert dates(practice) == []


@pytest.mark.parametrize("on", ["", "never", "2026-11-09", "2026-11-01"])
def test_hours_that_hold_already_are_not_taken_back(joannes, practice, on):
    assert joannes.post(reverse("bookings:take_back_hours"), {"on": on}).status_code in (409, 422)
    assert on_monday(practice)


def on_monday(practice):
    return practice.hours.holding(TODAY).filter(weekday=0).count() == 2


@pytest.mark.parametrize("query", ["?from=nonsense", "?from=2026-01-01", "?from=2199-01-01"])
def test_any_day_opens(joannes, query):
    assert joannes.get(HOURS + query).status_code == 200
