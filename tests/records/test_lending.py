"""What is lent is followed and goes back: carrier, tracking number, the day, who is reminded, "given back"."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.documents.models import Document
from cases.records import actions, reminders
from cases.records.board import handing_over
from cases.records.models import RecordItem, RecordKind
from cases.records.planning import DUE_BACK
from portal import clock
from portal.errors import Refused
from portal.reminders.models import Reminder
from tests import people
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db

BACK_ON = date(2026, 12, 10)
KIND = next(kind for kind in reminders.KINDS if kind.code == DUE_BACK)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def visit(november_5):
    return booked_visit()


def lent(visit, kind="slides", on=BACK_ON):
    """Sent by courier, and due back on a day."""
    sent = actions.tell(item(visit, kind), "sent", carrier="FedEx", tracking="7718 22", by=actor("theo"))
    return actions.set_due_back(sent, on=on, by=actor("theo"))


def rows(thing):
    return list(Reminder.objects.filter(kind=DUE_BACK, about_id=thing.pk, settled_at=None))


def calls():
    return ToDo.objects.open().filter(kind="give_back")


def text(answer):
    return " ".join(answer.content.decode().split())


def test_slides_and_discs_are_lent_and_nothing_else():
    assert set(RecordKind.objects.filter(is_lent=True).values_list("pk", flat=True)) == {"slides", "imaging_disc"}


def test_they_never_go_through_us(visit):
    with pytest.raises(Refused, match="We never keep this one"):
        actions.set_route(item(visit, "slides"), "through_us", by=actor("rosa"))
    with pytest.raises(IntegrityError, match="recorditem_lent_is_never_with_us"), transaction.atomic():
        RecordItem.objects.filter(visit=visit, kind="slides").update(route="through_us")


def test_only_what_is_lent_goes_back(visit):
    with pytest.raises(Refused, match="does not go back"):
        actions.set_due_back(item(visit), on=BACK_ON, by=actor("rosa"))
    with pytest.raises(Refused, match="does not go back"):
        actions.give_back(item(visit), by=actor("rosa"))
    with pytest.raises(IntegrityError, match="recorditem_only_lent_is_due_back"), transaction.atomic():
        RecordItem.objects.filter(pk=item(visit).pk).update(due_back_on=BACK_ON)


def test_a_file_of_slides_is_a_copy_the_slides_are_still_to_come(visit):
    document = plan(visit.case).document
    Document.objects.filter(pk=document.pk).update(kind="slides")
    document.refresh_from_db()
    actions.follow_document(document)
    slides = item(visit, "slides")
    assert (slides.state, slides.route, slides.documents.count()) == ("needs_you", "direct", 1)


def test_its_day_to_go_back_is_the_coordinator_s(visit):
    (row,) = rows(lent(visit))
    assert (row.recipient_id, row.due_at.date()) == ("coordinator", BACK_ON)
    assert KIND.still_due([row], clock.now()) == {row.pk}


def test_what_she_carries_she_gives_back(visit):
    actions.set_route(item(visit, "slides"), "carried", by=actor("rosa"))
    actions.tell(item(visit, "slides"), "held", by=actor("rosa"))
    thing = actions.set_due_back(item(visit, "slides"), on=BACK_ON, by=actor("rosa"))
    (row,) = rows(thing)
    assert row.recipient_id == str(visit.case.patient_id)


@pytest.mark.parametrize("ending", ["cancel", "took_place"])
def test_it_goes_back_whatever_became_of_the_visit(visit, november_5, ending):
    thing = lent(visit)
    november_5.move_to("2026-11-25T15:00:00Z")
    (actions.cancel_visit if ending == "cancel" else actions.say_took_place)(visit, by=actor("rosa"))
    (row,) = rows(thing)
    thing.refresh_from_db()
    assert (row.version, KIND.still_due([row], clock.now())) == (thing.version, {row.pk})


def test_another_day_withdraws_the_old_one(visit):
    thing = lent(visit)
    thing = actions.set_due_back(thing, on=date(2026, 12, 17), by=actor("theo"))
    (row,) = rows(thing)
    assert row.due_at.date() == date(2026, 12, 17)


def test_given_back_ends_it_and_can_be_taken_back(visit):
    thing = actions.give_back(lent(visit), by=actor("theo"))
    assert (thing.back_on, rows(thing)) == (date(2026, 11, 5), [])
    assert actions.give_back(thing, by=actor("rosa")).moved_by == people.person("theo")
    actions.undo(thing, by=actor("theo"))
    thing.refresh_from_db()
    assert (thing.back_on, len(rows(thing))) == (None, 1)


def test_a_day_that_cannot_be_is_refused(visit):
    thing = lent(visit)
    for on in (date(2026, 11, 4), date(2028, 1, 1)):
        with pytest.raises(Refused):
            actions.set_due_back(thing, on=on, by=actor("theo"))
    with pytest.raises(Refused):
        actions.give_back(thing, on=date(2026, 11, 6), by=actor("theo"))
    with pytest.raises(Refused):
        actions.give_back(item(visit, "slides"), on=date(2026, 11, 4), by=actor("theo"))


def test_asked_for_once_more_it_is_lent_once_more(visit):
    thing = actions.tell(lent(visit), "arrived", by=actor("theo"))
    thing = actions.tell(thing, "will_not_open", reason="The box broke", by=actor("theo"))
    thing = actions.tell(actions.give_back(thing, by=actor("theo")), "asked", by=actor("theo"))
    assert (thing.due_back_on, thing.back_on) == (None, None)


def test_a_stranger_says_nothing_of_it(visit):
    with pytest.raises(Refused):
        actions.set_due_back(item(visit, "slides"), on=BACK_ON, by=actor("grace"))


# --- the board


def test_once_its_day_has_come_it_is_on_the_board_until_it_is_back(visit, november_5):
    thing = lent(visit)
    handing_over.put_on_board(now=clock.now())
    assert not calls().exists()
    november_5.move_to("2026-12-10T15:00:00Z")
    for _run in range(2):
        handing_over.put_on_board(now=clock.now())
    assert calls().get().about_id == str(thing.pk)
    actions.give_back(thing, by=actor("theo"))
    assert not calls().exists()


def test_a_call_that_was_made_is_not_asked_for_again_until_a_new_day_is_said(visit, november_5):
    thing = lent(visit)
    november_5.move_to("2026-12-10T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    settle_to_do(calls().get(), by=actor("theo"))
    november_5.move_to("2026-12-11T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    assert not calls().exists()
    actions.set_due_back(thing, on=date(2026, 12, 17), by=actor("theo"))
    november_5.move_to("2026-12-17T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    assert calls().count() == 1


def test_done_in_the_message_gives_it_back(visit):
    thing = lent(visit)
    for _press in range(2):
        KIND.answer(rows(thing)[0] if rows(thing) else Reminder.objects.get(kind=DUE_BACK), "done", actor("theo"))
    thing.refresh_from_db()
    assert thing.back_on == date(2026, 11, 5)


# --- the page


def test_the_page_says_who_brings_it_its_number_and_when_it_goes_back(visit):
    browser = people.browser(people.person("rosa"))
    url = reverse("records:tell", args=[item(visit, "slides").pk, "sent"])
    browser.post(url, {"carrier": "FedEx", "tracking": "7718 22"})
    browser.post(reverse("records:set_due_back", args=[item(visit, "slides").pk]), {"due_back": "2026-12-10"})
    shown = text(browser.get(reverse("records:list", args=[visit.case.pk])))
    assert "by FedEx" in shown
    assert "Tracking number: 7718 22." in shown
    assert "Due back on Thursday, December 10." in shown
    browser.post(reverse("records:tell", args=[item(visit, "slides").pk, "given_back"]))
    shown = text(browser.get(reverse("records:list", args=[visit.case.pk])))
    assert "Given back on November 5." in shown
    assert "Due back" not in shown


def test_a_day_that_is_no_day_is_said_on_the_page(visit):
    browser = people.browser(people.person("rosa"))
    answer = browser.post(reverse("records:set_due_back", args=[item(visit, "slides").pk]), {"due_back": "soon"})
    assert answer.status_code == 422
    assert "Enter the day in full" in text(answer)


def test_the_coordinator_s_file_says_when_it_is_due_back(visit):
    lent(visit)
    shown = text(people.browser(people.person("theo")).get(reverse("pages:case_file", args=[visit.case.pk])))
    assert "Due back Thu, Dec 10" in shown
