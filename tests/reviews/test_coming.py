"""What the patient reads of what is to come, while no summary stands and after one was taken back: only what is so."""

import datetime as dt

import pytest
from django.urls import reverse

from bookings.models import Consultation
from cases.case.actions import give_consent
from cases.case.helping import actions as helping
from cases.case.people import is_assigned
from cases.reviews import actions, opening
from cases.reviews.asking import actions as asking_actions
from cases.reviews.models import Review
from cases.reviews.queue import handing
from cases.reviews.tasks import end_places
from portal.clock import now
from portal.pages import closing_actions as closing
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
COMES = "A new version comes when it is ready."


def browser(key):
    return people.browser(people.person(key))


def page_of(case, key="rosa"):
    return browser(key).get(reverse("reviews:summary", args=[case.pk]))


def test_while_the_reader_needs_one_thing_nothing_else_is_said():
    review = world.taken()
    asking = asking_actions.ask(review, kind="report", words="The report of the MRI.", by=by("joanne"))
    page = page_of(review.case).text
    assert "Joanne needs one thing to read on." in page
    assert f'href="{asking.get_absolute_url()}"' in page
    assert "You have nothing to do." not in page
    asking_actions.not_there(asking, by=by("rosa"))
    assert "You have nothing to do." in page_of(review.case).text


def test_no_day_is_named_that_has_passed_or_rests(time_machine):
    case = factories.open_case()
    world.plan(case)
    review = actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("joanne"))
    give_consent("read", person=case.patient, case=case, consultant=people.person("joanne"), by=by("rosa"))
    assert "Joanne reads your plan by" in page_of(case).text
    asking_actions.ask(review, kind="report", words="The report of the MRI.", by=by("joanne"))
    assert "Joanne reads your plan and writes" in page_of(case).text
    time_machine.move_to(now() + dt.timedelta(days=30))
    asking_actions.pass_over(now())
    assert Review.objects.get().read_by < now().date()
    assert "Joanne reads your plan and writes" in page_of(case).text


# After it was taken back


def taken_back(summary, key="joanne"):
    actions.withdraw(summary, reason="It was about another plan.", by=by(key))
    return page_of(summary.review.case)


def test_after_it_was_taken_back_who_reads_next_still_needs_her_yes():
    summary = world.shared()
    handing.hand_over(Review.objects.get(), people.person("amir"), by=by("joanne"))
    page = taken_back(summary, "theo").text
    assert "would like to read your plan" in page
    assert COMES not in page
    browser("rosa").post(reverse("reviews:agree", args=[summary.review.case_id]))
    assert COMES in page_of(summary.review.case).text


def test_taken_back_while_it_rests_says_that_nobody_reads_and_the_ways_on():
    summary = world.shared()
    case = summary.review.case
    world.plan(case)
    opening.open_due_reviews(now())
    Consultation.objects.update(state="cancelled", cancelled_at=now(), cancelled_by=people.person("rosa"), version=2)
    opening.open_due_reviews(now())
    assert Review.objects.get().state == "set_aside"
    assert "Nobody reads it at the moment, because no talk is booked." in page_of(case).text
    page = taken_back(summary, "theo").text
    assert COMES not in page
    assert "Nobody reads your plan at the moment" in page
    assert reverse("bookings:pick", args=[case.pk]) in page
    answered = browser("rosa").post(reverse("reviews:ask", args=[case.pk]), follow=True).text
    assert COMES in answered
    assert "You have nothing to do." in answered


def test_an_earlier_version_promises_none_that_is_there_already():
    summary = world.shared()
    world.plan(summary.review.case)
    opening.open_due_reviews(now())
    follows = "It is being read, and a new version follows."
    assert follows in page_of(summary.review.case).text
    world.look_for_all(world.write(Review.objects.get(), plain="The new one. (page 1)"))
    actions.share(Review.objects.get(), is_ticked=True, by=by("joanne"))
    page = browser("rosa").get(reverse("reviews:summary", args=[summary.review.case_id]), {"version": "1"}).text
    assert "This is about the earlier plan" in page
    assert follows not in page


def test_on_a_closed_case_nothing_is_promised():
    summary = world.shared()
    case = summary.review.case
    other = factories.open_case(people.person("grace"))
    world.plan(other)
    opening.ask_for_reading(other, by=by("grace"))
    assert COMES in taken_back(summary).text
    assert "You have nothing to do." in page_of(other, "grace").text
    Consultation.objects.update(state="cancelled", cancelled_at=now(), cancelled_by=people.person("rosa"), version=2)
    for each in (case, other):
        closing.close_case(each, "asked", by=by("theo"))
    page = page_of(case).text
    assert "It was about another plan." in page
    assert COMES not in page
    page = page_of(other, "grace").text
    assert "Your plan was not written in plain words before this page was closed." in page
    assert "You have nothing to do." not in page


def test_what_is_written_anew_is_not_late_from_its_first_day(time_machine):
    time_machine.move_to(dt.datetime(2026, 12, 7, 17, tzinfo=dt.UTC), tick=False)  # a Monday
    summary = world.shared(days=3)
    case = summary.review.case
    time_machine.move_to(now() + dt.timedelta(days=14), tick=False)
    assert COMES in taken_back(summary).text
    review = Review.objects.get()
    assert (review.state, review.read_by) == ("drafting", dt.date(2026, 12, 29))  # Christmas is closed
    assert "Past its date" not in browser("joanne").get(reverse("reviews:queue")).text
    end_places()
    assert is_assigned(case, people.person("joanne"))


def test_taken_back_before_its_call_the_day_stays():
    summary = world.shared(days=3)
    day = summary.review.read_by
    taken_back(summary)
    assert Review.objects.get().read_by == day


def test_a_helper_reads_that_it_waits_for_the_patients_yes():
    case = factories.open_case()
    world.plan(case)
    review = actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("amir"))
    helping.agree(helping.ask(case, people.person("ines"), by=by("rosa")), chosen="most", by=by("rosa"))
    assert "Amir reads the plan once Rosa has said yes to it." in page_of(case, "ines").text
    assert "would like to read your plan" in page_of(case).text
    handing.let_read(review, by=by("rosa"))
    assert "Amir reads your plan by" in page_of(case, "ines").text
