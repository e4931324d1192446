"""The facts of the house, set by its administrators on a page: nobody else, and not unseen."""

import contextlib
import threading

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages.house import actions
from portal.pages.house.facts import FACTS
from portal.texts.models import Holiday, Organisation
from portal.texts.words import organisation
from tests import factories, people
from tests.at_once.rivals import at_once

pytestmark = pytest.mark.django_db
PAGE = "/staff/organization/"
FILLED = {
    "name": "Remission Support",
    "sender_name": "RS office",
    "address": "12 Sample Street",
    "serves": "People in Canada",
    "languages": "English",
    "price": "Free of charge",
    "phone": "416-555-0100",
    "fax": "416-555-0199",
    "email": "office@example.org",
    "hours": "9 to 5 Eastern Time",
    "answer_time": "one business day",
    "emergency_number": "911",
    "crisis_lines": "988",
    "time_zone": "America/New_York",
    "region": "US",
    "alarms_to": "",
}


@pytest.fixture
def mara():
    return people.browser(people.person("mara"))


def sent(**more):
    newest = Organisation.objects.order_by("pk").last()
    return FILLED | {"seen": newest.pk if newest else 0} | more


def words(answer):
    return " ".join(answer.content.decode().split())


def by(key):
    return Actor.person(people.person(key))


def say(key="mara", seen=0, **more):
    facts = {name: FILLED[name] for name in FACTS} | {"alarms_to": None}
    return actions.say_facts(facts | more, seen=seen, by=by(key))


def test_an_empty_house_is_filled_in_and_the_brackets_go(client, mara):
    page = words(mara.get(PAGE))
    assert "11 facts are still empty." in page
    assert "[our phone number]" in words(client.get(reverse("pages:landing")))
    assert mara.post(PAGE, sent()).status_code == 302
    page = words(mara.get(PAGE, follow=True))
    assert "still empty" not in page
    assert "Changed a fact of the house: Phone" in page
    assert "Mara Okafor" in page
    assert "(416) 555-0100" in words(client.get(reverse("pages:landing")))


def test_each_changed_fact_is_one_line_and_the_same_again_none(mara):
    mara.post(PAGE, sent())
    before = Event.objects.filter(verb="facts.changed").count()
    changed = sent(phone="416-555-0177", hours="8 to 4")
    assert mara.post(PAGE, changed).status_code == 302
    assert mara.post(PAGE, changed).status_code == 302  # a double press: an older row was seen, yet it is the same
    new = Event.objects.filter(verb="facts.changed").order_by("pk")[before:]
    assert [(event.why, event.actor_id) for event in new] == [
        ("fact_phone", people.person("mara").pk),
        ("fact_hours", people.person("mara").pk),
    ]
    assert not any("0177" in f"{event.why}{event.about_id}" for event in new)


def test_two_who_change_at_once_do_not_overwrite_each_other_unseen(mara):
    mara.post(PAGE, sent())
    old = sent(hours="typed by Mara")
    say("mara", seen=old["seen"], hours="saved by another")
    answer = mara.post(PAGE, old)
    assert answer.status_code == 409
    page = words(answer)
    assert "saved by another" in page
    assert "typed by Mara" in page
    assert organisation().hours == "saved by another"
    assert mara.post(PAGE, sent(hours="typed by Mara")).status_code == 302
    assert organisation().hours == "typed by Mara"


