"""What was shared and no call follows: the queue says so, and its reader closes it."""

import datetime as dt

import pytest
from django.urls import reverse

from bookings import actions as bookings
from bookings.models import Practice
from cases.case.actions import withdraw_consent
from cases.case.models import Consent
from cases.documents.reading import looks
from cases.reviews import actions, opening
from cases.reviews.after.actions import complete_reviews
from cases.reviews.models import Review, Summary
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def in_writing() -> Summary:
    """A written reading, shared: no call was ever booked."""
    case = factories.open_case()
    world.plan(case)
    review = actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("joanne"))
    grant = {"person": case.patient, "case": case, "consultant": people.person("joanne"), "by": by("rosa")}
    world.case_actions.give_consent("read", **grant)
    return actions.share(world.look_for_all(world.write(review)), is_ticked=True, by=by("joanne"))


def missed(time_machine) -> Summary:
    """Shared before a call that did not take place."""
    summary = world.shared()
    time_machine.move_to(summary.review.consultation.ends_at + dt.timedelta(hours=1))
    bookings.no_show(summary.review.consultation, by=by("joanne"))
    return summary


def canceled() -> Summary:
    summary = world.shared()
    looks.note_opening(summary.review.version, by=by("joanne"))  # who has opened it stays in the case
    Practice.objects.create(consultant=people.person("joanne"))
    bookings.cancel(summary.review.consultation, by=by("rosa"))
    opening.open_due_reviews(clock.now())
    return summary


def queue():
    return people.browser(people.person("joanne")).get(reverse("reviews:queue"))


def test_a_written_reading_waits_for_no_talk_and_is_closed():
    review = in_writing().review
    page = queue()
    assert "Shared, no call is booked" in page.text
    assert "to complete after the talk" not in page.text
    address = reverse("reviews:finish", args=[review.pk])
    assert address in page.text
    answer = people.browser(people.person("joanne")).post(address, follow=True)
    assert "Closed. It comes back when a new plan comes in, or a call is booked." in answer.text
    assert address not in answer.text
    assert "Complete" in answer.text
    assert Review.objects.get().completed_at is not None
    assert Event.objects.filter(verb="review.finished").count() == 1


def test_a_missed_call_is_said_and_the_review_is_closed(time_machine):
    review = missed(time_machine).review
    assert "Shared, the call did not take place" in queue().text
    assert actions.finish(review, by=by("joanne")).state == "completed"
    assert not complete_reviews(review.consultation).exists()


def test_a_canceled_call_is_said_and_the_review_is_closed():
    review = canceled().review
    assert "Shared, the call was canceled" in queue().text
    assert actions.finish(review, by=by("joanne")).state == "completed"


def test_a_call_to_come_or_over_is_completed_instead(time_machine):
    review = world.shared().review
    assert "Shared, to complete after the talk" in queue().text
    with pytest.raises(Refused, match="belongs to a call"):
        actions.finish(review, by=by("joanne"))
    time_machine.move_to(review.consultation.ends_at + dt.timedelta(hours=1))
    assert "Shared, complete it now" in queue().text
    with pytest.raises(Refused, match="belongs to a call"):
        actions.finish(review, by=by("joanne"))


def test_closing_twice_closes_once():
    review = in_writing().review
    closed = [actions.finish(review, by=by("joanne")).completed_at for _press in range(2)]
    assert closed[0] == closed[1]
    assert Event.objects.filter(verb="review.finished").count() == 1


@pytest.mark.parametrize("key", ["amir", "theo", "rosa"])
def test_nobody_else_closes_it(key):
    review = in_writing().review
    if key == "amir":
        factories.assign(review.case, people.person("amir"))
    with pytest.raises(Refused):
        actions.finish(review, by=by(key))
    assert Review.objects.get().state == "shared"


def test_it_is_closed_without_the_yes_to_reading_too():
    review = in_writing().review
    withdraw_consent(Consent.objects.get(kind="read"), by=by("rosa"))
    assert actions.finish(review, by=by("joanne")).state == "completed"


def test_a_correction_of_what_was_closed_does_not_say_that_it_was_written_after_the_talk():
    review = actions.finish(in_writing().review, by=by("joanne"))
    second = actions.share(review, is_ticked=True, correction="A wrong page.", by=by("joanne"))
    assert (second.number, second.is_complete) == (2, False)
    page = people.browser(people.person("rosa")).get(second.get_absolute_url())
    assert "written after your talk" not in page.text


def test_a_call_booked_later_opens_it_again():
    review = actions.finish(in_writing().review, by=by("joanne"))
    world.talk(review.case, people.person("joanne"), days=9)
    opening.open_due_reviews(clock.now())
    assert Review.objects.get().state == "drafting"


def test_the_preview_of_a_written_reading_promises_no_talk():
    review = in_writing().review
    actions.withdraw(Summary.objects.get(), reason="A wrong page.", by=by("joanne"))
    page = people.browser(people.person("joanne")).get(reverse("reviews:preview", args=[review.pk]))
    assert "No call is booked, so it stands as it is." in page.text
    assert "after the talk" not in page.text
