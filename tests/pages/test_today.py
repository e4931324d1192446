"""The consultant's day."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import actions as bookings
from cases.case.helping import actions as helping
from portal.accounts.models import User
from portal.actors import Actor
from portal.vault import keys
from tests import factories, people
from tests.reviews import world

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 9, 14, 0, tzinfo=dt.UTC)  # 9 am in Toronto
TUESDAY = dt.datetime(2026, 11, 10, 13, 0, tzinfo=dt.UTC)  # 8 am in Toronto


def page() -> str:
    return people.browser(people.person("joanne")).get(reverse("pages:today")).content.decode()


def patient(number: int) -> User:
    return User.objects.create_user(email=f"p{number}@example.org", name=f"Patient {number:02}", time_zone="UTC")


def call_on_tuesday(number: int = 1):
    """A first talk of this patient's, at the first free time of Tuesday on Joanne's wall."""
    from bookings import availability
    from bookings.models import Practice, Service
    from portal import clock

    practice = Practice.objects.filter(consultant=people.person("joanne")).first() or factories.open_hours()
    case = factories.open_case(patient(number))
    service = Service.objects.get(code="first_talk")
    starts = availability.free_starts(case, practice, service, clock.now())
    starts_at = next(start for start in starts if start.astimezone(practice.zone).day == 10)
    return factories.book(case, service="first_talk", starts_at=starts_at)


def test_todays_calls_stand_in_order_with_what_matters(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    call = call_on_tuesday()
    User.objects.filter(pk=call.patient_id).update(safe_to_ring="Tired after 2 pm")
    time_machine.move_to(TUESDAY, tick=False)
    html = page()
    assert "1 call today, nothing to read" in html
    assert "Next: Patient 01" in html
    assert "Best reached: Tired after 2 pm" in html
    assert "this call doesn’t replace a second opinion from a doctor" in html


def test_a_canceled_call_is_gone(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    call = call_on_tuesday()
    bookings.cancel(call, by=Actor.person(call.patient))
    time_machine.move_to(TUESDAY, tick=False)
    assert "No calls today" in page()


def test_tomorrows_call_is_said_to_come(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    call_on_tuesday()
    html = page()
    assert "No calls today" in html
    assert "Next calls" in html
    assert "Patient 01" in html


def test_plans_to_read_stand_by_their_date():
    review = world.waiting("rosa")
    html = page()
    assert "1 plan to read" in html
    assert reverse("reviews:brief", args=[review.pk]) in html
    assert "Breast cancer" not in html


def test_another_consultant_sees_none_of_it():
    world.waiting("rosa")
    html = people.browser(people.person("amir")).get(reverse("pages:today")).content.decode()
    assert "Rosa" not in html


def test_the_next_call_says_what_a_reader_needs(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    review = world.taken(days=1)
    time_machine.move_to(MONDAY + dt.timedelta(hours=23, minutes=22), tick=False)
    html = page()
    assert "In 38 minutes" in html
    assert "Is a smaller operation possible for me?" in html
    assert "You may read the plan." in html
    assert reverse("reviews:brief", args=[review.pk]) in html


def test_a_call_that_is_about_to_begin_can_be_joined(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    call = world.taken(days=1).consultation
    join = reverse("bookings:call", args=[call.pk])
    time_machine.move_to(MONDAY + dt.timedelta(hours=23), tick=False)
    assert join not in page()
    time_machine.move_to(MONDAY + dt.timedelta(hours=23, minutes=50), tick=False)
    assert join in page()


def test_a_call_says_its_language_and_who_may_join(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    review = world.taken(days=1)
    User.objects.filter(pk=review.case.patient_id).update(language="es")
    asked = helping.ask(review.case, people.person("ines"), by=world.by("rosa"))
    helping.agree(asked, chosen="most", by=world.by("rosa"))
    time_machine.move_to(MONDAY + dt.timedelta(hours=22), tick=False)
    html = page()
    assert "May join: Inés Delgado." in html
    assert "Spanish." in html


def test_it_asks_few_queries_with_everything_on_it(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    world.written(days=1)
    world.waiting("grace", days=1.2)
    world.talk(factories.open_case(people.person("ama")), people.person("joanne"), days=2)
    call_on_tuesday()
    time_machine.move_to(MONDAY + dt.timedelta(hours=22), tick=False)
    page()
    keys.look_again()
    browser = people.browser(people.person("joanne"))
    browser.get(reverse("pages:today"))
    with CaptureQueriesContext(connection) as asked:
        assert "Waiting for the plan" in browser.get(reverse("pages:today")).text
    assert len(asked) <= 15, "\n".join(each["sql"][:150] for each in asked.captured_queries)


@pytest.mark.full
def test_as_many_queries_for_five_calls_as_for_one(time_machine):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page()
        return len(seen)

    time_machine.move_to(MONDAY, tick=False)
    call_on_tuesday(1)
    time_machine.move_to(TUESDAY, tick=False)
    page()
    one = queries()
    time_machine.move_to(MONDAY, tick=False)
    for number in range(2, 6):
        call_on_tuesday(number)
    time_machine.move_to(TUESDAY, tick=False)
    assert queries() == one