@pytest.mark.parametrize("key", ["theo", "joanne", "rosa"])
def test_nobody_but_an_administrator_sets_them(key):
    with pytest.raises(Refused):
        say(key)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("sender_name", "RS\r\nBcc: all@example.org"),
        ("sender_name", "RS <office>"),
        ("sender_name", "Cancer office"),
        ("phone", "call us"),
        ("fax", "x" * 50),
        ("email", "nobody"),
        ("hours", "9 to 5\u202e"),
        ("time_zone", "Mars/Olympus"),
        ("region", "DE"),
        ("emergency_number", "soon"),
        ("alarms_to", "00000000-0000-0000-0000-000000000001"),
        ("seen", "one"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(mara, name, value):
    answer = mara.post(PAGE, sent(**{name: value}))
    assert answer.status_code == 422
    assert "12 Sample Street" in words(answer)
    assert not Organisation.objects.exists()


def test_only_a_working_administrator_hears_of_alarms(mara):
    theo, chief = people.person("theo"), people.person("mara")
    assert mara.post(PAGE, sent(alarms_to=str(theo.pk))).status_code == 422
    assert mara.post(PAGE, sent(alarms_to=str(chief.pk))).status_code == 302
    assert organisation().alarms_to == chief


def test_the_database_refuses_names_that_break_a_header():
    for bad in ("", "   ", "RS\noffice"):
        with pytest.raises(IntegrityError, match="organisation_name_is_one_line"), transaction.atomic():
            Organisation.objects.create(from_at=clock.now(), sender_name=bad)


def test_hostile_text_stays_text(mara, client):
    mara.post(PAGE, sent(hours="<script>alert(1)</script>"))
    for page in (mara.get(PAGE), client.get(reverse("pages:landing"))):
        assert b"<script>alert(1)" not in page.content
        assert b"&lt;script&gt;alert(1)" in page.content


def test_what_reaches_further_is_said_first_and_saved_by_a_second_press(mara):
    mara.post(PAGE, sent())
    asked = sent(sender_name="Sunday club", fax="416-555-0111", time_zone="America/Toronto", region="CA-ON")
    answer = mara.post(PAGE, asked)
    page = words(answer)
    assert answer.status_code == 200
    for said in ("come from “Sunday club”", "former fax number", "Our own days go by", "holidays of Ontario"):
        assert said in page
    assert organisation().sender_name == "RS office"
    sure = answer.context["sure"]
    other = mara.post(PAGE, asked | {"sure": sure, "sender_name": "Monday club"})  # another one than was asked about
    assert (other.status_code, organisation().sender_name) == (200, "RS office")
    assert mara.post(PAGE, asked | {"sure": sure}).status_code == 302
    assert (organisation().sender_name, organisation().region) == ("Sunday club", "CA-ON")


def test_calls_on_a_day_that_becomes_a_holiday_are_counted_first(mara):
    mara.post(PAGE, sent())
    call = factories.book(factories.open_case())
    on = call.starts_at.astimezone(organisation().zone).date()
    assert "booked call" not in words(mara.post(PAGE, sent(region="CA-ON")))
    Holiday.objects.create(region="CA-ON", on_date=on)
    asked = mara.post(PAGE, sent(region="CA-ON"))
    assert "1 booked call lies on a day that is a holiday then." in words(asked)
    refused = mara.post(PAGE, sent(region="CA-ON", sure=asked.context["sure"], phone="416-555-0123"))
    assert refused.status_code == 409
    assert "1 call is booked on a day that is closed there. Ask a coordinator" in words(refused)
    assert "416-555-0123" in words(refused)
    assert organisation().region == "US"


def test_how_people_read_it_is_shown_and_nothing_is_saved(mara, mailoutbox):
    answer = mara.post(PAGE, sent(look="1", phone="416-555-0123", sender_name="Sunday club"))
    page = words(answer)
    assert answer.status_code == 200
    assert page.count("(416) 555-0123") >= 2
    assert "Sunday club" in str(answer.context["look"]["mail"].mail.sender)
    assert not Organisation.objects.exists()
    assert not mailoutbox


def test_an_administrator_who_left_sets_nothing():
    chief = people.person("mara")
    chief.can_sign_in = False
    with pytest.raises(Refused):
        actions.say_facts({}, seen=0, by=Actor.person(chief))


def both_at_once(monkeypatch) -> list[str]:
    """Two save different facts of an empty house, each having read what is there before the other saves."""
    have_read, read = threading.Barrier(2), actions.newest

    def meet():
        found = read()
        with contextlib.suppress(threading.BrokenBarrierError):
            have_read.wait(2)
        return found

    monkeypatch.setattr(actions, "newest", meet)
    who = [by("mara"), by("mara")]
    facts = {name: FILLED[name] for name in FACTS} | {"alarms_to": None}
    said = at_once(
        *[
            lambda one=one, hours=hours: actions.say_facts(facts | {"hours": hours}, seen=0, by=one)
            for one, hours in zip(who, ("one", "two"), strict=True)
        ]
    )
    return [each.error.code for each in said if each.error]


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_the_second_is_told(monkeypatch):
    assert both_at_once(monkeypatch) == ["seen"]
    assert Organisation.objects.count() == 1


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_save(monkeypatch):
    monkeypatch.setattr(actions, "lock_house", lambda: None)
    assert both_at_once(monkeypatch) == []
    assert Organisation.objects.count() == 2
