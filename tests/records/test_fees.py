"""A fee that an office asks for: seen, paid, told back, and taken back."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.desk.answers import answer
from cases.records import actions
from cases.records.models import Want
from cases.records.wants import fees
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.records.builders import actor, booked_visit, item, on_november_5

pytestmark = pytest.mark.django_db
NOV_4, NOV_5 = date(2026, 11, 4), date(2026, 11, 5)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return booked_visit()


def asks_fee(visit, *needs, fee="$25, by card at the phone"):
    thing = actions.tell(item(visit), "asked", on=NOV_4, by=actor("rosa"))
    return answer(thing, "needs", needs=["fee", *needs], fee=fee, by=Actor("office", id=thing.holder_id)).item


def todos():
    return ToDo.objects.open().filter(kind=fees.TELL_PAID)


def test_paid_it_counts_as_asked_for_and_one_of_us_tells_the_office(visit):
    thing = fees.say_paid(asks_fee(visit), on=NOV_4, by=actor("rosa"))
    assert (thing.state, thing.asked_on, thing.need) == ("asked", NOV_5, "")
    want = Want.objects.get()
    assert (want.paid_on, want.met_by, want.told_at) == (NOV_4, people.person("rosa"), None)
    assert "Lakeside" in todos().get().note
    settle_to_do(todos().get(), by=actor("theo"))
    want.refresh_from_db()
    assert want.told_at


def test_said_twice_it_is_said_once(visit):
    thing = asks_fee(visit)
    fees.say_paid(thing, on=NOV_4, by=actor("rosa"))
    fees.say_paid(thing, on=NOV_5, by=actor("theo"))
    assert Want.objects.get().paid_on == NOV_4
    assert todos().count() == 1
    assert Event.objects.filter(verb="fee.paid").count() == 1


@pytest.mark.parametrize("on", [NOV_5 + timedelta(days=1), NOV_5 - timedelta(days=400)])
def test_a_day_that_cannot_be_is_refused(visit, on):
    with pytest.raises(Refused):
        fees.say_paid(asks_fee(visit), on=on, by=actor("rosa"))


def test_where_no_fee_is_asked_for_none_is_paid(visit):
    with pytest.raises(Refused, match="No fee is asked for"):
        fees.say_paid(item(visit), by=actor("rosa"))


def test_with_a_form_to_sign_it_waits_for_that(visit):
    thing = asks_fee(visit, "form")
    assert thing.need == "signature"
    thing = fees.say_paid(thing, by=actor("rosa"))
    assert (thing.state, thing.need) == ("needs_you", "signature")


def test_a_fee_heard_by_phone_is_paid_like_one_from_a_page(visit):
    thing = actions.tell(item(visit), "needs_you", need="fee", reason="$10, cash", by=actor("theo"))
    fees.say_paid(thing, by=actor("theo"))
    assert (Want.objects.get().words, item(visit).state) == ("$10, cash", "asked")


def test_taken_back_it_is_open_again(visit):
    thing = fees.say_paid(asks_fee(visit), by=actor("rosa"))
    thing = fees.take_back_paid(thing, by=actor("rosa"))
    assert (thing.state, thing.need, thing.reason) == ("needs_you", "fee", "A fee: $25, by card at the phone")
    assert not todos().exists()
    assert Want.objects.get().met_at is None
    assert fees.say_paid(thing, by=actor("rosa")).state == "asked"


def test_what_was_sent_meanwhile_stays_sent(visit):
    thing = fees.say_paid(asks_fee(visit), by=actor("rosa"))
    actions.tell(thing, "sent", by=actor("rosa"))
    with pytest.raises(Refused, match="moved on"):
        fees.take_back_paid(thing, by=actor("rosa"))


def test_asked_for_a_second_fee_the_first_one_is_past(visit):
    fees.say_paid(asks_fee(visit), by=actor("rosa"))
    thing = item(visit)
    thing = answer(thing, "needs", needs=["fee"], fee="$5 more", by=Actor("office", id=thing.holder_id)).item
    assert fees.is_open(thing, fees.latest(thing))
    assert fees.paid_on([thing]) == {}


@pytest.mark.parametrize("who", ["joanne", "grace"])
def test_nobody_else_says_it(visit, who):
    thing = asks_fee(visit)
    with pytest.raises(Refused):
        fees.say_paid(thing, by=actor(who))


@pytest.mark.parametrize("wrong", [{"paid_on": NOV_4}, {"what": "tip"}, {"told_at": "2026-11-05T15:00:00Z"}])
def test_the_database_refuses_what_cannot_be(visit, wrong):
    asks_fee(visit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Want.objects.update(**wrong)


def test_the_page_says_who_pays_and_how(visit):
    thing = asks_fee(visit, fee="<b>$25</b>")
    thing.holder.fee = "$15 for slides"
    thing.holder.save(update_fields=["fee"])
    rosa, page = people.browser(people.person("rosa")), reverse("records:fee", args=[thing.pk])
    shown = rosa.get(page).content.decode()
    assert "asks for a fee" in shown
    assert "&lt;b&gt;$25&lt;/b&gt;" in shown
    assert "$15 for slides" in shown
    assert "straight to the office" in shown
    assert page in rosa.get(reverse("records:list", args=[visit.case_id])).content.decode()
    assert rosa.post(page, {"do": "paid", "on": "2027-01-01"}).status_code == 422
    assert "Paid on November 4" in rosa.post(page, {"do": "paid", "on": "2026-11-04"}, follow=True).content.decode()
    assert "asks for a fee" in rosa.post(page, {"do": "not_paid"}, follow=True).content.decode()


def test_the_board_has_the_call(visit):
    fees.say_paid(asks_fee(visit), by=actor("rosa"))
    board = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert "A fee is paid" in board
