"""A call that did not take place: one of us finds a new time with the patient, once, until a call is booked."""

import datetime as dt

import pytest
from django.db.models import Q

from bookings import actions as bookings
from bookings.missed import NEW_TIME
from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.reviews.after import actions
from cases.reviews.after.actions import Said
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import todos
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def call(time_machine):
    """A call of yesterday's."""
    booked = world.talk(factories.open_case(), people.person("joanne"), days=1, hope="")
    time_machine.move_to(clock.now() + 2 * DAY, tick=False)
    return booked


def save(call, went="did_not", key="joanne", seen=0, **also):
    return actions.save(call, Said(went=went, why="technical", **also), seen=seen, by=by(key))


def asked():
    return ToDo.objects.filter(kind=NEW_TIME)


def test_one_of_us_is_to_find_a_new_time(call):
    save(call)
    todo = asked().open().get()
    assert (todo.for_role, todo.case_id, todo.about_id) == ("coordinator", call.case_id, str(call.pk))
    factories.open_hours(call.consultant)
    page = people.browser(people.person("theo")).get(todos.page_of(todo), follow=True)
    assert page.status_code == 200
    offer = page.context["offer"]
    assert (offer.service, offer.practice.pk) == (call.service, call.consultant_id)


def test_said_twice_or_in_other_words_it_is_asked_once(call):
    save(call), save(call)
    save(call, notes="She rang back.", seen=1)
    assert asked().count() == 1
    settle_to_do(asked().get(), by=by("theo"))
    save(call, notes="She rang back twice.", seen=2)
    assert asked().count() == 1


@pytest.mark.parametrize(
    "follows",
    [
        {"follows": "talk"},
        {"follows": "coordinator", "follow_words": "Please ring her."},
        {"follows": "todo", "follow_words": "I ring her.", "due_on": dt.date(2100, 1, 4)},
    ],
)
def test_where_the_consultant_chose_what_follows_nobody_else_is_asked(call, follows):
    if "due_on" in follows:
        follows |= {"due_on": (clock.now() + 7 * DAY).date()}
    save(call, **follows)
    assert not asked().exists()


def test_chosen_later_or_took_place_after_all_nobody_needs_to(call):
    save(call)
    save(call, follows="talk", seen=1)
    assert not asked().open().exists()
    save(call, seen=2)
    assert asked().open().count() == 1
    save(call, went="cut_short", seen=3)
    assert not asked().open().exists()
    assert Event.objects.filter(verb="todo.dropped", about_id__in=[str(one.pk) for one in asked()]).count() == 2


def test_booking_a_call_settles_it(call):
    save(call)
    factories.book(call.case, call.consultant, service="first_talk")
    todo = asked().get()
    assert (todo.done_at, todo.done_by) == (clock.now(), call.patient)


def test_a_new_time_that_is_booked_already_needs_none(call):
    again = factories.book(call.case, call.consultant, service=call.service.code)
    save(call)
    assert not asked().exists()
    assert again.is_booked


def test_a_call_that_took_place_asks_nobody(call):
    actions.save(call, Said(went="took_place"), seen=0, by=by("joanne"))
    assert not asked().exists()


@pytest.mark.parametrize("key", ["theo", "rosa", "amir"])
def test_only_its_consultant_says_so(call, key):
    with pytest.raises(Refused):
        save(call, key=key)
    assert not asked().exists()


def test_another_case_keeps_its_own(call):
    save(call)
    grace = factories.open_case(people.person("grace"))
    other = factories.book(grace, call.consultant, service="first_talk")
    assert asked().open().count() == 1
    bookings.cancel(other, by=by("grace"))
    assert asked().filter(~Q(case=call.case)).count() == 0
