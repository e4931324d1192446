"""A summary for a patient who signs in nowhere: one thing to do, read out once, on record as read."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.reviews import actions, by_phone
from cases.reviews.models import Review, Summary
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import people
from tests.by_hand import theo, to_email, to_phone, to_read
from tests.pdf_letters import words_of
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    found = world.written()
    to_phone(found.case.patient)
    return found


def shared(review) -> Summary:
    return actions.share(Review.objects.get(pk=review.pk), is_ticked=True, by=by("joanne"))


def open_reminders(summary) -> int:
    return Reminder.objects.about(summary).filter(kind="summary.shared", settled_at=None).count()


def test_it_waits_on_the_board_and_in_no_message(review):
    summary = shared(review)
    assert to_read(review.case) == ["read_summary"]
    assert open_reminders(summary) == 0


def test_read_out_by_its_button_once_for_her(review):
    summary = shared(review)
    browser = people.browser(people.person("theo"))
    page = browser.get(reverse("reviews:summary", args=[review.case_id]))
    assert page.context["to_read_out"]
    for _press in range(2):
        assert browser.post(reverse("reviews:read_out", args=[summary.pk])).status_code == 302
    assert to_read(review.case) == []
    assert Summary.objects.get().first_read_at
    [line] = Event.objects.filter(verb="summary.read_out")
    assert (line.actor_id, line.for_patient) == (theo().id, review.case.patient_id)


def test_an_earlier_version_cannot_stand_for_the_newest(review):
    first = shared(review)
    again = Review.objects.get(pk=review.pk)
    newest = actions.share(again, is_ticked=True, correction="A wrong day.", by=by("joanne"))
    with pytest.raises(Refused):
        by_phone.read_out(first, by=theo())
    by_phone.read_out(newest, by=theo())
    assert to_read(review.case) == []


def test_taken_back_it_waits_no_more_and_is_read_to_nobody(review):
    summary = shared(review)
    actions.withdraw(summary, reason="The wrong plan.", by=by("joanne"))
    assert to_read(review.case) == []
    with pytest.raises(Refused):
        by_phone.read_out(summary, by=theo())


@pytest.mark.parametrize("key", ["joanne", "amir", "grace"])
def test_nobody_but_a_coordinator_reads_it_out(review, key):
    summary = shared(review)
    answer = people.browser(people.person(key)).post(reverse("reviews:read_out", args=[summary.pk]))
    assert answer.status_code == 404
    assert to_read(review.case) == ["read_summary"]


def test_with_an_address_she_is_told_once_of_what_nobody_read_out(review):
    summary = shared(review)
    to_email(review.case.patient)
    assert to_read(review.case) == []
    assert open_reminders(summary) == 1
    to_phone(review.case.patient)
    assert to_read(review.case) == ["read_summary"]
    assert open_reminders(summary) == 0
    by_phone.read_out(summary, by=theo())
    to_email(review.case.patient)
    assert open_reminders(summary) == 0


def printed_by_theo(review) -> tuple[Client, str]:
    """His browser, and what stands on the pages that he prints for the post."""
    browser = people.browser(people.person("theo"))
    printed = browser.post(reverse("pages:print_bundle", args=[review.case_id]))
    return browser, " ".join(words_of(printed.content).split())


def test_posted_with_the_pages_it_is_in_her_hands(review):
    shared(review)
    browser, words = printed_by_theo(review)
    assert "My plan in plain words" in words
    assert "What your doctor suggests" in words
    browser.post(reverse("pages:post_bundle", args=[review.case_id]))
    assert to_read(review.case) == []
    assert Summary.objects.get().first_read_at is None
    again = browser.post(reverse("pages:print_bundle", args=[review.case_id]))
    assert "My plan in plain words" not in words_of(again.content)


def heard_and_taken_back(review) -> Summary:
    summary = shared(review)
    by_phone.read_out(summary, by=theo())
    return actions.withdraw(summary, reason="It was about another plan.", by=by("joanne"))


def test_what_she_had_heard_and_was_taken_back_waits_to_be_told_with_its_reason(review):
    summary = heard_and_taken_back(review)
    assert to_read(review.case) == ["read_summary"]
    assert not Reminder.objects.about(summary).filter(kind="summary.withdrawn", settled_at=None).exists()
    browser, address = people.browser(people.person("theo")), reverse("reviews:read_out", args=[summary.pk])
    page = browser.get(reverse("reviews:summary", args=[review.case_id]))
    assert "It was about another plan." in page.text
    assert address in page.text
    for _press in range(2):
        assert browser.post(address).status_code == 302
    assert to_read(review.case) == []
    assert Summary.objects.get().withdrawn_read_at
    [line] = Event.objects.filter(verb="summary.withdrawal_read_out")
    assert line.for_patient == review.case.patient_id
    assert address not in browser.get(reverse("reviews:summary", args=[review.case_id])).text


def test_posted_with_the_pages_she_reads_that_it_was_taken_back_and_why(review):
    heard_and_taken_back(review)
    browser, words = printed_by_theo(review)
    assert "Joanne took version 1 back" in words
    assert "It was about another plan." in words
    browser.post(reverse("pages:post_bundle", args=[review.case_id]))
    assert to_read(review.case) == []


def test_a_newer_one_that_was_taken_back_is_told_with_the_one_that_stands(review):
    first = shared(review)
    by_phone.read_out(first, by=theo())
    second = actions.share(Review.objects.get(), is_ticked=True, correction="A wrong day.", by=by("joanne"))
    by_phone.read_out(second, by=theo())
    actions.withdraw(second, reason="It was right before.", by=by("joanne"))
    assert to_read(review.case) == ["read_summary"]
    by_phone.read_out(first, by=theo())
    assert to_read(review.case) == []
    assert Event.objects.filter(verb="summary.withdrawal_read_out", about_id=str(second.pk)).count() == 1


def test_with_an_address_she_is_told_on_her_page_that_it_was_taken_back(review):
    summary = heard_and_taken_back(review)
    to_email(review.case.patient)
    assert to_read(review.case) == []
    assert Reminder.objects.about(summary).filter(kind="summary.withdrawn", settled_at=None).count() == 1
