"""Reviews follow plans and consultations."""

import datetime as dt
from functools import partial

import pytest
from django.urls import reverse

from bookings import actions as bookings
from bookings import availability
from bookings.models import Consultation, Practice
from cases.case import actions as case_actions
from cases.documents import actions as documents
from cases.documents.describing import actions as describing
from cases.documents.models import Version
from cases.reviews import actions, opening, sheet
from cases.reviews.after import actions as outcomes
from cases.reviews.models import Review, Summary
from cases.reviews.queue import standing
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def look() -> int:
    return opening.open_due_reviews(clock.now())


def cancel(talk):
    talk.state, talk.cancelled_at, talk.cancelled_by = "cancelled", clock.now(), talk.patient
    talk.version += 1
    talk.save()


def move(talk, days):
    talk.starts_at += dt.timedelta(days=days)
    talk.ends_at += dt.timedelta(days=days)
    talk.version += 1
    talk.save()


def told(verb):
    return Event.objects.filter(verb=verb).count()


def test_a_review_opens_when_plan_and_consultation_are_there(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 9, 15, tzinfo=dt.UTC))
    review = world.waiting(days=8)
    assert (review.state, review.pages, review.reader) == ("open", 2, None)
    assert review.read_by == dt.date(2026, 11, 16)
    assert told("review.opened") == 1


def test_looking_again_changes_nothing(django_assert_num_queries):
    world.waiting()
    with django_assert_num_queries(1):
        assert look() == 0


@pytest.mark.parametrize("lacking", ["plan", "talk", "a service that needs a plan"])
def test_no_review_opens_while_something_is_missing(lacking):
    case = factories.open_case()
    if lacking != "plan":
        world.plan(case)
    if lacking != "talk":
        world.talk(case, people.person("joanne"), service="first_talk" if lacking.startswith("a ") else "plan")
        if lacking == "plan":
            assert look() == 0
    look()
    assert not Review.objects.exists()


def test_a_plan_in_several_photos_is_one_review():
    case = factories.open_case()
    first, second = world.plan(case, 1), world.plan(case, 2)
    world.talk(case, people.person("joanne"))
    look()
    review = Review.objects.get()
    assert (review.plan, review.pages) == ([first.pk, second.pk], 3)
    pages = sheet.plan_pages(review.plan, people.person("joanne"))
    assert [(page.number, page.version, page.own_number) for page in pages] == [
        (1, first.pk, 1),
        (2, second.pk, 1),
        (3, second.pk, 2),
    ]


def test_a_plan_marked_only_me_is_not_put_up():
    case = factories.open_case()
    documents.mark_only_me(world.plan(case).document, by=by("rosa"))
    world.talk(case, people.person("joanne"))
    assert look() == 0


def test_a_moved_call_moves_the_date(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 9, 15, tzinfo=dt.UTC))
    review = world.waiting(days=8)
    move(review.consultation, 2)
    assert look() == 1
    assert Review.objects.get().read_by == dt.date(2026, 11, 18)
    assert look() == 0


def test_a_canceled_call_puts_the_reading_to_rest_and_a_new_one_wakes_it():
    review = world.write(world.taken())
    cancel(review.consultation)
    look()
    assert Review.objects.get().state == "set_aside"
    assert look() == 0
    world.talk(review.case, people.person("amir"), days=9)
    look()
    review = Review.objects.get()
    assert (review.state, review.reader) == ("open", None)
    assert review.texts["plain"] == world.PLAIN


def completed(time_machine) -> Review:
    """Shared before the call, and completed after it."""
    summary = world.shared()
    time_machine.move_to(summary.review.consultation.ends_at + dt.timedelta(hours=1))
    actions.complete(summary.review, is_ticked=True, by=by("joanne"))
    return Review.objects.get()


