"""An earlier time that somebody else took is nobody's to ring about; who waits for one who has left is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from bookings import actions
from bookings.models import Practice, Service, Wish
from bookings.waiting import actions as waiting
from bookings.waiting import looking
from bookings.waiting.ending import EARLIER, LEFT
from bookings.waiting.notices import LEFT as LEFT_WORDS
from cases.case.models import ToDo
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def hand(user):
    return Actor.person(user)


@pytest.fixture
def by_phone(rosa):
    rosa.channel, rosa.phone = "call", "+1 416 555 0118"
    rosa.save(update_fields=["channel", "phone"])
    return rosa


def ask(case, **wish):
    fields = {
        "service": Service.objects.get(code="first_talk"),
        "weekdays": range(5),
        "until_on": clock.today(case.patient.zone) + timedelta(days=60),
    }
    return waiting.ask(case, **(fields | wish), by=hand(case.patient))


def leave(user):
    User.objects.filter(pk=user.pk).update(can_sign_in=False)


def to_ring(kind=EARLIER):
    return ToDo.objects.open().filter(kind=kind)


def left_rows(user):
    return Reminder.objects.to_person(user).unsettled().filter(kind=LEFT_WORDS.code)


@pytest.fixture
def rung(by_phone, case):
    """A time got free, and somebody is to ring Rosa about it."""
    grace = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    ask(case)
    actions.cancel(grace, by=hand(grace.patient))
    looking.look(clock.now())
    assert to_ring().count() == 1
    return grace.starts_at


def test_nobody_rings_about_a_time_that_was_taken_and_free_again_it_is_news(rung):
    ama = factories.book(factories.open_case(people.person("ama")), service="first_talk", starts_at=rung)
    looking.look(clock.now())
    assert not to_ring().exists()
    actions.cancel(ama, by=hand(ama.patient))
    assert looking.look(clock.now()) == 1
    assert to_ring().count() == 1


def test_while_it_is_free_somebody_rings(rung):
    looking.look(clock.now())
    assert to_ring().count() == 1


def test_who_waits_for_one_who_left_is_told_once_and_can_widen_it(case, rosa, joanne):
    ask(case, consultant=joanne)
    looking.look(clock.now())
    assert not left_rows(rosa).exists()
    leave(joanne)
    looking.look(clock.now())
    looking.look(clock.now())
    row = left_rows(rosa).get()
    assert kinds.kind_of(row.kind).still_due([row], clock.now()) == {row.pk}
    page = people.browser(rosa)
    earlier = reverse("bookings:earlier", args=[case.pk])
    assert "does not work with us any more" in page.get(earlier).content.decode()
    assert page.post(earlier, {"do": "widen"}).status_code == 302
    assert page.post(earlier, {"do": "widen"}).status_code == 302
    assert Wish.objects.get(ended_at=None).consultant is None
    assert not left_rows(rosa).exists()


def test_the_message_names_who_left_and_nothing_else(case, rosa, joanne):
    ask(case, consultant=joanne)
    leave(joanne)
    looking.look(clock.now())
    row = left_rows(rosa).get()
    reader = type("Reader", (), {"called": "Rosa", "id": str(rosa.pk)})
    said = kinds.kind_of(row.kind).words([row], reader, clock.now())[row.pk]
    assert said.lead == "Joanne does not work with us any more, Rosa"
    assert said.path == reverse("bookings:earlier", args=[case.pk])


def test_who_has_no_email_is_rung_and_widening_settles_it(by_phone, case, joanne):
    ask(case, consultant=joanne)
    leave(joanne)
    looking.look(clock.now())
    assert to_ring(LEFT).count() == 1
    waiting.widen(case, by=hand(people.person("theo")))
    assert not to_ring(LEFT).exists()


def test_who_comes_back_makes_the_message_needless(case, rosa, joanne):
    ask(case, consultant=joanne)
    leave(joanne)
    looking.look(clock.now())
    User.objects.filter(pk=joanne.pk).update(can_sign_in=True)
    row = left_rows(rosa).get()
    assert kinds.kind_of(row.kind).still_due([row], clock.now()) == set()


def test_others_widen_nothing(case, joanne):
    ask(case, consultant=joanne)
    with pytest.raises(Refused):
        waiting.widen(case, by=hand(people.person("amir")))


def test_a_wish_for_anyone_has_nobody_who_left(case):
    wish = ask(case)
    assert Practice.objects.working().exists()
    with pytest.raises(IntegrityError):
        Wish.objects.filter(pk=wish.pk).update(left_told_at=clock.now())
