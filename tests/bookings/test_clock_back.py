"""The server's clock is set back by some minutes: nothing that a person presses meanwhile breaks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import actions
from bookings.company import actions as company
from bookings.models import Consultation, Hold
from cases.case.left import actions as left
from cases.case.models import Departure
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
BACK = timedelta(minutes=-45)


@pytest.fixture
def rosas(rosa):
    return Actor.person(rosa)


def test_a_time_that_is_kept_stays_kept_and_can_be_chosen_again(case, rosas, monday):
    kept = factories.hold(case)
    monday.shift(BACK)
    kept = actions.renew(kept, by=rosas)
    assert (kept.made_at, kept.expires_at) == (clock.now(), clock.now() + timedelta(minutes=30))
    monday.shift(BACK)
    again = factories.hold(case, starts_at=kept.starts_at)
    assert (again.pk, again.made_at) == (kept.pk, clock.now())
    assert Hold.objects.get().expires_at == clock.now() + timedelta(minutes=30)


def test_it_is_booked_moved_and_canceled(case, rosas, monday, practice):
    kept = factories.hold(case)
    monday.shift(BACK)
    call = actions.book(hold=kept, accepts_scope=True, may_read=True, by=rosas)
    later = factories.hold(case, starts_at=call.starts_at + timedelta(days=1), moving=call)
    monday.shift(BACK)
    actions.move(hold=later, by=rosas)
    monday.shift(BACK)
    actions.cancel(call, by=rosas)
    assert Consultation.objects.get().state == "cancelled"


def test_who_was_named_is_taken_off(case, rosas, monday):
    companion = company.name(factories.book(case), called="Ben Adu", by=rosas)
    monday.shift(BACK)
    assert company.remove(companion, by=rosas).ended_at == companion.named_at


def test_who_goes_on_is_answered_and_booking_works(case, rosas, monday):
    amir = factories.open_hours(people.person("amir")).consultant
    departure = left.tell(case, people.person("joanne"), by=Actor.person(people.person("mara")))
    monday.shift(BACK)
    factories.book(case, amir)
    departure = Departure.objects.get(pk=departure.pk)
    assert (departure.chosen, departure.answered_at) == (amir, departure.left_at)


def test_the_way_in_goes_by_the_clock_as_it_is(case, monday):
    call = factories.book(case, service="first_talk")
    monday.move_to(call.starts_at - timedelta(minutes=5))
    page, hers = reverse("bookings:call", args=[call.pk]), people.browser(case.patient)
    assert "Join the video call" in hers.get(page).content.decode()
    monday.shift(BACK)
    assert "The way in opens here" in people.browser(case.patient).get(page).content.decode()