@pytest.mark.parametrize("is_settled", [False, True], ids=["nobody said how it went", "took place"])
def test_a_further_call_brings_a_complete_review_back_into_the_queue(time_machine, is_settled):
    review = completed(time_machine)
    if is_settled:
        bookings.complete(review.consultation, by=by("joanne"))
    assert look() == 0
    talk = world.talk(review.case, people.person("joanne"), days=9)
    assert (look(), look()) == (1, 0)
    review = Review.objects.get()
    assert (review.state, review.completed_at, review.consultation) == ("drafting", None, talk)
    (row,) = standing.of(people.person("joanne"), clock.now()).rows
    assert (row.review, row.talk, row.read_by) == (review, talk, review.read_by)
    assert review.read_by < talk.starts_at.date()
    assert told("review.resumed") == 1
    assert Summary.objects.live().count() == 2
    third = actions.share(review, is_ticked=True, by=by("joanne"))
    assert (third.number, third.is_complete, third.correction) == (3, False, "")
    time_machine.move_to(talk.ends_at)
    assert actions.complete(review, is_ticked=True, by=by("joanne")).number == 4


def test_a_further_call_with_another_consultant_waits_for_them_with_all_that_is_written(time_machine):
    review = completed(time_machine)
    world.talk(review.case, people.person("amir"), days=9)
    look()
    review = Review.objects.get()
    assert (review.state, review.reader, review.texts["plain"]) == ("open", None, world.PLAIN)
    taken = actions.take(review, by=by("amir"))
    assert taken.reader == people.person("amir")


@pytest.mark.parametrize("key", ["joanne", "amir"])
def test_a_further_call_that_is_canceled_leaves_what_is_complete_as_it_was(time_machine, key):
    review = completed(time_machine)
    talk = world.talk(review.case, people.person(key), days=9)
    look()
    cancel(talk)
    assert (look(), look()) == (1, 0)
    after = Review.objects.get()
    assert (after.state, after.reader, after.completed_at) == ("completed", review.reader, review.completed_at)
    assert outcomes.complete_reviews(review.consultation).get() == review
    assert after in standing.shared_by(people.person("joanne"))
    corrected = actions.share(after, is_ticked=True, correction="A page was wrong.", by=by("joanne"))
    assert (corrected.number, corrected.is_complete) == (3, True)
    world.talk(review.case, people.person("joanne"), days=12)
    assert (look(), look()) == (1, 0)
    assert Review.objects.get().state == "drafting"


def test_a_further_call_taken_on_and_canceled_leaves_the_summary_with_whoever_took_it(time_machine):
    review = completed(time_machine)
    talk = world.talk(review.case, people.person("amir"), days=9)
    look()
    actions.take(Review.objects.get(), by=by("amir"))
    cancel(talk)
    look()
    review = Review.objects.get()
    assert (review.state, review.reader) == ("completed", people.person("amir"))
    assert actions.share(review, is_ticked=True, correction="A page was wrong.", by=by("amir")).number == 3


def test_a_further_call_that_is_canceled_leaves_what_was_shared_to_be_completed(time_machine):
    review = world.shared().review
    time_machine.move_to(review.consultation.ends_at + dt.timedelta(hours=1))
    bookings.complete(review.consultation, by=by("joanne"))
    talk = world.talk(review.case, people.person("joanne"), days=9)
    look()
    cancel(talk)
    assert (look(), look()) == (1, 0)
    review = Review.objects.get()
    assert review.state == "shared"
    assert actions.complete(review, is_ticked=True, by=by("joanne")).is_complete


def test_a_new_plan_whose_call_is_canceled_rests_beside_what_was_shared_of_the_earlier_one(time_machine):
    rests_with_a_new_plan(time_machine)
    assert Review.objects.get().state == "set_aside"
    assert Summary.objects.live().count() == 1


def waits_for_another_reader(time_machine):
    review = completed(time_machine)
    world.talk(review.case, people.person("amir"), days=9)
    look()


