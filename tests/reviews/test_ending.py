"""A consultant's place ends 30 days after the last call, when none is booked: what goes, who hears it, and when not."""

import datetime as dt

import pytest
from django.urls import reverse

from bookings import actions as bookings
from cases.case.actions import ask_to_do, assign, give_consent, settle_to_do
from cases.case.away import actions as aways
from cases.case.models import Assignment, ToDo
from cases.case.people import may
from cases.case.second import actions as second
from cases.reviews import actions, opening, sheet
from cases.reviews.asking import actions as asking
from cases.reviews.ending.actions import over
from cases.reviews.ending.rules import DRAFT_ENDS
from cases.reviews.models import Review
from cases.reviews.queue import handing, standing
from cases.reviews.tasks import end_places
from portal import clock
from portal.actors import SYSTEM
from portal.history import words
from portal.history.models import Event
from portal.reminders import kinds
from portal.reminders.gathering import hand_on_roles
from portal.reminders.models import Reminder
from tests import factories, people
from tests.kept import kept
from tests.people import browser
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
BOOKED = dt.datetime(2026, 10, 5, 17, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CALL = BOOKED + 5 * DAY
OVER = CALL + dt.timedelta(hours=1, minutes=1) + 30 * DAY  # 30 days after its end; these clocks tick
LATER = OVER + DAY


def place(key: str = "joanne") -> Assignment | None:
    return Assignment.objects.filter(user=people.person(key), ended_at=None).first()


def events() -> int:
    return Event.objects.filter(verb="case.assignment_ended", why="after_last_call").count()


def told() -> dict[str, list[str]]:
    """Kind → the names of those to whom it would go now."""
    hand_on_roles(clock.now())
    rows = list(Reminder.objects.unsettled().filter(kind__startswith="place.", due_at__lte=clock.now()))
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.pk in kinds.kind_of(row.kind).still_due([row], clock.now()):
            found.setdefault(row.kind, []).append(row.recipient_id)
    return {kind: sorted(ids) for kind, ids in found.items()}


@kept
def had_a_call() -> Review:
    people.person("theo")
    with clock.lived_at(BOOKED):
        return world.shared().review


def test_it_ends_thirty_days_after_the_call_and_not_sooner():
    review = had_a_call()
    with clock.lived_at(OVER - dt.timedelta(minutes=2)):
        end_places()
        assert place()
        assert may("see", review.case, people.person("joanne"))
    with clock.lived_at(OVER):
        end_places()
    assert place() is None
    assert not may("see", review.case, people.person("joanne"))


def test_nothing_of_the_case_opens_any_more():
    review = had_a_call()
    joanne = browser(people.person("joanne"))
    with clock.lived_at(LATER):
        assert joanne.get(review.get_absolute_url()).status_code == 200
        end_places()
        for address in (
            review.get_absolute_url(),
            reverse("reviews:brief", args=[review.pk]),
            reverse("threads:thread", args=[review.case_id]),
            reverse("documents:detail", args=[review.version.document_id]),
        ):
            assert joanne.get(address).status_code == 404
        assert standing.shared_by(people.person("joanne")) == []


def test_the_patient_reads_in_her_record_that_it_ended_and_why():
    review = had_a_call()
    with clock.lived_at(LATER):
        end_places()
    event = Event.objects.get(verb="case.assignment_ended")
    assert (event.patient, event.case_id, event.actor_kind) == (review.case.patient_id, review.case_id, "system")
    assert words.why(event.why) == "30 days after the last call"


def test_consultant_and_coordinators_are_told_once_and_read_no_content():
    had_a_call()
    with clock.lived_at(LATER):
        end_places()
        end_places()
        joanne, theo = (str(people.person(key).pk) for key in ("joanne", "theo"))
        assert told() == {"place.ended": [joanne], "place.ended_of_another": [theo]}
    assert events() == 1


def test_whoever_is_back_before_it_goes_is_told_nothing():
    review = had_a_call()
    with clock.lived_at(LATER):
        end_places()
        assign(review.case, people.person("joanne"), why="booking", by=by("rosa"))
        assert told() == {}


def test_after_the_clock_went_back_nothing_changes():
    had_a_call()
    with clock.lived_at(LATER):
        end_places()
    with clock.lived_at(BOOKED):
        end_places()
        assert place() is None
    assert events() == 1


def test_a_booked_call_keeps_the_place_and_one_that_was_canceled_counts_for_nothing():
    review = had_a_call()
    with clock.lived_at(LATER):
        factories.open_hours()
        call = factories.book(review.case)
        end_places()
        assert place()
        bookings.cancel(call, by=by("rosa"))
        end_places()
        assert place() is None


def test_a_new_booking_gives_a_new_place_which_lasts_until_after_that_call():
    review = had_a_call()
    with clock.lived_at(LATER):
        end_places()
        factories.open_hours()
        call = factories.book(review.case)
        assert place().begun_at >= LATER
        end_places()
        assert place()
    with clock.lived_at(call.ends_at + 31 * DAY):
        end_places()
        assert place() is None
    assert events() == 2


def test_being_given_the_case_again_begins_it_anew():
    review = had_a_call()
    with clock.lived_at(LATER):
        end_places()
        assign(review.case, people.person("joanne"), why="handing_over", by=by("theo"))
        end_places()
        assert place()
    with clock.lived_at(LATER + 31 * DAY):
        end_places()
        assert place() is None


def test_who_came_without_a_call_of_their_own_goes_by_that_of_the_case():
    review = had_a_call()
    with clock.lived_at(CALL + 20 * DAY):
        assign(review.case, people.person("amir"), why="handing_over", by=by("theo"))
    with clock.lived_at(LATER):
        end_places()
        assert (place(), place("amir") is not None) == (None, True)
    with clock.lived_at(CALL + 51 * DAY):
        end_places()
        assert place("amir") is None


def test_without_any_call_it_does_not_end():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    with clock.lived_at(clock.now() + 400 * DAY):
        end_places()
        assert place().case == case


def test_a_coordinators_place_and_that_of_a_closed_case_are_left_alone():
    review = had_a_call()
    with clock.lived_at(LATER):
        assign(review.case, people.person("theo"), why="taking", by=by("theo"))
        review.case.state = "closed"
        review.case.closed_at, review.case.closed_why = clock.now(), "asked"
        review.case.save(update_fields=["state", "closed_at", "closed_why"])
        assert not over(clock.now()).exists()


def test_a_plan_that_is_due_still_is_read_to_its_end():
    review = had_a_call()
    Review.objects.filter(pk=review.pk).update(state="drafting", read_by=LATER.date() + 2 * DAY)
    with clock.lived_at(LATER):
        end_places()
        assert place()
    with clock.lived_at(LATER + 3 * DAY):
        end_places()
        assert place() is None
        left = Review.objects.get(pk=review.pk)
    assert (left.state, left.reader) == ("open", None)
    assert standing.of(people.person("amir"), clock.now()).free[0].pk == review.pk


def test_a_plan_for_which_the_patient_was_asked_waits_for_her():
    review = had_a_call()
    with clock.lived_at(LATER):
        Review.objects.filter(pk=review.pk).update(state="drafting", read_by=LATER.date() + DAY)
        asking.ask(Review.objects.get(pk=review.pk), kind="copy", page=1, words="It is cut off.", by=by("joanne"))
        Review.objects.filter(pk=review.pk).update(read_by=LATER.date() - DAY)
        end_places()
        assert place()


def test_taking_a_plan_begins_it_anew():
    review = had_a_call()
    with clock.lived_at(LATER - 10 * DAY):
        Review.objects.filter(pk=review.pk).update(state="open", reader=None, taken_at=None)
        actions.take(Review.objects.get(pk=review.pk), by=by("joanne"))
    with clock.lived_at(LATER):
        end_places()
        assert place()


def test_who_stands_in_stays_until_it_is_handed_back():
    review = had_a_call()
    joanne, amir = people.person("joanne"), people.person("amir")
    with clock.lived_at(CALL + DAY):
        today = clock.today(joanne.zone)
        away = aways.say_away(joanne, from_on=today, until_on=today + 60 * DAY, stands_in=amir, by=by("theo"))
        cover = aways.hand_over(away, review.case, by=by("theo"))
    with clock.lived_at(CALL + 40 * DAY):
        end_places()
        assert place("amir")
        aways.hand_back(cover, by=by("theo"))
        end_places()
        assert place()
    with clock.lived_at(CALL + 71 * DAY):
        end_places()
        assert place() is None


def test_what_was_still_asked_goes_to_the_coordinators_and_who_reads_along_stops():
    review = had_a_call()
    with clock.lived_at(LATER - DAY):
        asked = {"question": "Is this usual?", "why": "A second pair of eyes."}
        along = second.ask(review.case, people.person("vera"), **asked, until_on=second.last_days()[2], by=by("joanne"))
        ask_to_do(
            "promised", review, case=review.case, due_on=LATER.date(), for_user=people.person("joanne"), by=SYSTEM
        )
    with clock.lived_at(LATER):
        end_places()
    todo = ToDo.objects.get(kind="promised")
    assert (todo.for_user, todo.for_role, todo.done_at) == (None, "coordinator", None)
    along.refresh_from_db()
    assert along.state == "ended"


def test_a_new_plan_after_the_end_waits_for_whoever_takes_it():
    review = had_a_call()
    with clock.lived_at(LATER):
        end_places()
        world.plan(review.case, 3)
        opening.open_due_reviews(clock.now())
        review.refresh_from_db()
        assert (review.state, review.reader) == ("open", None)
        assert [row.pk for row in standing.of(people.person("amir"), clock.now()).free] == [review.pk]


def test_consent_stays_the_patients_and_lets_nobody_read_without_a_place():
    review = had_a_call()
    joanne = people.person("joanne")
    with clock.lived_at(LATER):
        end_places()
        give_consent("read", person=review.case.patient, case=review.case, consultant=joanne, by=by("rosa"))
        assert not may("read_documents", review.case, joanne)


def test_however_many_there_are_they_are_found_by_two_questions(django_assert_num_queries):
    had_a_call()
    with clock.lived_at(BOOKED):
        world.waiting("grace")
        world.waiting("ama")
    with clock.lived_at(LATER), django_assert_num_queries(2):  # one is for the day of our house
        assert len(over(clock.now())) == 3


# A draft that nobody was sent, before its reader's place ends

WARNED = OVER - 4 * DAY


@kept
def has_a_draft() -> Review:
    """The call took place, and nothing was shared before it or since."""
    people.person("theo")
    with clock.lived_at(BOOKED):
        return world.written()


def warned() -> list[ToDo]:
    return list(ToDo.objects.open().filter(kind=DRAFT_ENDS))


def test_a_coordinator_sees_the_draft_some_days_before_once():
    review = has_a_draft()
    with clock.lived_at(OVER - 6 * DAY):
        end_places()
        assert warned() == []
    with clock.lived_at(WARNED):
        end_places()
        end_places()
        (todo,) = warned()
        assert (todo.case, todo.for_role, todo.about_id) == (review.case, "coordinator", str(review.pk))
        assert todo.due_on == (CALL + dt.timedelta(hours=1) + 30 * DAY).date()
        page = browser(people.person("theo")).get(reverse("pages:case_file", args=[review.case_id]))
        assert "A summary that was not finished" in page.text
        assert reverse("reviews:hand_over", args=[review.pk]) in page.text
    with clock.lived_at(LATER):
        end_places()
    assert (place(), warned()) == (None, [])


def test_done_by_a_person_it_is_not_asked_again():
    has_a_draft()
    with clock.lived_at(WARNED):
        end_places()
        settle_to_do(warned()[0], by=by("theo"))
        end_places()
        assert warned() == []


LEAVES = {
    "shared": lambda review: actions.complete(review, is_ticked=True, by=by("joanne")),
    "handed on": lambda review: handing.hand_over(review, people.person("amir"), by=by("theo")),
    "given back": lambda review: actions.hand_back(review, by=by("theo")),
}


@pytest.mark.parametrize("leaves", LEAVES.values(), ids=LEAVES)
def test_it_goes_once_the_draft_is_out_of_those_hands(leaves):
    review = has_a_draft()
    with clock.lived_at(WARNED):
        end_places()
        assert len(warned()) == 1
        leaves(review)
        assert warned() == []


def test_it_goes_once_a_call_is_booked():
    review = has_a_draft()
    with clock.lived_at(WARNED):
        end_places()
        world.talk(review.case, people.person("joanne"), days=9)
        end_places()
        assert warned() == []


@pytest.mark.parametrize(("state", "count"), [("booked", 1), ("no_show", 0)])
def test_what_was_shared_before_the_call_and_never_completed_is_warned_of_once(state, count):
    review = had_a_call()
    type(review.consultation).objects.filter(pk=review.consultation_id).update(state=state)
    with clock.lived_at(WARNED):
        end_places()
        end_places()
        assert [todo.about_id for todo in warned()] == [str(review.pk)] * count
        if count:
            actions.complete(review, is_ticked=True, by=by("joanne"))
            end_places()
            assert warned() == []


def test_what_is_complete_is_warned_of_to_nobody():
    review = had_a_call()
    with clock.lived_at(CALL + DAY):
        actions.complete(review, is_ticked=True, by=by("joanne"))
    with clock.lived_at(WARNED):
        end_places()
    assert warned() == []


def test_a_week_after_the_call_no_further_version_is_promised():
    summary = had_a_call().summaries.get()
    promise = "it is completed, as a new version"
    with clock.lived_at(CALL + DAY):
        assert promise in sheet.summary_lead(summary)
    with clock.lived_at(CALL + 9 * DAY):
        assert promise not in sheet.summary_lead(summary)


@pytest.mark.parametrize("is_over", [False, True], ids=["still placed", "place ended"])
def test_what_is_taken_back_waits_for_somebody_once_its_reader_has_left(is_over):
    review = had_a_call()
    with clock.lived_at(OVER + DAY if is_over else CALL):
        end_places()
        actions.withdraw(review.summaries.get(), reason="A wrong page.", by=by("theo"))
        review = Review.objects.get()
        state, reader = ("open", None) if is_over else ("drafting", people.person("joanne"))
        assert (review.state, review.reader) == (state, reader)
        assert (review in Review.objects.free_for(people.person("amir"))) == is_over
