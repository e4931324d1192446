"""A plan taken by two at the same moment, or handed over while it is handed back: one of them gets it."""

import json
import threading
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from cases.opinions.questions import actions as questions
from cases.reviews import actions, clear, frozen, opening, rules
from cases.reviews.asking import actions as asking
from cases.reviews.models import Review, Summary
from cases.reviews.queue import handing
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.at_once.rivals import WAIT, Outcome, at_once
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


@pytest.mark.full
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


@pytest.fixture
def answered() -> Review:
    """Ready to be shared; one of her questions is answered in it."""
    for key in ("amir", "theo"):
        people.person(key)
    review = world.written()
    questions.add(review.case, text="Must I fast?", by=by("rosa"))
    return world.write(review, answers=json.dumps({"Must I fast?": "No."}))


def handed_over_meanwhile(review: Review, press, seconds: float) -> list[BaseException | None]:
    """What each ends with where a coordinator hands over after `press` was judged, before it has written anything."""
    judged, has_case, judge, lock = threading.Event(), threading.Event(), actions._check, handing.lock_case

    def judge_then_wait(*args, **kwargs):
        judge(*args, **kwargs)
        judged.set()
        has_case.wait(seconds)  # as long as the guard lets the other in

    def lock_and_say(case):
        found = lock(case)
        has_case.set()
        return found

    def hand_over():
        judged.wait(WAIT)
        handing.hand_over(review, User.objects.get(pk=people.person("amir").pk), by=by("theo"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_check", judge_then_wait)
        patch.setattr(handing, "lock_case", lock_and_say)
        return [outcome.error for outcome in at_once(press, hand_over)]


def share(review: Review):
    return partial(actions.share, review, is_ticked=True, by=by("joanne"))


def take_back(review: Review):
    return partial(actions.withdraw, share(review)(), reason="It was about another plan.", by=by("joanne"))


@pytest.mark.full
@pytest.mark.parametrize("press", [share, take_back])
def test_shared_or_taken_back_while_it_is_handed_over_both_are_done(answered, press):
    assert handed_over_meanwhile(answered, press(answered), 0.5) == [None, None]
    assert Review.objects.get().reader == people.person("amir")


@pytest.mark.full
@pytest.mark.parametrize("press", [share, take_back])
def test_without_the_case_before_the_review_one_of_both_would_be_lost(answered, press, monkeypatch):
    ready = press(answered)
    monkeypatch.setattr(actions, "lock_case", lambda case: None)
    lost = [error for error in handed_over_meanwhile(answered, ready, WAIT) if error]
    assert [type(error) for error in lost] == [OperationalError]


def first_locked(press) -> str:
    """The first row that is locked, by its table."""
    with CaptureQueriesContext(connection) as asked:
        press()
    locking = (
        each["sql"] for each in asked.captured_queries if " FOR UPDATE" in each["sql"] or " FOR NO KEY" in each["sql"]
    )
    return next(locking).partition('FROM "')[2].partition('"')[0]


@pytest.mark.full
def test_whoever_writes_beside_a_review_locks_the_case_first_too(answered):
    summary, asks = share(answered)(), partial(asking.ask, kind="answer", words="Since when?", by=by("joanne"))
    assert first_locked(partial(clear.say_clear, summary, "steps", by=by("rosa"))) == "case_case"
    assert first_locked(partial(clear.ask, summary, "steps", "Why?", by=by("rosa"))) == "case_case"
    actions.withdraw(summary, reason="Another plan.", by=by("joanne"))
    assert first_locked(partial(asks, Review.objects.get())) == "case_case"


def written_meanwhile(review: Review) -> BaseException | None:
    """What sharing ends with where a second tab saves another draft after the press, before the row is locked."""
    pressed, saved, lock = threading.Event(), threading.Event(), actions.lock_case

    def lock_once_saved(case):
        pressed.set()
        saved.wait(WAIT)
        return lock(case)

    def write():
        pressed.wait(WAIT)
        world.write(review, plain="Rays: Every day. (page 2)")
        saved.set()

    seen = frozen.mark(actions.draft_body(review), verb="share", number=1)
    press = partial(actions.share, review, is_ticked=True, seen=seen, by=by("joanne"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "lock_case", lock_once_saved)
        return at_once(press, write)[0].error


def test_words_written_in_a_second_tab_while_sharing_are_not_shared_unseen():
    error = written_meanwhile(world.written())
    assert isinstance(error, Refused)
    assert "changed since you opened the preview" in error.message
    assert not Summary.objects.exists()


def test_without_the_mark_of_the_preview_they_would_be(monkeypatch):
    monkeypatch.setattr(rules, "_not_seen", lambda is_as_shown: "")
    assert written_meanwhile(world.written()) is None
    assert "Every day." in Summary.objects.get().body
