"""The queue: its order and chips, plans that nobody has, and taking one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.actions import end_assignment, withdraw_consent
from cases.case.models import Assignment, Case, Consent
from cases.documents.models import PageImage
from cases.reviews import actions, opening
from cases.reviews.models import Review
from cases.reviews.queue import showing, standing
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
QUEUE = "/staff/reviews/"


def browser(key):
    return people.browser(people.person(key))


def shown(key, show=""):
    return browser(key).get(reverse("reviews:queue"), {"show": show} if show else {})


def counts(page):
    return {chip["code"]: chip["count"] for chip in page.context["chips"]}


def free(key="rosa"):
    """A plan that waits for a reader in a case without a consultant."""
    case = factories.open_case(people.person(key))
    world.plan(case)
    return opening.ask_for_reading(case, by=by(key))


def rows(key="joanne"):
    return standing.of(people.person(key), clock.now()).rows


# What stands in it


def test_the_nearest_date_is_first_and_on_one_day_the_earlier_call(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC), tick=False)
    later = world.waiting("rosa", days=8)
    world.waiting("grace", days=3.05)
    case = factories.open_case(people.person("ama"))
    world.plan(case)
    world.talk(case, people.person("joanne"), days=3)
    opening.open_due_reviews(clock.now())
    assert [row.name for row in rows()] == ["Ama Osei", "Grace Tanaka", "Rosa Delgado"]
    assert rows()[-1].review == later


def test_a_row_says_pages_files_time_and_how_far_the_records_are():
    case = factories.case_with_visit(days=20)
    world.plan(case, 3)
    world.plan(case, 1)
    world.talk(case, people.person("joanne"))
    page = shown("joanne")
    assert "4 pages, 2 files" in page.text
    assert "about 20 minutes" in page.text
    assert f"0 of {case.visits.get().items.filter(is_core=True).count()} core records there" in page.text


def test_what_is_a_picture_is_said_to_be_one():
    review = world.waiting()
    PageImage.objects.filter(version=review.version).update(reading="empty")
    assert "2 pages, photos" in shown("joanne").text


@pytest.mark.parametrize(
    ("state", "days", "said"),
    [("open", 9, "New"), ("open", 0, "Due today"), ("open", 1, "Due tomorrow"), ("open", -1, "Past its date")],
)
def test_a_tag_says_how_near_its_date_is(state, days, said):
    review = world.waiting(days=30)
    today = clock.today(people.person("joanne").zone)
    Review.objects.filter(pk=review.pk).update(read_by=today + dt.timedelta(days=days), state=state)
    assert [tag["label"] for tag in showing.tags(rows()[0])] == [said]


def test_what_is_written_in_is_in_progress_and_goes_on_in_the_workspace():
    review = world.write(world.taken(days=30))
    page = shown("joanne")
    assert "In progress" in page.text
    assert f'href="{review.get_absolute_url()}"' in page.text


def test_chips_count_and_filter():
    world.waiting("rosa", days=30)
    late = world.waiting("grace", days=30)
    Review.objects.filter(pk=late.pk).update(read_by=clock.today(people.person("joanne").zone))
    page = shown("joanne", "soon")
    assert counts(page) == {"mine": 2, "soon": 1, "free": 0, "patient": 0}
    assert "Grace Tanaka" in page.text
    assert "Rosa Delgado" not in page.text
    assert "Grace Tanaka" in shown("joanne", "none of them").text


def test_without_the_yes_to_reading_it_is_with_the_patient():
    world.waiting("rosa")
    withdraw_consent(Consent.objects.standing().get(kind="read"), by=by("rosa"))
    page = shown("joanne", "patient")
    assert counts(page)["patient"] == 1
    assert "With patient" in page.text


def test_a_call_without_its_plan_waits_for_the_patient():
    case = factories.open_case()
    world.talk(case, people.person("joanne"))
    page = shown("joanne", "patient")
    assert "Waiting for the plan" in page.text
    assert reverse("bookings:detail", args=[case.consultations.get().pk]) in page.text


def test_a_call_without_its_plan_is_as_urgent_as_one_with_it(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC), tick=False)
    later = world.waiting("grace", days=9)
    case = factories.open_case()
    world.talk(case, people.person("joanne"), days=2)
    first, second = rows()
    assert (first.case_id, second.review) == (case.pk, later)
    assert (first.read_by, first.urgency) == (dt.date(2026, 11, 3), "soon")
    page = shown("joanne", "soon")
    assert counts(page) == {"mine": 2, "soon": 1, "free": 0, "patient": 1}
    assert "Plan not here yet" in page.text
    assert "Due tomorrow" in page.text
    world.plan(case)
    opening.open_due_reviews(clock.now())
    assert rows()[0].read_by == Review.objects.get(case=case).read_by == first.read_by


def test_a_call_after_a_closed_day_is_to_be_read_for_before_it(time_machine):
    time_machine.move_to(dt.datetime(2026, 12, 21, 15, tzinfo=dt.UTC), tick=False)
    world.talk(factories.open_case(), people.person("joanne"), days=7)  # Monday the 28th, after Christmas
    [row] = rows()
    assert row.read_by == dt.date(2026, 12, 24)


def test_a_coordinator_sees_all_and_may_hand_over():
    review = world.taken()
    page = shown("theo")
    assert "Joanne Pike" in page.text
    assert reverse("reviews:hand_over", args=[review.pk]) in page.text
    assert "Unassigned plans" not in page.text


# Plans that nobody has


@pytest.mark.parametrize("show", ["", "free"])
def test_an_unassigned_plan_shows_nothing_that_tells_whose_it_is(show):
    review = free()
    case = review.case
    page = shown("amir", show)
    assert "2, typed" in page.text
    assert "English" in page.text
    hidden = [case.patient.name, "Rosa", "Delgado", ">RD<", case.reference, case.diagnosis, "Breast", str(case.pk)]
    hidden += [str(case.patient_id), review.version.name, "Words of page", str(review.version_id)]
    assert [word for word in hidden if word and word in page.text] == []


def test_a_row_without_a_name_holds_nothing_that_leads_to_one():
    free()
    row = standing.of(people.person("amir"), clock.now()).free[0]
    assert set(vars(row)) == {"pk", "read_by", "rests_until", "pages", "is_photos", "language", "kind"}


@pytest.mark.parametrize("name", ["edit", "brief", "hand_over", "next", "previous", "preview"])
def test_nothing_of_it_opens_before_it_is_taken(name):
    assert browser("amir").get(reverse(f"reviews:{name}", args=[free().pk])).status_code in {302, 404}
    assert not Event.objects.filter(verb__startswith="review.", actor_id=people.person("amir").pk).exists()


def test_ones_own_plan_is_never_offered():
    joanne = people.person("joanne")
    case = factories.open_case(joanne)
    world.plan(case)
    opening.ask_for_reading(case, by=by("joanne"))
    assert standing.of(joanne, clock.now()).free == []


# Taking


def test_taking_leads_to_the_brief():
    review = world.waiting()
    answer = browser("joanne").post(reverse("reviews:take", args=[review.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("reviews:brief", args=[review.pk]))


def test_taking_twice_is_taking_once():
    review, joanne = world.waiting(), browser("joanne")
    for _press in range(2):
        assert joanne.post(reverse("reviews:take", args=[review.pk])).url.endswith("/brief/")
    assert Event.objects.filter(verb="review.taken").count() == 1


def test_whoever_comes_too_late_reads_who_has_it_and_no_more():
    review = free()
    actions.take(review, by=by("amir"))
    answer = browser("joanne").post(reverse("reviews:take", args=[review.pk]), follow=True)
    assert "Amir Haddad has this plan now." in answer.text
    assert "Rosa" not in answer.text


def test_a_colleague_in_the_case_reads_who_has_it():
    review = world.taken()
    factories.assign(review.case, people.person("amir"))
    answer = browser("amir").post(reverse("reviews:take", args=[review.pk]), follow=True)
    assert "Joanne Pike has this plan now." in answer.text
    with pytest.raises(Refused, match="Joanne Pike has this plan now"):
        actions.take(review, by=by("amir"))
    assert Review.objects.get().reader == people.person("joanne")


def test_who_reads_in_a_colleagues_case_is_told_to_nobody_else():
    assert browser("amir").post(reverse("reviews:take", args=[world.taken().pk])).status_code == 404
    assert browser("amir").post(reverse("reviews:take", args=[world.waiting("grace").pk])).status_code == 404


# From plan to plan


def test_next_and_previous_go_through_the_queue_and_end_at_its_ends():
    first, second = world.waiting("rosa", days=10), world.waiting("grace", days=20)
    joanne = browser("joanne")
    go = lambda name, review: joanne.get(reverse(f"reviews:{name}", args=[review.pk])).url  # noqa: E731
    assert go("next", first) == reverse("reviews:brief", args=[second.pk])
    assert go("previous", second) == reverse("reviews:brief", args=[first.pk])
    assert go("next", second) == go("previous", first) == QUEUE
    assert "last plan in your queue" in joanne.get(reverse("reviews:next", args=[second.pk]), follow=True).text


def test_next_and_previous_take_plans_of_one_moment_in_the_order_of_the_list(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC), tick=False)
    made = [world.waiting(key, days=5) for key in ("rosa", "grace", "ama", "ines")]
    for number, review in enumerate(sorted(made, key=lambda each: each.pk, reverse=True)):
        Review.objects.filter(pk=review.pk).update(opened_at=clock.now() - dt.timedelta(hours=number % 2))
    listed = [row.review.pk for row in rows()]
    joanne = people.person("joanne")
    reached, there = [listed[0]], Review.objects.get(pk=listed[0])
    while pk := standing.beside(there, joanne, 1):
        reached, there = [*reached, pk], Review.objects.get(pk=pk)
    assert reached == listed == sorted(each.pk for each in made)
    assert standing.beside(there, joanne, -1) == listed[-2]


# However much there is


def many_finished(count=230) -> None:
    """As many reviews that are complete, of as many cases of this consultant, none with a call."""
    one = world.waiting("grace")
    case, joanne, now = one.case, people.person("joanne"), clock.now()
    cases = Case.objects.bulk_create(
        Case(patient=case.patient, key=case.key, reference=f"RS-B{number:04}", opened_at=now) for number in range(count)
    )
    Assignment.objects.bulk_create(Assignment(case=each, user=joanne, begun_at=now, why="booking") for each in cases)
    Review.objects.bulk_create(
        Review(
            case=each,
            version=one.version,
            plan=one.plan,
            pages=2,
            plan_at=now,
            reader=joanne,
            state="completed",
            read_by=clock.today(joanne.zone) - dt.timedelta(days=400),
            opened_at=now,
            taken_at=now,
            completed_at=now,
        )
        for each in cases
    )


def test_a_new_plan_stands_in_the_queue_however_many_are_finished():
    new = world.waiting("rosa")
    to_complete = world.shared(key="ama").review
    joanne = browser("joanne")
    joanne.get(QUEUE)
    with CaptureQueriesContext(connection) as before:
        joanne.get(QUEUE)
    many_finished()
    with CaptureQueriesContext(connection) as after:
        page = joanne.get(QUEUE)
    assert new in [line["row"].review for line in page.context["rows"]]
    assert page.context["shared"][0]["review"] == to_complete
    assert len(page.context["shared"]) == standing.ROWS
    assert len(after) <= len(before)


def test_whose_place_ended_goes_nowhere():
    review = world.waiting()
    end_assignment(review.case, people.person("joanne"), by=by("theo"))
    assert browser("joanne").get(reverse("reviews:next", args=[review.pk])).status_code == 404


def test_words_of_a_plan_are_counted_when_it_is_taken_in():
    assert world.waiting(pages=3).words == 12
