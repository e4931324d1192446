"""Which consultant gives which kind of call: nothing new of another kind is booked, and what is booked stays."""

import pytest
from django.urls import reverse

from bookings import actions, anyone, availability, availability_actions
from bookings.models import Consultation, Practice, Reservation, Service
from bookings.rules import JustTaken
from portal import clock
from portal.actors import Actor
from tests import factories, people
from tests.bookings.test_availability_actions import TERMS
from tests.bookings.test_staff_pages import HOURS, RULES, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def leave_out_plans(practice):
    by = Actor.person(practice.consultant)
    return availability_actions.set_terms(practice, **TERMS | {"gives": ["first_talk"]}, by=by)


def service(code):
    return Service.objects.get(code=code)


def test_a_kind_that_is_not_given_is_not_offered_and_others_are(case, practice):
    practice = leave_out_plans(practice)
    assert availability.free_starts(case, practice, service("plan"), clock.now()) == []
    assert availability.free_starts(case, practice, service("first_talk"), clock.now())


def test_the_page_says_so(case, practice, rosa):
    leave_out_plans(practice)
    page = reverse("bookings:pick", args=[case.pk])
    answer = people.browser(rosa).get(f"{page}?with={practice.pk}&service=plan&day=2026-11-17")
    assert "Joanne does not give this kind of call" in words(answer)


def test_it_cannot_be_held(case, practice):
    start = availability.free_starts(case, practice, service("plan"), clock.now())[0]
    leave_out_plans(practice)
    with pytest.raises(JustTaken) as told:
        factories.hold(case, starts_at=start)
    assert "not offered any more" in told.value.message


def test_a_time_chosen_before_is_let_go_and_told(case, practice, rosa):
    kept = factories.hold(case)
    leave_out_plans(practice)
    assert not Reservation.objects.exists()
    with pytest.raises(JustTaken):
        actions.book(hold=kept, accepts_scope=True, may_read=True, by=Actor.person(rosa))


def test_a_booked_call_stays_is_listed_and_can_be_moved(case, practice, rosa):
    call = factories.book(case)
    practice = leave_out_plans(practice)
    assert Consultation.objects.get().state == "booked"
    page = words(people.browser(practice.consultant).get(HOURS))
    assert "Booked calls of a kind you no longer give" in page
    assert call.get_absolute_url() in page
    later = availability.free_starts(case, practice, service("plan"), clock.now(), moving=call)[-1]
    kept = factories.hold(case, starts_at=later, moving=call)
    leave_out_plans(practice)  # a second time, while the other time is held
    assert actions.move(hold=kept, by=Actor.person(rosa)).starts_at == later


def test_any_who_fits_is_one_who_gives_it(case, practice, rosa):
    leave_out_plans(practice)
    factories.open_hours(people.person("amir"))
    page = reverse("bookings:pick", args=[case.pk])
    offer = people.browser(rosa).get(f"{page}?with=anyone&service=plan").context["offer"]
    assert isinstance(offer, anyone.AnyOffer)
    assert [one.consultant.first_name for one in offer.practices] == ["Amir"]
    assert offer.free


def test_it_is_set_on_the_page(practice):
    joannes = people.browser(practice.consultant)
    joannes.post(reverse("bookings:terms"), {**RULES, "gives": ["plan"]})
    assert Practice.objects.get().left_out == ["first_talk", "after_second"]
    assert words(joannes.get(HOURS)).count('name="gives"') == 3
