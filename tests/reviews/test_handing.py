"""A plan handed over to a colleague: who may, who reads then, what the patient hears, and her yes."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import ask_to_do, end_assignment
from cases.case.away import actions as away
from cases.case.models import Assignment, Consent, ToDo
from cases.case.people import has_consent_to_read, is_assigned
from cases.reviews import actions, opening
from cases.reviews.models import Review
from cases.reviews.queue import handing, notices
from portal import clock
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.people import browser
from tests.reviews import world
from tests.reviews.test_opening import cancel
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def amir() -> User:
    return people.person("amir")


def address(review: Review) -> str:
    return reverse("reviews:hand_over", args=[review.pk])


def told() -> list[str]:
    rows = Reminder.objects.filter(kind=notices.HANDED_OVER, settled_at=None)
    due = notices.HANDED.still_due(list(rows), clock.now())
    return [str(row.recipient_id) for row in rows if row.pk in due]


def test_the_reader_hands_over_and_what_is_written_goes_along():
    review = handing.hand_over(world.write(world.taken()), amir(), by=by("joanne"))
    review = Review.objects.get(pk=review.pk)
    assert (review.reader, review.came_from, review.state) == (amir(), people.person("joanne"), "drafting")
    assert review.texts["plain"] == world.PLAIN
    assert is_assigned(review.case, amir())
    assert Event.objects.filter(verb="review.handed_over", patient=review.case.patient_id).count() == 1


def test_the_patient_is_told_once_and_by_name():
    review = handing.hand_over(world.taken(), amir(), by=by("joanne"))
    handing.hand_over(review, amir(), by=by("joanne"))
    assert told() == [str(review.case.patient_id)]
    page = browser(people.person("rosa")).get(reverse("reviews:summary", args=[review.case_id]))
    assert "Amir Haddad would like to read your plan" in page.text


def test_until_her_yes_the_new_reader_reads_nothing():
    review = handing.hand_over(world.taken(), amir(), by=by("joanne"))
    page = browser(amir()).get(reverse("reviews:edit", args=[review.pk]))
    assert page.status_code == 403
    brief = browser(amir()).get(reverse("reviews:brief", args=[review.pk]))
    assert "Joanne Pike handed this over to you" in brief.text
    assert "Words of page" not in brief.text
    browser(people.person("rosa")).post(reverse("reviews:agree", args=[review.case_id]))
    assert has_consent_to_read(review.case, amir())
    assert told() == []
    assert browser(amir()).get(reverse("reviews:edit", args=[review.pk])).status_code == 200


def test_who_has_a_call_there_keeps_her_place_and_who_has_none_leaves():
    review = world.taken()
    handing.hand_over(review, amir(), by=by("joanne"))
    assert is_assigned(review.case, people.person("joanne"))
    handing.hand_over(Review.objects.get(), people.person("joanne"), by=by("amir"))
    assert not Assignment.objects.filter(case=review.case, user=amir(), ended_at=None).exists()
    assert told() == [str(review.case.patient_id)]


def test_what_was_asked_of_who_leaves_is_asked_of_the_colleague():
    review = world.taken()
    handing.hand_over(review, amir(), by=by("joanne"))
    ask_to_do("call", review.case, case=review.case, due_on=clock.today(amir().zone), for_user=amir(), by=by("theo"))
    handing.hand_over(Review.objects.get(), people.person("joanne"), by=by("amir"))
    assert ToDo.objects.open().get(kind="call").for_user == people.person("joanne")


def test_a_coordinator_hands_over_too():
    review = world.taken()
    answer = browser(people.person("theo")).post(address(review), {"to": amir().pk}, follow=True)
    assert "Amir Haddad has the plan now. We tell Rosa." in answer.text
    assert Review.objects.get().reader == amir()


def test_a_second_press_says_who_has_it():
    review = world.taken()
    review.consultation.__class__.objects.update(
        state="cancelled", cancelled_at=clock.now(), cancelled_by=people.person("rosa")
    )
    joanne = browser(people.person("joanne"))
    for _press in range(2):
        answer = joanne.post(address(review), {"to": amir().pk}, follow=True)
        assert "Amir Haddad has th" in answer.text
    assert Event.objects.filter(verb="review.handed_over").count() == 1
    assert not is_assigned(review.case, people.person("joanne"))


@pytest.mark.parametrize("key", ["amir", "rosa", "grace", "mara"])
def test_nobody_else_hands_it_over(key):
    review = world.taken()
    factories.assign(review.case, amir())
    with pytest.raises(Refused):
        handing.hand_over(review, amir(), by=by(key))


@pytest.mark.parametrize("key", ["joanne", "rosa", "theo", "mara", "ama"])
def test_it_goes_to_no_one_but_a_colleague(key):
    review = world.taken()
    case = review.case
    case.starter = people.person("ama")
    case.save(update_fields=["starter"])
    with pytest.raises(Refused):
        handing.hand_over(review, people.person(key), by=by("joanne"))
    assert Review.objects.get().reader == people.person("joanne")


def test_it_goes_to_nobody_who_is_away_or_has_left():
    review, today = world.taken(), clock.today(amir().zone)
    away.say_away(amir(), from_on=today, until_on=today, stands_in=people.person("joanne"), by=by("theo"))
    with pytest.raises(Refused, match="is away"):
        handing.hand_over(review, amir(), by=by("joanne"))
    User.objects.filter(pk=amir().pk).update(can_sign_in=False)
    with pytest.raises(Refused, match="not one of our consultants"):
        handing.hand_over(review, amir(), by=by("joanne"))
    page = browser(people.person("joanne")).get(address(review))
    assert "Amir" not in page.text


def test_what_nobody_has_taken_is_not_handed_over():
    with pytest.raises(Refused):
        handing.hand_over(world.waiting(), amir(), by=by("joanne"))


def test_a_plan_without_a_call_that_is_given_back_waits_for_every_colleague():
    joanne = people.person("joanne")
    case = factories.open_case(people.person("rosa"))
    world.plan(case)
    review = actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("joanne"))
    note = ask_to_do("call", case, case=case, due_on=clock.now().date(), for_user=joanne, by=by("theo"))
    for _press in range(2):
        page = browser(joanne).post(reverse("reviews:hand_back", args=[review.pk]), follow=True)
        assert page.status_code == 200
    assert review in Review.objects.free_for(amir())
    assert review in Review.objects.free_for(joanne)
    assert not is_assigned(case, joanne)
    note.refresh_from_db()
    assert (note.for_user, note.for_role) == (None, "coordinator")
    browser(amir()).post(reverse("reviews:take", args=[review.pk]))
    assert Review.objects.get().reader == amir()


@pytest.mark.parametrize("key", ["joanne", "theo"])
def test_who_gives_a_plan_back_before_their_call_stays_in_the_case_and_is_told_what_that_means(key):
    review = world.taken()
    said = browser(people.person(key)).post(reverse("reviews:hand_back", args=[review.pk]), follow=True).text
    assert "only who is in the case is offered the plan" in said
    assert "take it and hand it over by name" in said
    review.refresh_from_db()
    assert is_assigned(review.case, people.person("joanne"))
    assert review not in Review.objects.free_for(amir())


def test_handing_back_afterwards_takes_the_notice_back():
    review = handing.hand_over(world.taken(), amir(), by=by("joanne"))
    actions.hand_back(review, by=by("amir"))
    assert told() == []


def test_who_was_rung_says_yes_to_a_coordinator():
    User.objects.filter(pk=people.person("rosa").pk).update(phone="+14165550123")
    review = world.taken()
    User.objects.filter(pk=review.case.patient_id).update(email=None, can_sign_in=False)
    review = handing.hand_over(Review.objects.get(), amir(), by=by("joanne"))
    todo = ToDo.objects.open().get(kind="ask_to_read")
    assert todo.about_id == str(review.pk)
    theo, page = browser(people.person("theo")), reverse("reviews:summary", args=[review.case_id])
    assert "How did they say it?" in theo.get(page).text
    agree = reverse("reviews:agree", args=[review.case_id])
    theo.post(agree)
    assert not has_consent_to_read(review.case, amir())
    theo.post(agree, {"said": "phone"})
    assert Consent.objects.standing().get(consultant=amir()).how == "phone"
    assert not ToDo.objects.open().filter(kind="ask_to_read").exists()


@pytest.mark.parametrize("way", ["handed_back", "leaves", "rests"])
def test_nobody_is_rung_about_who_gave_the_plan_back(way):
    User.objects.filter(pk=people.person("rosa").pk).update(phone="+14165550123")
    review = world.taken()
    User.objects.filter(pk=review.case.patient_id).update(email=None, can_sign_in=False)
    review = handing.hand_over(Review.objects.get(), amir(), by=by("joanne"))
    assert ToDo.objects.open().filter(kind="ask_to_read", about_id=str(review.pk)).exists()
    if way == "handed_back":
        actions.hand_back(review, by=by("amir"))
    elif way == "rests":
        cancel(review.consultation)
        opening.open_due_reviews(clock.now())
    else:
        actions.reader_leaves(review.case, amir(), by=by("theo"))
    assert not ToDo.objects.open().filter(kind="ask_to_read").exists()
    assert Event.objects.filter(verb="todo.dropped").count() == 1


def test_a_consultant_says_yes_for_nobody():
    review = world.taken()
    assert browser(people.person("joanne")).post(reverse("reviews:agree", args=[review.case_id])).status_code == 404


def test_whose_place_ended_hands_over_nothing():
    review = world.taken()
    end_assignment(review.case, people.person("joanne"), by=by("theo"))
    with pytest.raises(Refused):
        handing.hand_over(review, amir(), by=by("joanne"))


def test_database_refuses_a_plan_that_comes_from_its_own_reader():
    review = world.taken()
    for change in ({"came_from": review.reader}, {"came_from": amir(), "reader": None, "taken_at": None}):
        with pytest.raises(IntegrityError, match="review_"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**change)


def test_after_the_summary_was_shared_she_is_asked_on_its_page():
    summary = world.shared()
    handing.hand_over(summary.review, amir(), by=by("joanne"))
    page = browser(people.person("rosa")).get(summary.get_absolute_url())
    assert "Amir Haddad would like to read your plan" in page.text
    agreed = browser(people.person("rosa")).post(reverse("reviews:agree", args=[summary.review.case_id]))
    assert agreed.status_code == 302
    assert has_consent_to_read(summary.review.case, amir())
    assert "would like to read" not in browser(people.person("rosa")).get(summary.get_absolute_url()).text
