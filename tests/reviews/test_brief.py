"""The brief: one screen before the text, with what a reader of ten minutes needs, and nothing she may not know."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import actions as bookings
from bookings.models import Consultation
from cases.case.actions import change_case, set_clinician, withdraw_consent
from cases.case.helping import actions as helping
from cases.case.models import Case, Consent
from cases.documents.models import PageImage
from cases.opinions.comparing import actions as comparing
from cases.opinions.deciding import actions as deciding
from cases.opinions.questions import actions as questions
from cases.opinions.questions import targets
from cases.opinions.questions.models import Question
from cases.reviews import actions, opening
from cases.reviews.asking import actions as asking
from cases.reviews.models import Review, Summary
from cases.reviews.queue import changes
from cases.threads import actions as threads
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.models import Event
from tests import factories, people
from tests.people import browser
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def address(review: Review) -> str:
    return reverse("reviews:brief", args=[review.pk])


def brief(review: Review, key: str = "joanne"):
    return browser(people.person(key)).get(address(review))


def read_the_plan(review: Review) -> None:
    browser(people.person("joanne")).get(review.get_absolute_url())


def test_it_says_what_she_asks_and_how_the_plan_begins():
    page = brief(world.taken())
    assert "Is a smaller operation possible for me?" in page.text
    assert "Words of page 1" in page.text
    assert "2 pages, about 20 minutes" in page.text
    assert "You have not opened this plan yet." in page.text


def test_what_she_wants_from_the_call_stands_beside_questions_of_her_own():
    review = world.taken()
    assert "What Rosa asks and wants from the call" in (page := brief(review).text)
    assert all(page.count(line) == 1 for line in world.HOPE.splitlines())
    call = Consultation.objects.get()
    questions.add(review.case, text="Must I stay overnight?", target=targets.key_of(call), by=by("rosa"))
    page = brief(review).text
    assert "Must I stay overnight?" in page
    assert "What Rosa wants from the call" in page
    assert all(line in page for line in world.HOPE.splitlines())


def test_what_a_summary_answered_is_a_number_beside_what_she_still_asks():
    review = world.taken()
    call = Consultation.objects.select_related("case__patient").get()
    questions.take_over_hope(call, by=by("rosa"))
    answered, still = world.HOPE.splitlines()
    for text in ("Must I stay overnight?", "Who calls me?", "And later?"):
        questions.add(review.case, text=text, target=targets.key_of(call), by=by("rosa"))
    review = world.look_for_all(world.write(review, plain=world.PLAIN, answers=json.dumps({answered: "Yes. (page 1)"})))
    summary = actions.share(review, is_ticked=True, by=by("joanne"))
    page = brief(review).text
    assert "1 question is answered in a summary already." in page
    assert answered not in page
    asked = page.split('<ol class="rs-asked">')[1].split("</ol>")[0]
    assert asked.count("<li>") == 3
    assert still in asked
    actions.withdraw(summary, reason="A page was misread.", by=by("joanne"))
    assert "in a summary already" not in brief(review).text


def test_where_all_is_answered_nothing_is_said_to_be_unwritten():
    review = world.taken()
    questions.take_over_hope(Consultation.objects.select_related("case__patient").get(), by=by("rosa"))
    said = json.dumps(dict.fromkeys(world.HOPE.splitlines(), "Yes. (page 1)"))
    review = world.look_for_all(world.write(review, plain=world.PLAIN, answers=said), missing=())
    actions.share(review, is_ticked=True, by=by("joanne"))
    page = brief(review).text
    assert "2 questions are answered in a summary already." in page
    assert "Nothing is written yet." not in page


def test_a_plan_that_nobody_has_is_to_be_taken_before_it_is_written_in():
    review = world.waiting()
    page = brief(review).text
    assert "Look at it first" in page
    joanne = browser(people.person("joanne"))
    assert "Take it to write in the review." in joanne.get(review.get_absolute_url()).text
    actions.take(review, by=by("joanne"))
    assert "Look at it first" not in brief(review).text
    assert "Take it to write in the review." not in joanne.get(review.get_absolute_url()).text


def test_where_nothing_is_asked_brief_and_workspace_say_so():
    review = world.taken()
    call = Consultation.objects.select_related("case__key").get()
    call.hope = ""
    call.save(update_fields=["hope"])
    for page in (brief(review), browser(people.person("joanne")).get(review.get_absolute_url())):
        assert "What Rosa asks" in page.text
        assert page.text.count("Nothing is written yet.") == 1


def test_of_what_she_wants_nothing_stands_that_she_dropped_or_keeps_to_herself():
    review = world.taken()
    questions.take_over_hope(Consultation.objects.select_related("case__patient").get(), by=by("rosa"))
    questions.drop(Question.objects.in_order().first(), by=by("rosa"))
    page = brief(review).text
    assert world.HOPE.splitlines()[0] not in page
    assert all(line in page for line in world.HOPE.splitlines()[1:])


def test_the_day_on_which_treatment_is_to_start_stands_beside_the_first_lines_and_the_plan():
    review = world.taken()
    assert "Treatment is planned to start" not in brief(review).text
    case = Case.objects.select_related("patient").get(pk=review.case_id)
    change_case(case, treatment_on=dt.date(2027, 1, 5), by=by("rosa"))
    said = "Treatment is planned to start on Tuesday, January 5, 2027."
    assert said in brief(review).text
    assert said in browser(people.person("joanne")).get(review.get_absolute_url()).text
    withdraw_consent(Consent.objects.standing().get(kind="read"), by=by("rosa"))
    assert "Words of page" not in brief(review).text


def test_a_photo_is_said_to_be_one():
    review = world.taken()
    pages = PageImage.objects.select_related("version__case__key").filter(version=review.version)
    for page in pages:
        page.text, page.reading = "", "empty"
        page.save(update_fields=["text", "reading"])
    page = brief(review)
    assert "2 pages, photos" in page.text
    assert "Its first page is a picture" in page.text


def test_the_visit_and_each_record_still_to_come():
    case = factories.case_with_visit(days=20)
    world.plan(case)
    world.talk(case, people.person("joanne"))
    world.opening.open_due_reviews(world.clock.now())
    page = brief(Review.objects.get())
    assert "core records are there." in page.text
    assert "Still to come:" in page.text


def test_language_companions_and_how_she_is_best_reached():
    review = world.taken()
    rosa, ines = people.person("rosa"), people.person("ines")
    said = {"language": "es", "safe_to_ring": "After 4 pm", "phone": "+14165550123", "may_leave_message": True}
    User.objects.filter(pk=rosa.pk).update(**said)
    helping.agree(helping.ask(review.case, ines, by=by("rosa")), chosen="most", by=by("rosa"))
    factories.open_hours()
    from bookings.models import Practice

    Practice.objects.update(languages="English, French")
    page = brief(review)
    assert "Spanish. You may need an interpreter." in page.text
    assert "Inés Delgado" in page.text
    assert "After 4 pm A message may be left." in page.text
    Practice.objects.update(languages="English, Español")
    assert "You may need an interpreter" not in brief(review).text


def test_what_matters_is_shown_where_she_shared_it():
    review = world.taken()
    for is_shared in (False, True):
        case = Case.objects.select_related("patient", "key").get(pk=review.case_id)
        words = "To walk my dog" if is_shared else "To see the sea"
        deciding.say_what_matters(case, words, is_shared=is_shared, seen=case.matters_version, by=by("rosa"))
        for page in (brief(review), browser(people.person("joanne")).get(review.get_absolute_url())):
            assert (words in page.text) == is_shared


def test_without_her_yes_it_shows_no_word_of_the_plan():
    review = world.taken()
    withdraw_consent(Consent.objects.standing().get(kind="read"), by=by("rosa"))
    page = brief(review)
    assert page.status_code == 200
    assert "has not said yes to you reading this plan" in page.text
    assert "Words of page" not in page.text
    assert f'href="{review.get_absolute_url()}"' not in page.text


def test_what_is_new_since_the_last_look_by_kind_and_number():
    review = world.taken()
    read_the_plan(review)
    assert "Nothing new since" in brief(review).text
    threads.send(review.case, "A very private sentence", by=by("rosa"))
    threads.send(review.case, "And one more", by=by("rosa"))
    questions.add(review.case, text="Must I fast?", by=by("rosa"))
    page = brief(review)
    assert "2 new messages" in page.text
    assert "1 new question" in page.text
    assert "private sentence" not in page.text
    read_the_plan(review)
    assert "Nothing new since" in brief(review).text


def test_only_the_open_plan_is_a_look_at_it():
    review = world.taken()
    world.write(review, plain="A zebra. (page 1)")
    read_the_plan(review)
    threads.send(review.case, "I slept badly.", by=by("rosa"))
    joanne = browser(people.person("joanne"))
    joanne.post(reverse("pages:search", args=[review.case_id]), {"words": "zebra"})
    joanne.get(reverse("reviews:need_more", args=[review.pk]))
    joanne.get(reverse("reviews:colleague", args=[review.pk]))
    assert Event.objects.filter(verb="review.looked").count() == 1
    assert "1 new message" in brief(review).text


def lines_since(review: Review, then: dt.datetime) -> list[str]:
    return changes.since(Review.objects.select_related("case").get(pk=review.pk), people.person("joanne"), then)


def test_what_the_patient_answered_and_shared_is_told():
    review = world.taken()
    asked = asking.ask(review, kind="copy", page=1, words="It is cut off.", by=by("joanne"))
    read_the_plan(review)
    then = clock.now()
    asking.not_there(asked, by=by("rosa"))
    case = Case.objects.select_related("patient", "key").get(pk=review.case_id)
    deciding.say_what_matters(case, "To walk my dog", is_shared=True, seen=0, by=by("rosa"))
    said = ["what was asked of the patient was answered", "what matters to the patient was shared with you"]
    assert lines_since(review, then) == said
    page = brief(review).text
    assert all(line in page for line in said)
    deciding.say_what_matters(case, "To walk my dog", is_shared=False, seen=1, by=by("rosa"))
    assert lines_since(review, then) == said[:1]


def test_a_plan_that_changed_before_it_was_shared_is_told():
    review = world.taken()
    then = clock.now()
    world.plan(review.case, 3)
    opening.open_due_reviews(clock.now())
    assert "a new version of the plan came in" in lines_since(review, then)


def test_notes_for_the_team_and_what_was_written_down_on_the_phone_are_told():
    review = world.taken()
    then = clock.now()
    threads.note(review.case, "She sounds tired.", by=by("theo"))
    threads.note(review.case, "My own note.", by=by("joanne"))
    assert lines_since(review, then) == ["1 new note for the team"]


def test_lines_of_the_opinions_are_told_while_she_lets_the_consultant_read():
    review = world.taken()
    set_clinician(review.case, "first", name="Dr. Keller", by=by("rosa"))
    then = clock.now()
    comparing.add(review.case, topic="suggests", text="Remove the lump.", pages={"first": (1, None)}, by=by("rosa"))
    assert lines_since(review, then) == ["lines of the opinions were written or changed"]
    withdraw_consent(Consent.objects.standing().get(kind="read"), by=by("rosa"))
    assert lines_since(review, then) == []


def test_what_others_did_to_the_call_and_to_the_summary_is_told():
    review = world.shared().review
    then = clock.now()
    factories.open_hours()
    bookings.cancel(Consultation.objects.get(), by=by("rosa"))
    actions.withdraw(Summary.objects.get(), reason="Two pages were mixed up.", by=by("theo"))
    assert lines_since(review, then) == ["a summary was taken back", "a call was canceled"]


def test_her_decision_stays_hers():
    review = world.taken()
    then = clock.now()
    deciding.decide(review.case, choice="own", by=by("rosa"))
    assert lines_since(review, then) == []


def test_a_private_question_is_not_even_counted():
    review = world.taken()
    read_the_plan(review)
    questions.add(review.case, text="Will I die?", is_private=True, by=by("rosa"))
    assert "Nothing new since" in brief(review).text


def test_ones_own_doings_are_no_news():
    review = world.taken()
    read_the_plan(review)
    threads.send(review.case, "I read it tomorrow.", by=by("joanne"))
    assert "Nothing new since" in brief(review).text


def test_each_look_at_it_is_on_record():
    review = world.taken()
    brief(review)
    assert Event.objects.filter(verb="review.briefed", patient=review.case.patient_id).count() == 1


@pytest.mark.parametrize("key", ["amir", "rosa", "theo", "mara"])
def test_it_is_missing_for_others(key):
    assert brief(world.taken(), key).status_code == 404


def test_it_says_what_is_written_so_far():
    page = brief(world.written())
    assert "12 of 12 points looked at, 1 part begun" in page.text
    assert "Go on reading" in page.text


def test_it_takes_few_queries_however_much_there_is():
    case = factories.case_with_visit(days=20)
    world.plan(case, 30)
    call = world.talk(case, people.person("joanne"))
    world.opening.open_due_reviews(world.clock.now())
    review = Review.objects.get()
    read_the_plan(review)
    for number in range(5):
        threads.send(case, f"Message {number}", by=Actor.person(call.patient))
        questions.add(case, text=f"Question {number}?", by=Actor.person(call.patient))
    joanne = browser(people.person("joanne"))
    joanne.get(address(review))
    with CaptureQueriesContext(connection) as asked:
        assert joanne.get(address(review)).status_code == 200
    assert len(asked) <= 15, "\n".join(each["sql"][:200] for each in asked.captured_queries)
