"""The consultant moves the preparation of a call: what blocks, what is free again, what takes it along."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from bookings import actions as booking
from bookings import availability, picker
from bookings.models import Reservation, Service
from bookings.preparing import actions
from bookings.rules import JustTaken
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.bookings.test_models import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
HOUR = timedelta(hours=1)


@pytest.fixture
def call(case, practice):
    """A plan is read before it: some days ahead, so that there is a choice."""
    service = Service.objects.get(code="plan")
    return factories.book(case, starts_at=availability.free_starts(case, practice, service, clock.now())[20])


@pytest.fixture
def hand(joanne):
    return Actor.person(joanne)


@pytest.fixture
def joannes(joanne):
    return people.browser(joanne)


def words(answer):
    return " ".join(answer.content.decode().split())


def prepared_at(call):
    return actions.reserved(call).starts_at


def free(practice, code="first_talk"):
    new = factories.open_case(people.person("ama"))
    return availability.free_starts(new, practice, Service.objects.get(code=code), clock.now())


def choices(call, practice):
    return actions.free_starts(call, actions.reserved(call), practice, clock.now())


def test_its_old_time_is_free_at_once_and_the_new_one_is_not(call, practice, hand):
    before = free(practice)
    old, new = prepared_at(call), next(at for at in choices(call, practice) if at in before)
    assert old not in before
    actions.move(call, starts_at=new, by=hand)
    assert prepared_at(call) == new
    assert old in free(practice)
    # What is left of the stretch is shorter than the shortest call and its rest.
    assert not {new, new + HOUR / 2} & set(free(practice))
    assert Event.objects.filter(verb="consultation.preparation_moved", about_id=str(call.pk)).count() == 1


def test_back_directly_before_the_call(call, practice, hand):
    actions.move(call, starts_at=choices(call, practice)[0], by=hand)
    actions.move(call, starts_at=call.starts_at - HOUR, by=hand)
    assert prepared_at(call) == call.starts_at - HOUR


def test_pressed_twice_it_is_moved_once(call, practice, hand):
    new = choices(call, practice)[0]
    for _press in range(2):
        actions.move(call, starts_at=new, by=hand)
    assert Event.objects.filter(verb="consultation.preparation_moved").count() == 1


def test_every_choice_is_over_before_the_call(call, practice):
    assert max(choices(call, practice)) == call.starts_at - HOUR
    assert min(choices(call, practice)) > clock.now()


@pytest.mark.parametrize(
    "shift", [timedelta(), -HOUR / 2, timedelta(days=1), -timedelta(days=30), timedelta(minutes=-70)]
)
def test_a_time_that_is_not_offered_is_refused_in_words(call, practice, hand, shift):
    before = prepared_at(call)
    with pytest.raises(JustTaken) as told:
        actions.move(call, starts_at=call.starts_at + shift, by=hand)
    assert "not free" in told.value.message
    assert prepared_at(call) == before


def test_a_booked_or_held_time_is_refused(call, practice, hand):
    new = next(at for at in choices(call, practice) if at in free(practice))
    factories.hold(factories.open_case(people.person("ama")), service="first_talk", starts_at=new)
    with pytest.raises(JustTaken):
        actions.move(call, starts_at=new, by=hand)


def test_the_database_refuses_it_in_the_way_of_a_call(call, practice, joanne):
    own = call.reservations.get(kind="consultation")
    refused(
        "reservation_consultant_is_in_one_place",
        lambda: Reservation.objects.filter(consultation=call, kind="preparation").update(
            starts_at=own.starts_at, ends_at=own.ends_at
        ),
    )


def test_a_moved_call_takes_it_along_and_a_canceled_one_frees_it(call, practice, case, hand, rosa):
    actions.move(call, starts_at=choices(call, practice)[0], by=hand)
    service = Service.objects.get(code="plan")
    later = availability.free_starts(case, practice, service, clock.now(), moving=call)[-1]
    kept = factories.hold(case, starts_at=later, moving=call)
    moved = booking.move(hold=kept, by=Actor.person(rosa))
    assert prepared_at(moved) == moved.starts_at - HOUR
    actions.move(moved, starts_at=choices(moved, practice)[0], by=hand)
    booking.cancel(moved, by=Actor.person(rosa))
    assert not Reservation.objects.exists()


def test_only_the_calls_own_consultant_moves_it_and_not_once_it_has_begun(call, practice, hand, case, rosa, monday):
    new = choices(call, practice)[0]
    amir = people.person("amir")
    factories.assign(case, amir)
    for other in (amir, rosa, people.person("theo")):
        with pytest.raises(Refused):
            actions.move(call, starts_at=new, by=Actor.person(other))
    monday.move_to(call.starts_at)
    with pytest.raises(Refused):
        actions.move(call, starts_at=new, by=hand)


def test_a_call_without_preparation_says_so(case, practice, hand, joannes):
    talk = factories.book(case, service="first_talk")
    with pytest.raises(Refused):
        actions.move(talk, starts_at=talk.starts_at - HOUR, by=hand)
    address = reverse("bookings:preparation", args=[talk.pk])
    assert "has no preparation" in words(joannes.get(address, follow=True))


def test_it_does_not_count_towards_the_cap(call, practice, hand):
    practice.daily_cap = 1
    practice.save()
    day_before = [at for at in choices(call, practice) if at.date() < call.starts_at.date()]
    actions.move(call, starts_at=day_before[-1], by=hand)
    assert any(at.date() == day_before[-1].date() for at in free(practice))


def test_free_slots_prints_its_old_time(call, practice, hand):
    def printed():
        said = StringIO()
        call_command("free_slots", str(practice.pk), day, service="first_talk", stdout=said)
        return said.getvalue().split()

    old = prepared_at(call)
    day = old.astimezone(practice.zone).date().isoformat()
    name = old.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert name not in printed()
    actions.move(call, starts_at=choices(call, practice)[0], by=hand)
    assert name in printed()


# The page


def test_the_page_of_the_call_and_today_lead_there(call, joannes, monday):
    address = reverse("bookings:preparation", args=[call.pk])
    assert address in words(joannes.get(call.get_absolute_url()))
    assert address not in words(people.browser(call.patient).get(call.get_absolute_url()))
    monday.move_to(prepared_at(call) - HOUR)
    assert address in words(people.browser(call.consultant).get("/staff/today/"))


def test_it_is_moved_by_one_press(call, practice, joannes):
    address = reverse("bookings:preparation", args=[call.pk])
    new = choices(call, practice)[0]
    page = words(joannes.get(f"{address}?week={new:%Y-%m-%d}"))
    assert f'value="{picker.value_of(new)}"' in page
    assert "directly before the call now" in page
    assert "is moved" in words(joannes.post(address, {"slot": picker.value_of(new)}, follow=True))
    assert prepared_at(call) == new
    assert "Directly before the call" in words(joannes.get(address))


@pytest.mark.parametrize(("slot", "status"), [("", 422), ("never", 422), ("2026-11-09T14:00Z", 409)])
def test_what_cannot_be_is_said_on_the_page(call, joannes, slot, status):
    answer = joannes.post(reverse("bookings:preparation", args=[call.pk]), {"slot": slot})
    assert answer.status_code == status
    assert "rs-errors" in words(answer)


@pytest.mark.parametrize("query", ["?week=nonsense", "?week=1999-01-01", "?week=2199-12-31", "?week=2026-11-09"])
def test_any_week_opens(call, joannes, query):
    assert joannes.get(reverse("bookings:preparation", args=[call.pk]) + query).status_code == 200
