"""A note to the patient when one of us cancels a call: written anywhere, read where the message leads."""

import pytest
from django.urls import reverse

from bookings import actions, asked_moves
from bookings.models import Consultation
from bookings.noting import ASKING, CANCELING
from portal import clock
from portal.accounts import drafts
from portal.actors import Actor
from portal.reminders import kinds, readers
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
NOTE = "I am ill <b>this</b> week."
HARD = (
    "Notwithstanding considerable organizational difficulties, an unavoidable institutional reorganization "
    "necessitates the cancellation of previously communicated appointments."
)


@pytest.fixture
def call(case):
    return factories.book(case)


def words(answer):
    return " ".join(answer.content.decode().split())


def cancel_page(call):
    return reverse("bookings:cancel", args=[call.pk])


@pytest.mark.parametrize("who", ["joanne", "theo"])
def test_one_of_us_cancels_with_a_note_that_the_patient_reads(call, rosa, who):
    browser = people.browser(people.person(who))
    page = words(browser.get(cancel_page(call)))
    assert "A note, if you like. Rosa reads it." in page
    assert "Rosa hears at once" in page
    assert "Too tired is reason enough" not in page
    for _press in range(2):
        browser.post(cancel_page(call), {"note": NOTE, "reason": "flu"})
    call.refresh_from_db()
    assert (call.state, call.note, call.cancel_reason) == ("cancelled", NOTE, "flu")
    read = words(people.browser(rosa).get(call.get_absolute_url()))
    assert "I am ill &lt;b&gt;this&lt;/b&gt; week." in read
    assert "flu" not in read


def test_the_patient_writes_no_note_to_herself(call, rosa):
    browser = people.browser(rosa)
    assert 'name="note"' not in words(browser.get(cancel_page(call)))
    browser.post(cancel_page(call), {"note": NOTE})
    call.refresh_from_db()
    assert (call.state, call.note) == ("cancelled", "")


def test_a_note_that_is_too_long_cancels_nothing(call, joanne):
    answer = people.browser(joanne).post(cancel_page(call), {"note": "x" * 501})
    assert answer.status_code == 422
    assert Consultation.objects.get().is_booked


def test_her_message_leads_to_the_note_and_without_one_to_the_times(case, call, joanne, rosa):
    def leads_to():
        row = Reminder.objects.to_person(rosa).unsettled().get(kind="bookings.told_patient")
        reader = readers.reader_of((row.recipient_type, row.recipient_id), clock.now())
        said = kinds.kind_of(row.kind).words([row], reader, clock.now())[row.pk]
        assert NOTE not in said.line
        return said.path

    actions.cancel(call, note=NOTE, by=Actor.person(joanne))
    assert leads_to() == call.get_absolute_url()
    assert reverse("bookings:pick", args=[case.pk]) in words(people.browser(rosa).get(leads_to()))
    gone = Consultation.objects.get()
    gone.note = ""
    gone.save(update_fields=["note"])
    assert leads_to() == f"{reverse('bookings:pick', args=[case.pk])}?again={call.pk}"


def test_who_is_asked_for_another_time_reads_why_beside_the_times(call, joanne, rosa):
    asked_moves.ask_to_move(call, note=NOTE, by=Actor.person(joanne))
    page = words(people.browser(rosa).get(reverse("bookings:move", args=[call.pk])))
    assert "Why Joanne asks for another time:" in page
    assert "I am ill &lt;b&gt;this&lt;/b&gt; week." in page


@pytest.mark.parametrize("form", [CANCELING, ASKING])
@pytest.mark.parametrize(("who", "hears"), [("joanne", True), ("theo", True), ("rosa", False), ("amir", False)])
def test_how_hard_it_is_to_read_is_said_while_it_is_typed(call, form, who, hears):
    browser = people.browser(people.person(who))
    answer = browser.post(
        reverse("accounts:draft", args=[form, call.pk]), {"note": HARD}, headers={"hx-request": "true"}
    )
    assert ("Shorter sentences help" in words(answer)) is hears


@pytest.mark.parametrize("page", ["cancel", "ask_to_move"])
def test_what_was_typed_is_there_again_until_it_is_sent(call, joanne, page):
    address, form = reverse(f"bookings:{page}", args=[call.pk]), {"cancel": CANCELING, "ask_to_move": ASKING}[page]
    browser = people.browser(joanne)
    browser.post(reverse("accounts:draft", args=[form, call.pk]), {"note": HARD})
    assert "Notwithstanding" in words(browser.get(address))
    assert "Shorter sentences help" in words(browser.get(address))
    browser.post(address, {"note": "I am ill."})
    assert drafts.kept(joanne, form, call) is None