def taken_anew(time_machine):
    waits_for_another_reader(time_machine)
    actions.take(Review.objects.get(), by=by("amir"))


def rests_with_a_new_plan(time_machine):
    review = world.shared().review
    world.plan(review.case, name="another.pdf")
    look()
    cancel(review.consultation)
    look()


@pytest.mark.parametrize(
    ("way", "state", "key"),
    [
        (waits_for_another_reader, "open", "theo"),
        (taken_anew, "taken", "amir"),
        (taken_anew, "taken", "theo"),
        (rests_with_a_new_plan, "set_aside", "joanne"),
        (rests_with_a_new_plan, "set_aside", "theo"),
    ],
)
def test_what_was_shared_is_taken_back_wherever_its_plan_stands_by_now(time_machine, way, state, key):
    way(time_machine)
    assert Review.objects.get().state == state
    for summary in Summary.objects.order_by("number"):
        address = reverse("reviews:withdraw", args=[summary.pk])
        assert people.browser(people.person(key)).post(address, {"reason": "A wrong page."}).status_code == 302
    assert not Summary.objects.live().exists()
    assert Review.objects.get().state == state


@pytest.mark.parametrize("key", ["joanne", "amir"])
def test_taking_back_is_offered_to_the_reader_alone(time_machine, key):
    review = completed(time_machine)
    case_actions.assign(review.case, people.person("amir"), why="booking", by=by("theo"))
    case_actions.give_consent(
        "read", person=review.case.patient, case=review.case, consultant=people.person("amir"), by=by("rosa")
    )
    page = people.browser(people.person(key)).get(review.get_absolute_url()).text
    assert ("Take back<" in page) == (key == "joanne")


def test_a_further_call_that_needs_no_plan_leaves_a_complete_review_alone(time_machine):
    review = completed(time_machine)
    world.talk(review.case, people.person("joanne"), days=9, service="first_talk")
    assert look() == 0
    assert Review.objects.get().state == "completed"


def test_a_further_call_after_one_that_took_place_is_looked_at_before_the_summary_is_complete(time_machine):
    review = world.shared().review
    time_machine.move_to(review.consultation.ends_at + dt.timedelta(hours=1))
    bookings.complete(review.consultation, by=by("joanne"))
    world.talk(review.case, people.person("joanne"), days=9)
    look()
    assert Review.objects.get().state == "drafting"


def test_a_call_booked_in_place_of_a_missed_one_is_what_a_shared_review_waits_for(time_machine):
    review = world.shared().review
    time_machine.move_to(review.consultation.ends_at + dt.timedelta(hours=1))
    bookings.no_show(review.consultation, by=by("joanne"))
    talk = world.talk(review.case, people.person("joanne"), days=9)
    look()
    review = Review.objects.get()
    assert (review.state, review.consultation) == ("shared", talk)


def test_a_call_that_took_place_leaves_the_draft_alone(time_machine):
    review = world.write(world.taken())
    time_machine.move_to(review.consultation.ends_at + dt.timedelta(days=1))
    look()
    assert Review.objects.get().state == "drafting"


def test_a_plan_taken_back_puts_the_reading_to_rest_and_a_new_one_wakes_it():
    review = world.taken()
    documents.withdraw(review.version.document, by=by("rosa"))
    look()
    assert Review.objects.get().state == "set_aside"
    assert look() == 0
    world.plan(review.case)
    look()
    assert Review.objects.get().state == "open"


def test_a_plan_put_back_or_said_to_be_one_is_taken_in():
    review = world.waiting()
    second = world.plan(review.case)
    for undo, again in (
        (documents.withdraw, documents.restore),
        (partial(describing.say_kind, kind="other"), partial(describing.say_kind, kind="plan")),
        (documents.mark_only_me, partial(documents.mark_only_me, only_me=False)),
    ):
        look()
        assert second.pk in Review.objects.get().plan
        undo(second.document, by=by("rosa"))
        look()
        assert second.pk not in Review.objects.get().plan
        again(second.document, by=by("rosa"))
    look()
    assert second.pk in Review.objects.get().plan
    assert look() == 0


