"""The page of questions: add, order, change, answer, drop, as each person sees it."""

import pytest
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.opinions.models import Question
from cases.opinions.questions import actions, targets
from portal.history.models import Event
from tests import factories
from tests.people import browser, person
from tests.records.builders import actor, booked_visit, case_of_rosa

pytestmark = pytest.mark.django_db
WORDS = "Is a smaller operation possible for me?"


@pytest.fixture
def case():
    return case_of_rosa()


@pytest.fixture
def rosa(case):
    return browser(person("rosa"))


def page(case):
    return reverse("opinions:questions", args=[case.pk])


def of(name, *args):
    return reverse(f"opinions:{name}", args=args)


def html(client, address):
    return client.get(address).content.decode()


def one(case, text=WORDS, key="rosa", **said):
    return actions.add(case, text=text, by=actor(key), **said)


def test_an_empty_list_says_what_belongs_there_and_offers_ideas(case, rosa):
    said = html(rosa, page(case))
    assert "No questions yet" in said
    assert "whom do I call by day and by night?" in said


def test_she_adds_one_for_the_visit_and_ticks_it_off(case, rosa):
    visit = booked_visit(case)
    answer = rosa.post(of("add_question", case.pk), {"text": WORDS, "target": targets.key_of(visit)})
    question = Question.objects.get()
    assert answer["Location"] == question.get_absolute_url()
    said = html(rosa, page(case))
    assert "For Dr. Priya Raman, November 24" in said
    assert "0 of 1 answered" in said
    rosa.post(of("move_question", question.pk, "ticked"))
    assert "Answered: In the visit with Dr. Priya Raman, November 24." in html(rosa, page(case))
    rosa.post(
        of("answer_question", question.pk),
        {"answer-where": "elsewhere", "answer-note": "<b>Yes</b>", "answer-seen": "2"},
    )
    assert "&lt;b&gt;Yes&lt;/b&gt;" in html(rosa, page(case))


def test_an_idea_takes_one_press_and_is_not_offered_again(case, rosa):
    for _press in range(2):
        rosa.post(of("add_question", case.pk), {"idea": "contact"})
    assert Question.objects.get().idea == "contact"
    assert 'value="contact"' not in html(rosa, page(case))


@pytest.mark.parametrize(
    "sent", [{"text": " "}, {"text": "x" * 4001}, {"text": "x", "target": "visit:1"}, {"idea": "x"}]
)
def test_what_cannot_be_added_is_said(case, rosa, sent):
    assert rosa.post(of("add_question", case.pk), sent).status_code == 422
    assert not Question.objects.exists()


def test_the_words_of_the_other_are_shown_and_ones_own_are_kept(case, rosa):
    question = one(case)
    sent = {"words-text": "My words", "words-target": "", "words-seen": "1"}
    actions.change(question, text="Other words", seen=1, by=actor("theo"))
    answer = rosa.post(of("change_question", question.pk), sent)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "It says now: Other words" in said
    assert "My words</textarea>" in said
    assert 'name="words-seen" value="2"' in said
    rosa.post(of("change_question", question.pk), sent | {"words-seen": "2"})
    assert Question.objects.select_related("case__key").get().text == "My words"


def test_links_open_the_form_of_one_question(case, rosa):
    question = one(case)
    assert f"{WORDS}</textarea>" in html(rosa, f"{page(case)}?edit={question.pk}")
    assert "Where was it answered?" in html(rosa, f"{page(case)}?answer={question.pk}")
    assert rosa.get(f"{page(case)}?edit=nonsense").status_code == 200


def test_a_dropped_one_waits_at_the_end(case, rosa):
    question = one(case)
    rosa.post(of("move_question", question.pk, "drop"))
    assert "Dropped questions" in html(rosa, page(case))
    rosa.post(of("move_question", question.pk, "reopen"))
    assert "Dropped questions" not in html(rosa, page(case))
    assert rosa.post(of("move_question", question.pk, "nonsense")).status_code == 422


def test_the_consultant_adds_one_and_she_reads_by_whom(case, rosa):
    factories.assign(case, person("joanne"))
    joanne = browser(person("joanne"))
    joanne.post(of("add_question", case.pk), {"text": "What is the second area on my MRI?"})
    assert "Joanne added this." in html(rosa, page(case))
    said = html(joanne, page(case))
    assert "Keep it private" not in said
    assert "Put on top" not in said


def test_private_ones_are_not_there_for_the_team(case, rosa):
    rosa.post(of("add_question", case.pk), {"text": "May I say no?", "is_private": "on"})
    question = Question.objects.get()
    theo = browser(person("theo"))
    assert "May I say no?" not in html(theo, page(case))
    for address in (of("move_question", question.pk, "drop"), of("change_question", question.pk)):
        assert theo.post(address).status_code == 404


def test_another_persons_question_is_not_there(case):
    question, grace = one(case), browser(person("grace"))
    assert grace.get(page(case)).status_code == 404
    for address in (of("answer_question", question.pk), of("move_question", question.pk, "ticked")):
        assert grace.post(address).status_code == 404


def test_what_a_coordinator_puts_in_is_on_record_as_done_for_her(case):
    browser(person("theo")).post(of("add_question", case.pk), {"text": WORDS, "target": ""})
    assert Event.objects.get(verb="question.added").for_patient == case.patient_id


def test_another_helper_reads_who_wrote_the_answer_down_and_is_offered_no_change(case, rosa):
    helping.agree(helping.ask(case, person("ama"), by=actor("theo")), chosen="most", by=actor("rosa"))
    actions.answer(one(case), where="elsewhere", note="Two weeks.", by=actor("rosa"))
    said = html(browser(person("ama")), page(case))
    assert "Rosa wrote this down." in said
    assert "Change your notes" not in said
    assert "Change your notes" in html(rosa, page(case))
