"""A coordinator books, moves and cancels for someone who rings: as herself, with how the patient agreed."""

from datetime import UTC

import pytest
from django.urls import reverse

from bookings import actions, availability
from bookings.models import Consultation, Hold, Service
from cases.case import actions as case_actions
from cases.case.models import Consent
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import sender
from portal.reminders.models import Delivery
from portal.texts.words import text
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


@pytest.fixture
def walter(monday) -> User:
    """He has a phone and a letter box, and no email."""
    return User.objects.create_user(
        name="Walter Ames", called="Walter", can_sign_in=False, phone="+12125550123", channel="letter",
        postal="14 Mill Lane\nAlbany, NY 12207", time_zone="America/Chicago",
    )  # fmt: skip


@pytest.fixture
def case(walter):
    return factories.open_case(walter)


@pytest.fixture
def theos(monday):
    return people.browser(people.person("theo"))


def held(case, practice, browser, service="plan") -> Hold:
    start = availability.free_starts(case, practice, Service.objects.get(code=service), clock.now())[0]
    slot = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    sent = {"slot": slot, "how": "phone", "service": service}
    answer = browser.post(reverse("bookings:pick", args=[case.pk]), sent)
    assert answer.status_code == 302, answer.text
    return Hold.objects.get(patient=case.patient)


def ticks(**other) -> dict[str, str]:
    return {"scope": "on", "may_read": "on", "said": "phone", "version": str(text("scope_tick").version)} | other


def check_page(hold) -> str:
    return reverse("bookings:check", args=[hold.pk])


def test_the_time_page_says_for_whom_and_offers_a_phone_call(case, theos):
    answer = theos.get(reverse("bookings:pick", args=[case.pk]))
    assert "You act for Walter" in answer.text
    assert answer.context["how"] == "phone"


def test_the_scope_is_read_out_and_kept_by_version(case, practice, theos):
    kept = held(case, practice, theos)
    page = theos.get(check_page(kept)).text
    assert "Read this out before you book" in page
    assert "Phone call: Joanne Pike calls Walter" in page
    assert "That is where Walter is." in page  # his own clock comes first, the coordinator's beside it
    assert "For you:" in page
    assert theos.post(check_page(kept), ticks()).status_code == 302
    call = Consultation.objects.get()
    assert (call.booked_by, call.patient) == (people.person("theo"), case.patient)
    assert {(each.kind, each.how, each.person) for each in Consent.objects.all()} == {
        ("scope", "phone", case.patient),
        ("read", "phone", case.patient),
    }
    assert call.scope.text == text("scope_tick")
    booked = Event.objects.get(verb="consultation.booked")
    assert (booked.actor_id, booked.for_patient) == (people.person("theo").pk, case.patient_id)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"said": ""}, "Say how they agreed"),
        ({"said": "page"}, "Select a valid choice"),
        ({"scope": ""}, "Tick this line to book"),
        ({"version": "99"}, "Read out the new ones"),
    ],
)
def test_nothing_is_booked_until_the_patient_agreed(case, practice, theos, wrong, words):
    kept = held(case, practice, theos)
    answer = theos.post(check_page(kept), ticks(**wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert not Consultation.objects.exists()
    assert not Consent.objects.exists()


def test_the_action_asks_a_coordinator_how_the_patient_said_it(case, practice, theos):
    kept = held(case, practice, theos)
    by = Actor.person(people.person("theo"))
    for how in ("", "page", "mail"):
        with pytest.raises(Refused):
            actions.book(hold=kept, accepts_scope=True, may_read=True, how=how, by=by)


def test_what_the_patient_accepted_once_is_not_asked_again(case, practice, theos):
    theos.post(check_page(held(case, practice, theos)), ticks())
    again = held(case, practice, theos, service="first_talk")
    page = theos.get(check_page(again)).text
    assert "Walter accepted this on" in page
    assert 'name="said"' not in page
    assert theos.post(check_page(again), {}).status_code == 302
    assert Consultation.objects.count() == 2


def test_moving_and_canceling_are_done_for_the_patient(case, practice, theos):
    theos.post(check_page(held(case, practice, theos)), ticks())
    call = Consultation.objects.get()
    page = theos.get(call.get_absolute_url()).text
    assert reverse("bookings:move", args=[call.pk]) in page
    assert "You act for Walter" in page
    later = availability.free_starts(case, practice, call.service, clock.now(), moving=call)[-1]
    slot = later.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    theos.post(reverse("bookings:move", args=[call.pk]), {"slot": slot, "how": "phone"})
    assert theos.post(check_page(Hold.objects.get()), {}).status_code == 302
    call.refresh_from_db()
    assert (call.starts_at, call.version) == (later, 1)
    theos.post(reverse("bookings:cancel", args=[call.pk]), {"reason": ""})
    verbs = {"consultation.moved", "consultation.cancelled"}
    assert set(Event.objects.filter(verb__in=verbs).values_list("for_patient", flat=True)) == {case.patient_id}


def test_no_message_to_one_without_email_waits_for_a_mailbox(case, practice, theos, walter):
    theos.post(check_page(held(case, practice, theos)), ticks())
    sender.run()
    own = Delivery.objects.filter(recipient_type="user", recipient_id=str(walter.pk))
    assert own
    assert {each.channel for each in own} <= {"letter", "call"}


def test_a_consultant_books_for_nobody(case, practice):
    case_actions.assign(case, people.person("joanne"), why="booking", by=Actor.person(people.person("theo")))
    joanne = people.browser(people.person("joanne"))
    joanne.post(reverse("bookings:pick", args=[case.pk]), {"slot": "2026-11-17T15:00Z", "how": "phone"})
    assert not Hold.objects.exists()