def test_a_new_plan_after_sharing_opens_the_review_again():
    summary = world.shared()
    newer = world.plan(summary.review.case, pages=4)
    assert look() == 1
    review = Review.objects.get()
    assert (review.state, review.pages, told("review.reopened")) == ("drafting", 6, 1)
    assert newer.pk in review.plan
    assert sheet.is_about_earlier_plan(Summary.objects.select_related("review").get())
    assert look() == 0


def test_a_new_plan_before_sharing_is_taken_in_quietly():
    review = world.written()
    world.plan(review.case)
    look()
    review = Review.objects.get()
    assert (review.state, review.pages, told("review.reopened")) == ("drafting", 4, 0)


def test_a_written_reading_is_asked_for_by_the_patient(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC))
    case = factories.open_case()
    world.plan(case)
    review = opening.ask_for_reading(case, by=by("rosa"))
    assert (review.is_written_reading, review.consultation) == (True, None)
    assert review.read_by == dt.date(2026, 11, 9)
    assert [row.pk for row in standing.of(people.person("amir"), clock.now()).free] == [review.pk]
    look()
    assert Review.objects.get().state == "open"


def test_taking_a_free_plan_brings_the_consultant_into_the_case():
    case = factories.open_case()
    world.plan(case)
    review = actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("amir"))
    assert review.reader == people.person("amir")
    assert standing.of(people.person("joanne"), clock.now()).free == []
    assert Review.objects.visible_to(people.person("amir")).exists()
    assert not Review.objects.visible_to(people.person("joanne")).exists()


def test_a_written_reading_needs_a_plan_and_is_asked_for_once():
    case = factories.open_case()
    with pytest.raises(Refused, match="Add your plan first"):
        opening.ask_for_reading(case, by=by("rosa"))
    world.plan(case)
    opening.ask_for_reading(case, by=by("rosa"))
    with pytest.raises(Refused, match="being read already"):
        opening.ask_for_reading(case, by=by("rosa"))


@pytest.mark.parametrize("key", ["grace", "joanne", "theo"])
def test_nobody_else_asks_for_a_reading(key):
    case = factories.open_case()
    world.plan(case)
    with pytest.raises(Refused):
        opening.ask_for_reading(case, by=by(key))


def test_the_queue_takes_the_same_queries_for_one_plan_and_for_ten(django_assert_max_num_queries):
    for number in range(10):
        case = factories.open_case()
        world.plan(case, 1)
        world.talk(case, people.person("joanne"), days=40 - number)
    look()
    joanne, now = people.person("joanne"), clock.now()
    with django_assert_max_num_queries(3):
        rows = standing.of(joanne, now).rows
    assert len(rows) == 10
    assert rows == sorted(rows, key=lambda row: row.read_by)


def test_a_real_upload_is_put_up_after_its_check():
    from tests.documents.files import checked

    case = factories.open_case()
    assert checked(case).state == Version.State.READY
    world.talk(case, people.person("joanne"))
    look()
    assert Review.objects.get().pages == 1


def test_a_call_booked_moved_and_canceled_for_real_is_followed():
    case = factories.open_case()
    world.plan(case)
    talk = factories.book(case)
    look()
    first = Review.objects.get()
    assert (first.consultation, first.state) == (talk, "open")
    later = availability.free_starts(case, Practice.objects.get(), talk.service, clock.now())[-1]
    kept = factories.hold(case, starts_at=later, moving=talk)
    bookings.move(hold=kept, by=by("rosa"))
    look()
    assert Review.objects.get().read_by > first.read_by
    bookings.cancel(Consultation.objects.get(), by=by("rosa"))
    look()
    assert Review.objects.get().state == "set_aside"
