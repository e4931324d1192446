"""The pages around a call that is over ask the database at most fifteen times, whatever is stored."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.documents.models import PageImage
from cases.opinions.questions import actions as questions
from cases.opinions.questions.targets import key_of
from cases.reviews import actions, clear
from cases.reviews.after import actions as after
from cases.reviews.after.actions import Said
from cases.reviews.models import Review
from portal import clock
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
AT_MOST = 15
PLAIN = "An operation: It is called “grade 2” there. (page 1)\nA daily tablet: For five years. (page 2)"


def asked(key, *addresses):
    """How often each page asks at a second look."""
    client, counts = people.browser(people.person(key)), {}
    for address in addresses:
        for _look in range(2):
            with CaptureQueriesContext(connection) as found:
                assert client.get(address).status_code == 200
            counts[address] = len(found)
    return counts


@pytest.fixture
def call(time_machine):
    """A call of yesterday's, with a quote, questions about the summary, and five for the call."""
    people.person("theo")
    review = world.look_for_all(world.write(world.taken(days=1), plain=PLAIN, words="Lump: A small knot."))
    PageImage.objects.filter(version=review.version, number=1).update(reading="read", certainty=90)
    actions.look_at(review, "grade 2", 1, by=by("joanne"))
    first = actions.share(review, is_ticked=True, by=by("joanne"))
    for number in range(5):
        clear.ask(first, "steps", f"Which tablet is number {number}?", by=by("rosa"))
        questions.add(first.review.case, text=f"Area {number}?", target=key_of(review.consultation), by=by("rosa"))
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    return review.consultation


@pytest.mark.full
def test_before_and_after_it_was_said_how_the_call_went(call):
    review = Review.objects.get()
    staff = [call.get_absolute_url(), reverse("pages:today"), reverse("reviews:preview", args=[review.pk])]
    counts = asked("joanne", *staff)
    due = clock.now().date()
    after.save(
        call, Said(went="took_place", follows="todo", follow_words="I ring the lab.", due_on=due), by=by("joanne")
    )
    counts |= asked("joanne", *staff)
    world.write(review, plain="A daily tablet: For five years. (page 2)")
    actions.complete(review, is_ticked=True, by=by("joanne"))
    summary = reverse("reviews:summary", args=[call.case_id])
    for key in ("rosa", "theo"):
        counts |= asked(key, call.get_absolute_url(), summary, reverse("threads:thread", args=[call.case_id]))
    assert {address: count for address, count in counts.items() if count > AT_MOST} == {}


def test_she_comes_to_what_came_of_it_from_the_summary_and_where_calls_are_booked(call):
    after.save(call, Said(went="took_place"), by=by("joanne"))
    rosa = people.browser(people.person("rosa"))
    for page in ("reviews:summary", "bookings:pick"):
        assert f'href="{call.get_absolute_url()}"' in rosa.get(reverse(page, args=[call.case_id])).text
