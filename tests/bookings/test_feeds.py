"""A calendar reads somebody's calls under a secret address: only theirs, discreet, and not a moment longer."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from bookings import actions, feeds
from bookings.feeds import CalendarFeed
from cases.case.helping import actions as helping
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
OWN = "/calendar/"


@pytest.fixture
def call(case):
    return factories.book(case)


def make(user):
    return feeds.make(user, by=Actor.person(user))


def read(token):
    return Client().get(feeds.path_of(token))


def events(token):
    return list(Calendar.from_ical(read(token).content).walk("VEVENT"))


def test_the_page_shows_the_address_once_and_it_opens(call, rosa):
    browser = people.browser(rosa)
    made = browser.post(OWN, {"do": "make"})
    address = re.search(r'value="https?://[^/]+(/calendars/[^"]+)"', made.content.decode())[1]
    assert made["Cache-Control"] == "no-store, private"
    assert Client().get(address).status_code == 200
    assert "/calendars/" not in browser.get(OWN).content.decode()
    assert Event.objects.filter(verb="calendar_feed.made").count() == 1


def test_it_says_when_and_with_whom_and_nothing_else(call, rosa):
    (event,) = events(make(rosa))
    assert str(event["summary"]) == "Call with Joanne"
    assert event["uid"] == call.uid
    assert event.decoded("dtstart") == call.starts_at
    assert "organizer" not in event
    assert b"Breast" not in read(make(rosa)).content
    assert b"BEGIN:VTIMEZONE" in read(make(rosa)).content


def test_the_consultant_reads_their_own_calls_only(call, joanne):
    assert [str(event["summary"]) for event in events(make(joanne))] == ["Call with Rosa"]
    assert events(make(people.person("amir"))) == []
    assert events(make(people.person("theo"))) == []


def test_a_canceled_call_is_gone(call, rosa):
    token = make(rosa)
    actions.cancel(call, by=Actor.person(rosa))
    assert events(token) == []


@pytest.mark.parametrize(("chosen", "count"), [("most", 1), ("dates", 0)])
def test_a_helper_who_may_join_has_the_call_in_their_own_calendar(case, call, rosa, chosen, count):
    ines = people.person("ines")
    asked = helping.ask(case, ines, by=Actor.person(rosa))
    helping.agree(asked, chosen=chosen, by=Actor.person(rosa))
    token = make(ines)
    assert len(events(token)) == count


def test_a_new_address_ends_the_old_one(call, rosa):
    old, new = make(rosa), make(rosa)
    assert (read(old).status_code, read(new).status_code) == (404, 200)
    assert CalendarFeed.objects.count() == 1


def test_ended_it_is_missing_and_ended_twice_too(call, rosa):
    token = make(rosa)
    for _press in range(2):
        people.browser(rosa).post(OWN, {"do": "stop"})
    assert read(token).status_code == 404
    assert Event.objects.filter(verb="calendar_feed.stopped").count() == 1


def test_who_may_not_sign_in_any_more_has_none(call, rosa):
    token = make(rosa)
    rosa.can_sign_in = False
    rosa.save(update_fields=["can_sign_in"])
    assert read(token).status_code == 404


@pytest.mark.parametrize("token", ["x", "../../etc", "%0B", "a" * 500])
def test_what_was_never_made_is_missing(token):
    assert Client().get(f"/calendars/{token}/calls.ics").status_code == 404


def test_nobody_makes_one_for_another(rosa, joanne):
    for act in (feeds.make, feeds.stop):
        with pytest.raises(Refused):
            act(rosa, by=Actor.person(joanne))


def test_only_a_digest_is_kept(rosa):
    token = make(rosa)
    assert token not in str(list(CalendarFeed.objects.values()))
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.update(digest=token)


def test_the_booked_page_leads_there(call, rosa):
    assert reverse("bookings:own_calendar") in people.browser(rosa).get(call.get_absolute_url()).content.decode()


def test_one_of_us_who_is_a_patient_too_reads_both(case, call, joanne):
    amir = factories.open_hours(people.person("amir")).consultant
    own = factories.book(factories.open_case(joanne), amir, service="first_talk")
    assert {str(each["summary"]): each["uid"] for each in events(make(joanne))} == {
        "Call with Rosa": call.uid,
        "Call with Amir": own.uid,
    }
