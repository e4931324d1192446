"""The patient's summary: reading, answering, taking along."""

import io

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from cases.case.models import Consent
from cases.opinions.questions import actions as questions
from cases.opinions.questions.models import Question
from cases.reviews import actions, opening
from cases.reviews.models import Review
from cases.reviews.notes.actions import add_note
from portal.clock import now
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def browser(key):
    return people.browser(people.person(key))


def page_of(case, key="rosa", **query):
    return browser(key).get(reverse("reviews:summary", args=[case.pk]), query)


def told(verb):
    return Event.objects.filter(verb=verb).count()


def test_the_summary_says_what_was_shared():
    summary = world.shared()
    page = page_of(summary.review.case)
    assert "An operation" in page.text
    assert "What it will cost" in page.text
    assert "What will I have to pay" in page.text
    assert "Version 1, shared" in page.text
    assert "replace a doctor’s second opinion" in page.text
    assert told("summary.opened") == 1


def test_a_missing_point_that_waits_on_her_list_says_so():
    summary = world.shared()
    case = summary.review.case
    idea = Question.objects.get(case=case, idea="cost")
    tag = "On your question list"
    assert page_of(case).text.count(tag) == len(summary.frozen["missing"]) == 1
    questions.drop(idea, by=by("rosa"))
    page = page_of(case).text
    assert tag not in page
    assert "You could ask:" in page


def test_that_she_keeps_a_point_to_herself_is_said_to_her_alone():
    summary = world.shared()
    case = summary.review.case
    asked = Question.objects.get(case=case, idea="cost")
    questions.change(asked, text=asked.text, target="", is_private=True, by=by("rosa"))
    assert "question list" in page_of(case).text
    assert "On your question list" not in page_of(case, "joanne").text


def test_pages_link_into_the_patients_own_document():
    summary = world.shared()
    document = summary.review.version.document_id
    assert f"{reverse('documents:detail', args=[document])}?page=2#page-2" in page_of(summary.review.case).text


def test_nothing_of_the_staffs_notes_is_on_the_page():
    review = world.write(world.written(), private="Staff words")
    add_note(review, page=1, place="top", words="Remark of staff", by=by("joanne"))
    actions.share(review, is_ticked=True, by=by("joanne"))
    text = page_of(review.case).text
    assert "Staff words" not in text
    assert "Remark of staff" not in text


@pytest.mark.parametrize(
    ("key", "status"), [("joanne", 200), ("theo", 200), ("amir", 404), ("grace", 404), ("mara", 404)]
)
def test_who_opens_the_summary(key, status):
    assert page_of(world.shared().review.case, key).status_code == status


def test_a_helper_who_began_the_case_does_not_read_the_summary():
    case = factories.open_case(starter=people.person("ama"))
    world.plan(case)
    world.talk(case, people.person("joanne"))
    opening.open_due_reviews(now())
    review = world.look_for_all(world.write(actions.take(Review.objects.get(), by=by("joanne"))))
    summary = actions.share(review, is_ticked=True, by=by("joanne"))
    assert "lump" not in page_of(case, "ama").text
    assert browser("ama").get(reverse("reviews:pdf", args=[summary.pk])).status_code == 404
    address = reverse("reviews:answer", args=[summary.pk, "steps"])
    assert browser("ama").post(address, {"clear": "yes"}).status_code == 404


def test_earlier_versions_can_be_read_and_say_what_was_corrected():
    first = world.shared()
    actions.share(first.review, is_ticked=True, correction="The page was wrong.", by=by("joanne"))
    page = page_of(first.review.case)
    assert "Version 2, shared" in page.text
    assert "The page was wrong." in page.text
    assert "Version 1, shared" in page_of(first.review.case, version="1").text


def test_a_summary_about_an_earlier_plan_says_so():
    summary = world.shared()
    world.plan(summary.review.case)
    opening.open_due_reviews(now())
    assert "This is about the earlier plan" in page_of(summary.review.case).text


def test_a_summary_taken_back_shows_the_reason_and_not_its_words():
    summary = actions.withdraw(world.shared(), reason="It was about another plan.", by=by("joanne"))
    page = page_of(summary.review.case)
    assert "It was about another plan." in page.text
    assert "lump" not in page.text
    assert browser("rosa").get(reverse("reviews:pdf", args=[summary.pk])).status_code == 404


def test_the_pdf_is_tagged_and_recorded():
    summary = world.shared()
    answer = browser("rosa").get(reverse("reviews:pdf", args=[summary.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    file = pikepdf.open(io.BytesIO(answer.content))
    assert file.Root.MarkInfo.Marked
    text = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()
    assert "To take out the lump" in text
    assert told("summary.saved_as_pdf") == 1


@pytest.mark.parametrize("key", ["amir", "grace", "mara"])
def test_strangers_get_no_pdf(key):
    assert browser(key).get(reverse("reviews:pdf", args=[world.shared().pk])).status_code == 404


# Before there is a summary


def test_without_a_plan_the_page_says_what_will_stand_here():
    assert "Add your plan" in page_of(factories.open_case()).text


def test_with_a_plan_it_offers_a_talk_or_a_written_reading():
    case = factories.open_case()
    world.plan(case)
    assert "Ask for it in writing" in page_of(case).text
    answer = browser("rosa").post(reverse("reviews:ask", args=[case.pk]), follow=True)
    assert "One of us reads your plan by" in answer.text
    assert Review.objects.get().is_written_reading


def test_while_it_is_read_the_page_says_by_whom_and_by_when():
    page = page_of(world.taken().case)
    assert "Joanne reads your plan by" in page.text


def test_the_patient_lets_the_taker_read():
    case = factories.open_case()
    world.plan(case)
    actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("amir"))
    assert browser("amir").get(Review.objects.get().get_absolute_url()).status_code == 403
    assert "would like to read your plan" in page_of(case).text
    browser("rosa").post(reverse("reviews:agree", args=[case.pk]))
    assert Consent.objects.standing().get(kind="read").consultant == people.person("amir")
    assert browser("amir").get(Review.objects.get().get_absolute_url()).status_code == 200


@pytest.mark.parametrize("key", ["theo", "joanne"])
def test_staff_do_not_agree_for_the_patient(key):
    case = factories.open_case()
    world.plan(case)
    actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("joanne"))
    browser(key).post(reverse("reviews:agree", args=[case.pk]))
    assert not Consent.objects.filter(kind="read").exists()


@pytest.mark.parametrize(("key", "offered"), [("joanne", True), ("theo", True), ("rosa", False)])
def test_taking_back_is_offered_to_those_who_may(key, offered):
    summary = world.shared()
    address = reverse("reviews:withdraw", args=[summary.pk])
    assert (address in page_of(summary.review.case, key).text) == offered
