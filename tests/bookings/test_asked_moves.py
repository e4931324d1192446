"""One of us asks for another time: the call stays until its patient chooses, and she is told once."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions, asked_moves, availability, availability_actions, slots
from bookings.models import Consultation
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
NOTE = "I am at my daughter's wedding."


@pytest.fixture
def call(case):
    return factories.book(case)


@pytest.fixture
def asked(call, joanne):
    return asked_moves.ask_to_move(call, note=NOTE, by=Actor.person(joanne))


def words(answer):
    return " ".join(answer.content.decode().split())


def to_dos():
    return ToDo.objects.open().filter(kind=asked_moves.ASK_TO_MOVE)


def told(user):
    return Reminder.objects.to_person(user).unsettled().filter(kind="bookings.please_move")


def another_time(call):
    practice = availability.Practice.objects.get(pk=call.consultant_id)
    free = availability.free_starts(call.case, practice, call.service, clock.now(), moving=call)
    kept = factories.hold(call.case, starts_at=free[-1], moving=call)
    return actions.move(hold=kept, by=Actor.person(call.patient))


def test_the_call_stays_and_its_patient_reads_why(asked, rosa):
    assert (asked.state, asked.version) == ("booked", 0)
    assert told(rosa).count() == 1
    page = words(people.browser(rosa).get(asked.get_absolute_url()))
    assert "Joanne asks for another time" in page
    assert "daughter&#x27;s wedding" in page
    assert reverse("bookings:move", args=[asked.pk]) in page


def test_asked_twice_she_is_told_once_and_reads_the_newest_note(asked, rosa, joanne):
    again = asked_moves.ask_to_move(asked, note="On a train.", by=Actor.person(joanne))
    assert (again.move_asked_at, again.note) == (asked.move_asked_at, "On a train.")
    assert (told(rosa).count(), to_dos().count()) == (1, 1)


def test_moved_nothing_is_asked_any_more(asked, rosa):
    row = told(rosa).get()
    moved = another_time(asked)
    assert (moved.move_asked_at, moved.note) == (None, "")
    assert not to_dos().exists()
    assert not kinds.kind_of(row.kind).still_due([row], clock.now())


def test_canceled_nothing_is_asked_any_more(asked, rosa):
    gone = actions.cancel(asked, by=Actor.person(rosa))
    assert (gone.move_asked_at, gone.note) == (None, "")
    assert not to_dos().exists()


def test_it_may_take_place_after_all(asked, joanne, monday):
    monday.move_to(asked.ends_at + timedelta(minutes=1))
    assert actions.complete(asked, by=Actor.person(joanne)).move_asked_at is None
    assert not to_dos().exists()


def test_within_2_hours_nobody_is_asked_by_message(call, joanne, monday):
    monday.move_to(call.starts_at - timedelta(minutes=119))
    with pytest.raises(Refused, match="too late"):
        asked_moves.ask_to_move(call, by=Actor.person(joanne))


@pytest.mark.parametrize("who", ["rosa", "amir", "grace"])
def test_only_the_team_of_the_case_asks(call, who):
    with pytest.raises(Refused):
        asked_moves.ask_to_move(call, by=Actor.person(people.person(who)))


def test_whoever_has_no_email_is_rung_today(call, rosa, joanne):
    rosa.channel, rosa.phone = "call", "+1 416 555 0118"
    rosa.save(update_fields=["channel", "phone"])
    call.patient.refresh_from_db()
    asked_moves.ask_to_move(call, by=Actor.person(joanne))
    assert to_dos().get().due_on == clock.today(call.zone)
    assert not told(rosa).exists()


def test_with_new_hours_each_call_has_its_own_answer_and_note(case, call, practice, joanne):
    other = factories.book(factories.open_case(people.person("grace")))
    answers = {call.pk: ("move", NOTE), other.pk: ("cancel", "We are closed.")}
    availability_actions.set_hours(practice, spans=[slots.Span(6, time(9), time(12))], answers=answers, by=hand(joanne))
    call.refresh_from_db()
    other.refresh_from_db()
    assert (call.state, call.note) == ("booked", NOTE)
    assert (other.state, other.note, other.cancel_reason) == ("cancelled", "We are closed.", "")
    page = words(people.browser(people.person("grace")).get(other.get_absolute_url()))
    assert "We are closed." in page


def hand(user):
    return Actor.person(user)


def test_a_call_that_begins_too_soon_to_be_moved_leaves_the_hours_as_they_are(call, practice, joanne, monday):
    monday.move_to(call.starts_at - timedelta(minutes=30))
    before = practice.hours.count()
    with pytest.raises(Refused, match="too late"):
        availability_actions.set_hours(practice, spans=[], answers={call.pk: ("move", "")}, by=hand(joanne))
    assert practice.hours.count() == before


def test_the_page_asks_and_the_hours_say_who_was_asked(call, joanne):
    browser = people.browser(joanne)
    address = reverse("bookings:ask_to_move", args=[call.pk])
    assert "Ask Rosa Delgado for another time?" in words(browser.get(address))
    assert "You asked for another time" in words(browser.post(address, {"note": NOTE}, follow=True))
    assert "Asked for another time" in words(browser.get(reverse("bookings:hours")))


def test_the_database_refuses_a_question_about_a_call_that_is_off(call, rosa):
    actions.cancel(call, by=Actor.person(rosa))
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=call.pk).update(move_asked_at=clock.now())
