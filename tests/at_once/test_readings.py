"""A plan taken by two at the same moment, or handed over while it is handed back: one of them gets it."""

import threading
from contextlib import contextmanager
from functools import partial

import pytest

from cases.reviews import actions, opening
from cases.reviews.models import Review
from cases.reviews.queue import handing
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.at_once.rivals import Outcome, at_once
from tests.documents.files import folder  # noqa: F401
from tests.reviews import world
from tests.reviews.world import by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]
LONG = 10


@contextmanager
def judged_together(seconds: float):
    """Whoever has found that the plan is free waits for the other, as long as the guard lets them come."""
    meet, judge = threading.Barrier(2), actions._check

    def judge_then_wait(*args, **kwargs):
        judge(*args, **kwargs)
        try:
            meet.wait(seconds)
        except threading.BrokenBarrierError:
            return

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_check", judge_then_wait)
        yield


@contextmanager
def without_locks():
    def plain(review: Review) -> Review:
        return Review.objects.select_related("case__patient", "case__key", "reader", "consultation").get(pk=review.pk)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "locked", plain)
        patch.setattr(actions, "lock_case", lambda case: None)
        yield


@pytest.fixture
def free() -> Review:
    for key in ("joanne", "amir"):
        people.person(key)
    case = factories.open_case()
    world.plan(case)
    return opening.ask_for_reading(case, by=by("rosa"))


def both_take(review: Review) -> list[Outcome]:
    return at_once(*[partial(actions.take, review, by=by(key)) for key in ("joanne", "amir")])


def test_two_take_it_at_once_and_one_reads_who_has_it(free):
    with judged_together(0.5):
        outcomes = both_take(free)
    (lost,) = [outcome.error for outcome in outcomes if outcome.error]
    reader = Review.objects.select_related("reader").get().reader
    assert isinstance(lost, Refused)
    assert lost.message == f"{reader.name} has this plan now."
    assert Event.objects.filter(verb="review.taken").count() == 1


def test_without_the_locks_both_would_believe_they_have_it(free):
    with without_locks(), judged_together(LONG):
        outcomes = both_take(free)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Event.objects.filter(verb="review.taken").count() == 2


def test_handed_over_while_it_is_handed_back_one_of_them_is_told(free):
    review = actions.take(free, by=by("joanne"))
    amir = User.objects.get(pk=people.person("amir").pk)
    outcomes = at_once(
        partial(handing.hand_over, review, amir, by=by("joanne")), partial(actions.hand_back, review, by=by("joanne"))
    )
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(isinstance(outcome.error, Refused) for outcome in outcomes if outcome.error)
    review.refresh_from_db()
    assert (review.reader_id is None) == (review.state == "open")
