"""Her own call does not stand in her way: what gets free beside it is told, as if that call moved."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import actions
from bookings.models import Hold, Service, ToldTime
from bookings.waiting import actions as waiting
from bookings.waiting import looking
from bookings.waiting.ending import EARLIER
from bookings.waiting.models import FreeTimes
from bookings.waiting.notices import EARLIER_TIME
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def hand(user):
    return Actor.person(user)


@pytest.fixture
def before(monday, practice):
    """Grace's talk at 9, the first of a day in two weeks."""
    grace = factories.open_case(people.person("grace"))
    day = clock.today(practice.zone) + timedelta(days=14)
    at = datetime.combine(day, time(9), practice.zone).astimezone(UTC)
    return factories.book(grace, service="first_talk", starts_at=at)


@pytest.fixture
def call(case, before):
    """Rosa's plan call at 11, its preparation from 10: a plan call at 10 or at 10:30 would reach into it."""
    return factories.book(case, service="plan", starts_at=before.starts_at + timedelta(hours=2))


@pytest.fixture
def earlier(before):
    """The starts that her own call and Grace's are in the way of, and nothing else."""
    return {before.starts_at + timedelta(hours=1), before.starts_at + timedelta(minutes=90)}


def ask(case):
    until_on = clock.today(case.patient.zone) + timedelta(days=60)
    plan = Service.objects.get(code="plan")
    return waiting.ask(case, service=plan, weekdays=range(7), until_on=until_on, by=hand(case.patient))


def told(user):
    return Reminder.objects.to_person(user).unsettled().filter(kind=EARLIER_TIME.code)


def due(row):
    return bool(kinds.kind_of(row.kind).still_due([row], clock.now()))


def test_the_time_that_only_her_own_call_reaches_into_is_told_once(call, before, earlier, case):
    wish = ask(case)
    assert looking.look(clock.now()) == 0
    actions.cancel(before, by=hand(before.patient))
    assert looking.look(clock.now()) == 1
    assert looking.look(clock.now()) == 0
    assert set(ToldTime.objects.filter(wish=wish).values_list("starts_at", flat=True)) == earlier
    assert due(told(case.patient).get())


def test_for_anybody_else_nothing_got_free(call, before, earlier, case):
    other = factories.open_case(people.person("ama"))
    ask(case), ask(other)
    actions.cancel(before, by=hand(before.patient))
    assert looking.look(clock.now()) == 1
    assert not told(other.patient).exists()
    assert not FreeTimes.objects.filter(wish=None, starts__overlap=list(earlier)).exists()


def test_a_look_that_kept_nothing_yet_tells_what_anybody_could_have(call, before, case):
    """As for those who waited before this was kept."""
    ask(case)
    FreeTimes.objects.exclude(wish=None).delete()
    actions.cancel(before, by=hand(before.patient))
    assert looking.look(clock.now()) == 0
    assert FreeTimes.objects.exclude(wish=None).count() == 1


def test_what_she_could_move_to_already_is_no_news(call, before, case):
    actions.cancel(before, by=hand(before.patient))
    ask(case)
    assert looking.look(clock.now()) == 0


def test_taken_by_another_it_is_due_no_more_and_nobody_rings(call, before, earlier, case):
    ask(case)
    actions.cancel(before, by=hand(before.patient))
    looking.look(clock.now())
    row = told(case.patient).get()
    factories.book(factories.open_case(people.person("ama")), service="first_talk", starts_at=before.starts_at)
    looking.look(clock.now())
    assert not due(row)


def test_who_has_no_email_is_rung_while_it_is_free_and_not_after(call, before, case):
    case.patient.channel, case.patient.phone = "call", "+1 416 555 0118"
    case.patient.save(update_fields=["channel", "phone"])
    ask(case)
    actions.cancel(before, by=hand(before.patient))
    looking.look(clock.now())
    looking.look(clock.now())
    rung = ToDo.objects.open().filter(kind=EARLIER)
    assert rung.count() == 1
    factories.book(factories.open_case(people.person("ama")), service="first_talk", starts_at=before.starts_at)
    looking.look(clock.now())
    assert not rung.exists()


def test_what_is_kept_for_a_wish_goes_with_it(call, before, case):
    wish = ask(case)
    waiting.ask(
        before.case,
        service=Service.objects.get(code="first_talk"),
        weekdays=range(7),
        until_on=clock.today(case.patient.zone) + timedelta(days=60),
        by=hand(before.patient),
    )
    assert FreeTimes.objects.filter(wish=wish).count() == 1
    waiting.take_back(case, by=hand(case.patient))
    looking.look(clock.now())
    assert not FreeTimes.objects.filter(wish=wish).exists()
    assert FreeTimes.objects.exists()


def test_her_own_choice_that_lapsed_is_no_news(call, before, case):
    actions.cancel(before, by=hand(before.patient))
    ask(case)
    factories.hold(case, service="plan", starts_at=before.starts_at + timedelta(hours=1), moving=call)
    looking.look(clock.now())
    Hold.objects.all().delete()
    assert looking.look(clock.now()) == 0


def test_the_database_keeps_one_look_of_a_wish(call, case):
    wish = ask(case)
    row = FreeTimes.objects.get(wish=wish)
    with pytest.raises(IntegrityError, match="freetimes_once_for_a_wish"), transaction.atomic():
        FreeTimes.objects.create(practice=row.practice, service=row.service, wish=wish, until_on=row.until_on)
    anybody = FreeTimes.objects.filter(wish=None).first()
    with pytest.raises(IntegrityError, match="freetimes_once"), transaction.atomic():
        FreeTimes.objects.create(practice=anybody.practice, service=anybody.service, until_on=anybody.until_on)
