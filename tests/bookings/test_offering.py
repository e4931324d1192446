"""A consultant offers a patient of hers another call: held, answered by the patient, never booked without her."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import actions, asking, availability
from bookings.models import AskedHold, Consultation, Reservation, Service
from bookings.offering import actions as offering
from bookings.rules import JustTaken
from cases.case.actions import end_assignment
from cases.case.models import ToDo
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def hand(user):
    return Actor.person(user)


@pytest.fixture
def call(case, joanne, monday):
    """Rosa's call with Joanne is over."""
    booked = factories.book(case, service="first_talk")
    monday.move_to(booked.ends_at + timedelta(minutes=5))
    return booked


@pytest.fixture
def start(call, case, practice):
    return availability.free_starts(case, practice, Service.objects.get(code="after_second"), clock.now())[3]


def offer(case, start, by=None, **wish):
    fields = {"service": Service.objects.get(code="after_second"), "how": "video", "key": uuid4()}
    return offering.offer(case, starts_at=start, **(fields | wish), by=by or hand(people.person("joanne")))


def told(user, kind):
    return Reminder.objects.to_person(user).unsettled().filter(kind=kind)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_from_her_page_she_offers_one_of_her_times_and_the_patient_books_it(call, case, joanne, rosa):
    hers = people.browser(joanne)
    page = reverse("bookings:offer", args=[case.pk])
    assert page in words(hers.get(call.get_absolute_url()))
    shown = hers.get(page)
    slot = shown.context["offer"].suggestions()[0]["value"]
    sent = {"slot": slot, "how": "phone", "service": "after_second", "key": str(shown.context["key"])}
    assert hers.post(page, sent).status_code == 302
    assert hers.post(page, sent).status_code == 302
    asked = AskedHold.objects.get()
    assert (asked.asked_by, asked.consultant, asked.state) == (joanne, joanne, "waiting")
    row = told(rosa, "bookings.asked").get()
    assert kinds.kind_of(row.kind).still_due([row], clock.now()) == {row.pk}
    mine = people.browser(rosa)
    assert "Joanne offers you another call" in words(mine.get(asked.get_absolute_url()))
    assert mine.post(asked.get_absolute_url(), {"do": "yes"}).status_code == 302
    booked = Consultation.objects.get(held_as=asked.pk)
    assert (booked.state, booked.consultant, booked.how, booked.booked_by) == ("booked", joanne, "phone", rosa)
    actions.cancel(booked, by=hand(rosa))
    assert not Reservation.objects.filter(consultation=booked).exists()


def test_no_frees_the_time_and_she_hears_of_it(call, case, start, joanne, rosa):
    asked = offer(case, start)
    with pytest.raises(JustTaken):
        factories.hold(factories.open_case(people.person("grace")), service="first_talk", starts_at=start)
    asking.decline(asked, by=hand(rosa))
    assert not Reservation.objects.filter(asked=asked).exists()
    row = told(joanne, "bookings.asked_answer").get()
    assert kinds.kind_of(row.kind).still_due([row], clock.now()) == {row.pk}
    said = kinds.kind_of(row.kind).words([row], type("Reader", (), {"id": str(joanne.pk)}), clock.now())[row.pk]
    assert (said.subject, said.path) == (
        "A time you offered is free again",
        reverse("bookings:offer", args=[case.pk]),
    )


def test_she_takes_it_back_twice_is_once(call, case, start, joanne, rosa):
    offer(case, start)
    hers = people.browser(joanne)
    for _time in range(2):
        hers.post(reverse("bookings:offer", args=[case.pk]), {"do": "take_back"})
    assert AskedHold.objects.get().state == "withdrawn"
    assert not told(rosa, "bookings.asked").exists()


def test_a_new_offer_takes_the_place_of_hers_and_never_of_anothers(call, case, start, rosa):
    first = offer(case, start)
    second = offer(case, start + timedelta(minutes=30))
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "waiting")
    AskedHold.objects.filter(pk=second.pk).update(asked_by=people.person("ama"))
    with pytest.raises(Refused, match="held already"):
        offer(case, start + timedelta(days=1))


def test_what_the_rule_does_not_offer_is_not_offered(call, case, start):
    with pytest.raises(JustTaken):
        offer(case, start + timedelta(minutes=7))
    factories.book(factories.open_case(people.person("grace")), service="first_talk", starts_at=start)
    with pytest.raises(JustTaken):
        offer(case, start)
    assert not AskedHold.objects.exists()


@pytest.mark.parametrize("who", ["amir", "rosa", "theo", "grace"])
def test_others_offer_nothing(call, case, start, who):
    with pytest.raises(Refused):
        offer(case, start, by=hand(people.person(who)))
    answer = people.browser(people.person(who)).post(reverse("bookings:offer", args=[case.pk]), {"do": "take_back"})
    assert answer.status_code == 404


def test_another_form_with_the_same_key_is_refused(call, case, start):
    asked = offer(case, start)
    AskedHold.objects.filter(pk=asked.pk).update(asked_by=people.person("ama"))
    with pytest.raises(Refused, match="changed"):
        offer(case, start, key=asked.pk)


def test_nobody_answers_in_three_days_and_it_is_free(call, case, start, monday, rosa):
    asked = offer(case, start + timedelta(days=7))
    monday.shift(timedelta(days=3, minutes=1))
    assert asking.end_over(clock.now()) == 1
    asked.refresh_from_db()
    assert asked.state == "expired"
    with pytest.raises(Refused):
        asking.accept(asked, accepts_scope=True, may_read=True, by=hand(rosa))


def test_once_she_left_the_case_her_offer_is_over(call, case, start, joanne, rosa):
    asked = offer(case, start)
    end_assignment(case, joanne, by=SYSTEM)
    with pytest.raises(Refused, match="not held"):
        asking.accept(asked, accepts_scope=True, may_read=True, by=hand(rosa))
    assert asking.end_over(clock.now()) == 1
    assert not Reservation.objects.filter(asked=asked).exists()


def test_who_has_no_email_is_asked_on_the_phone(call, case, start, rosa):
    rosa.channel, rosa.phone = "call", "+1 416 555 0118"
    rosa.save(update_fields=["channel", "phone"])
    case.patient.refresh_from_db()
    offer(case, start)
    assert ToDo.objects.open().filter(kind="asked_time").count() == 1
    assert not told(rosa, "bookings.asked").exists()
