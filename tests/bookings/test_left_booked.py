"""Her consultant left, and she books a call with another of us: that answers the question who goes on."""

import pytest
from django.urls import reverse

from bookings import actions as bookings
from bookings.models import Consultation
from cases.case.left import actions, notices
from cases.case.models import Consent, Departure, ToDo
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from portal.texts.words import text
from tests import factories, people
from tests.bookings.test_left import address, browser, leave
from tests.bookings.test_left import case as case
from tests.bookings.test_statements import as_a_page_finds_it, statements
from tests.records.builders import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def amir():
    return factories.open_hours(people.person("amir")).consultant


def is_settled(departure, by_whom):
    departure.refresh_from_db()
    waits = ToDo.objects.open().filter(kind=actions.CONSULTANT_LEFT).exists()
    told = Reminder.objects.unsettled().filter(kind=notices.LEFT).exists()
    return (departure.answer, departure.chosen, waits, told) == ("takes", by_whom, False, False)


def test_her_booking_is_the_answer_and_nobody_asks_any_more(case, amir):
    departure = leave()
    factories.book(case, amir)
    assert is_settled(departure, amir)
    assert "You chose Amir Haddad, who may read your files now." in browser().get(address(departure)).content.decode()
    factories.book(case, amir, service="first_talk")
    assert Event.objects.filter(verb="departure.answered").count() == 1


def test_a_talk_lets_nobody_read_and_the_page_says_so(case, amir):
    departure = leave()
    kept = factories.hold(case, amir, service="first_talk")
    bookings.book(hold=kept, accepts_scope=True, by=actor("rosa"))
    assert is_settled(departure, amir)
    said = "Amir Haddad goes on with {}, and reads nothing"
    assert said.format("you") in browser().get(address(departure)).content.decode()
    assert said.format("Rosa") in browser("theo").get(address(departure)).content.decode()
    assert not Consent.objects.standing().filter(kind="read", consultant=amir).exists()


def test_after_call_me_it_is_settled_too_and_somebody_rings_still(case, amir):
    departure = leave()
    actions.ask_for_call(departure, by=actor("rosa"))
    factories.book(case, amir)
    assert is_settled(departure, amir)
    assert ToDo.objects.open().filter(case=case, kind="call").exists()


def test_what_she_booked_on_the_phone_counts(case, amir):
    departure = leave()
    kept = factories.hold(case, amir)
    agreed = {"accepts_scope": True, "may_read": True, "how": "phone", "version": text("scope_tick").version}
    bookings.book(hold=kept, **agreed, by=actor("theo"))
    assert is_settled(departure, amir)


def test_answered_with_one_and_booked_with_another_the_answer_stays(case, amir):
    departure = leave()
    actions.choose(departure, people.person("vera"), by=actor("rosa"))
    factories.book(case, amir)
    departure.refresh_from_db()
    assert departure.chosen == people.person("vera")


def test_moving_the_call_to_another_settles_it_and_moving_a_call_of_another_does_not(case, amir):
    call = factories.book(case, people.person("joanne"), service="first_talk")
    departure = leave()
    rosas, at = browser(), reverse("bookings:move", args=[call.pk])
    found = rosas.get(at).context["offer"]
    assert found.moving == call
    slot = found.suggestions()[0]["value"]
    kept = rosas.post(at, {"slot": slot, "how": "phone", "with": "anyone"})
    assert not is_settled(departure, amir)
    assert rosas.post(kept.url, {"hope": ""}).status_code == 302
    assert Consultation.objects.booked().get().consultant == amir
    assert is_settled(departure, amir)


def test_of_another_case_nothing_is_settled(case, amir):
    departure = leave()
    factories.book(factories.open_case(people.person("grace")), amir)
    departure.refresh_from_db()
    assert departure.answer == ""


def test_a_hold_alone_or_a_booking_that_is_refused_settles_nothing(case, amir):
    departure = leave()
    kept = factories.hold(case, amir)
    with pytest.raises(Refused):
        bookings.book(hold=kept, by=actor("rosa"))
    departure.refresh_from_db()
    assert departure.answer == ""


def test_a_helper_answers_nothing_for_her(case, amir):
    departure = leave()
    call = factories.book(case, amir)
    Departure.objects.update(answer="", chosen=None, answered_at=None)
    actions.booked_with(case, call.consultant, by=actor("ines"))
    departure.refresh_from_db()
    assert departure.answer == ""


def test_booking_costs_no_statement_more_where_nothing_is_asked(case, amir):
    kept = as_a_page_finds_it(factories.hold(case, amir))
    said = statements(lambda: bookings.book(hold=kept, accepts_scope=True, may_read=True, by=actor("rosa")))
    assert len(said) <= 12
    assert not [sql for sql in said if 'FROM "case_departure"' in sql and sql.startswith('SELECT "case_departure"')]
