"""What becomes of a question: put in, on top, changed by two at once, answered, dropped, and where it follows."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bookings import actions as bookings
from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.opinions.models import Question
from cases.opinions.questions import actions, ideas, rules, showing, targets
from cases.opinions.talk import actions as talks
from cases.records import actions as records
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories
from tests.opinions.builders import booked as booked_talk
from tests.people import browser, person
from tests.records.builders import actor, booked_visit, case_of_rosa

pytestmark = pytest.mark.django_db
WORDS = "Is a smaller operation possible for me?"


@pytest.fixture
def case():
    return case_of_rosa()


def add(case, text=WORDS, key="rosa", **said):
    return actions.add(case, text=text, by=actor(key), **said)


def fresh(question):
    return Question.objects.select_related("case__key", "case__patient").get(pk=question.pk)


def place_of(question):
    return targets.of_case(question.case, clock.now()).of(fresh(question)).heading


def on_top(case):
    return [row.text for row in Question.objects.filter(case=case, top__isnull=False).order_by("top")]


def test_a_question_is_put_in_once_however_often_it_is_pressed(case):
    pk = uuid.uuid4()
    assert add(case, pk=pk) == add(case, pk=pk)
    assert add(case) == add(case, text=f"  {WORDS} ")
    assert Question.objects.get().text == WORDS
    assert Event.objects.filter(verb="question.added").count() == 1


def test_the_id_of_another_cases_question_opens_nothing(case):
    other = add(factories.open_case(person("grace")), key="grace")
    with pytest.raises(Refused):
        add(case, pk=other.pk)


def test_an_idea_is_taken_over_once_and_offered_no_more(case):
    first = actions.add(case, idea="goal", by=actor("rosa"))
    assert actions.add(case, idea="goal", by=actor("theo")) == first
    assert "goal" not in {idea.code for idea in ideas.left(case, {"goal"}, set())}


def test_ideas_begin_with_those_of_her_reasons(case):
    case.answers = '{"why": ["pushed"]}'
    assert [idea.code for idea in ideas.left(case, set(), set())[:3]] == ["options", "cost", "benefit"]
    case.answers = ""
    assert [idea.code for idea in ideas.left(case, set(), set())[:4]] == list(ideas.USUAL)
    case.answers = "not what it should be"
    assert len(ideas.left(case, set(), set())) == 12


def test_three_stand_on_top_in_her_order(case):
    rows = [add(case, f"Question {number}?") for number in range(4)]
    for row in rows[:3]:
        actions.order(row, "top", by=actor("rosa"))
    with pytest.raises(Refused, match="Three are on top"):
        actions.order(rows[3], "top", by=actor("rosa"))
    actions.order(rows[2], "up", by=actor("rosa"))
    assert on_top(case) == ["Question 0?", "Question 2?", "Question 1?"]
    actions.order(rows[0], "down", by=actor("rosa"))
    assert on_top(case) == ["Question 2?", "Question 0?", "Question 1?"]
    actions.answer(rows[2], by=actor("rosa"))
    assert [row.top for row in map(fresh, rows[:3])] == [1, 2, None]
    with pytest.raises(Refused):
        actions.order(rows[1], "top", by=actor("joanne"))


@pytest.mark.parametrize(
    ("verb", "order"),
    [("up", ["a", "c", "b"]), ("down", ["a", "b", "c"]), ("off", ["a", "b"]), ("top", ["a", "b", "c"])],
)
def test_one_press_moves_one_place(verb, order):
    assert rules.swapped(["a", "b", "c"], "c", verb) == order


def test_two_who_change_at_once_do_not_overwrite_each_other(case):
    question = add(case)
    actions.change(question, text="Is a smaller one possible?", seen=1, by=actor("theo"))
    with pytest.raises(Refused, match="Somebody changed"):
        actions.change(question, text="Must it be so large?", seen=1, by=actor("rosa"))
    actions.change(question, text="Must it be so large?", seen=2, by=actor("rosa"))
    assert fresh(question).text == "Must it be so large?"


def test_whose_words_they_are(case):
    factories.assign(case, person("joanne"))
    hers, joannes = add(case), add(case, "What is the second area?", "joanne")
    with pytest.raises(Refused, match="somebody else"):
        actions.change(hers, text="x", by=actor("joanne"))
    with pytest.raises(Refused, match="somebody else"):
        actions.drop(hers, by=actor("joanne"))
    actions.drop(joannes, by=actor("rosa"))
    actions.answer(hers, by=actor("joanne"))
    assert [fresh(each).state for each in (hers, joannes)] == ["answered", "dropped"]
    with pytest.raises(Refused):
        add(case, "May I?", "grace")


def test_it_is_answered_in_the_visit_it_is_for_and_can_be_opened_again(case):
    visit = booked_visit(case)
    question = add(case, target=targets.key_of(visit))
    actions.answer(question, by=actor("rosa"))
    actions.answer(question, by=actor("rosa"))
    answered = fresh(question)
    assert (answered.answered_in, answered.answered_id) == ("visit", visit.pk)
    actions.answer(question, where="message", note="Two weeks.", seen=answered.version, by=actor("rosa"))
    with pytest.raises(Refused, match="Somebody changed"):
        actions.answer(question, note="Three weeks.", seen=answered.version, by=actor("theo"))
    actions.reopen(question, by=actor("rosa"))
    actions.reopen(question, by=actor("rosa"))
    again = fresh(question)
    assert (again.state, again.answered_in, again.answer, again.settled_at) == ("open", "", "Two weeks.", None)


def test_a_dropped_question_can_be_taken_back_after_its_idea_was_taken_again(case):
    question = actions.add(case, idea="goal", by=actor("rosa"))
    actions.drop(question, by=actor("rosa"))
    actions.drop(question, by=actor("rosa"))
    actions.add(case, idea="goal", by=actor("rosa"))
    assert actions.reopen(question, by=actor("rosa")).is_open


def test_private_words_are_hers_alone(case):
    question = add(case, is_private=True)
    assert question in Question.objects.visible_to(person("rosa"))
    assert not Question.objects.visible_to(person("theo")).exists()
    assert not Question.objects.visible_to(person("grace")).exists()
    not_hers = add(case, "And this?", "theo", is_private=True)
    assert not not_hers.is_private


def test_what_she_writes_when_booking_is_what_she_asks_in_the_call(case):
    hold = factories.hold(case)
    hope = "One?\nTwo?\n\nThree?\nFour?"
    call = bookings.book(hold=hold, accepts_scope=True, may_read=True, hope=hope, by=actor("rosa"))
    assert showing.asked_in_call(case, call, person("joanne"), clock.now()) == ["One?", "Two?", "Three?"]
    assert Question.objects.filter(for_consultation=call).count() == 4
    bookings.book(hold=hold, accepts_scope=True, may_read=True, hope=hope, by=actor("rosa"))
    assert Question.objects.count() == 4


def test_what_she_keeps_private_or_drops_is_read_nowhere_else(case):
    hold = factories.hold(case)
    call = bookings.book(hold=hold, accepts_scope=True, may_read=True, hope="One?\nTwo?", by=actor("rosa"))
    one, two = Question.objects.filter(for_consultation=call).select_related("case").order_by("top")
    actions.change(one, text="One, and I fear it?", target=targets.key_of(call), is_private=True, by=actor("rosa"))
    actions.drop(two, by=actor("rosa"))
    for team in ("joanne", "theo"):
        assert showing.asked_in_call(case, call, person(team), clock.now()) == []
        html = browser(person(team)).get(call.get_absolute_url()).content.decode()
        assert "One" not in html
        assert "Two?" not in html
    actions.change(fresh(one), text="One?", is_private=True, by=actor("rosa"))  # no longer for the call
    assert showing.asked_in_call(case, call, person("joanne"), clock.now()) == []


def test_an_idea_that_she_took_for_herself_is_there_for_the_others_too(case):
    mine = actions.add(case, idea="goal", by=actor("rosa"))
    actions.change(mine, text=mine.text, is_private=True, by=actor("rosa"))
    theirs = actions.add(case, idea="goal", by=actor("theo"))
    assert theirs in Question.objects.visible_to(person("theo"))
    assert actions.add(case, idea="goal", by=actor("theo")) == theirs
    assert actions.add(case, idea="goal", by=actor("rosa")) in {mine, theirs}


def test_what_was_said_is_changed_by_her_or_by_who_wrote_it_down(case):
    helping.agree(helping.ask(case, person("ama"), by=actor("theo")), chosen="most", by=actor("rosa"))
    question = add(case)
    actions.answer(question, where="elsewhere", note="Two weeks, she said.", by=actor("rosa"))
    with pytest.raises(Refused, match="Somebody else wrote"):
        actions.answer(fresh(question), note="Nothing.", by=actor("ama"))
    assert fresh(question).answer == "Two weeks, she said."
    other = add(case, "And then?")
    actions.answer(other, where="elsewhere", by=actor("rosa"))
    actions.answer(fresh(other), note="A scan.", by=actor("ama"))
    actions.answer(fresh(other), note="A scan, in May.", by=actor("ama"))
    assert actions.answer(fresh(other), note="A scan, in June.", by=actor("rosa")).answer == "A scan, in June."


def test_questions_follow_a_call_that_is_booked_anew(case):
    first = factories.book(case)
    question = add(case, target=targets.key_of(first))
    actions.order(question, "top", by=actor("rosa"))
    bookings.cancel(first, by=actor("rosa"))
    assert place_of(question) == "Not for a visit or a talk yet"
    second = factories.book(case)
    assert showing.asked_in_call(case, second, person("joanne"), clock.now()) == [WORDS]
    later = add(case, "And then?", target=targets.key_of(second))
    actions.order(later, "top", by=actor("rosa"))
    assert [(fresh(each).for_consultation, fresh(each).top) for each in (question, later)] == [(second, 1), (second, 2)]


def test_questions_follow_a_visit_and_a_talk_that_are_called_off(case):
    visit, talk = booked_visit(case), booked_talk(case)
    of_visit, of_talk = (add(case, f"{thing}?", target=targets.key_of(thing)) for thing in (visit, talk))
    records.cancel_visit(visit, by=actor("rosa"))
    talks.cancel(talk, by=actor("rosa"))
    assert {place_of(of_visit), place_of(of_talk)} == {"Not for a visit or a talk yet"}
    booked_visit(case)
    talks.arrange(case, role="primary", by=actor("rosa"))
    assert place_of(of_visit).startswith("For Dr. Priya Raman, ")
    assert place_of(of_talk) == "For the talk with Dr. Abara"


@pytest.mark.parametrize(
    "bad",
    [
        {"state": "gone"},
        {"state": "answered"},
        {"answered_in": "visit"},
        {"top": 4},
        {"top": 1, "state": "dropped", "settled_at": "2026-11-05T15:00Z"},
        {"settled_at": "2026-11-05T15:00Z"},
        {"came_of": "nowhere"},
        {"text": b""},
    ],
)
def test_the_database_refuses_what_cannot_be(case, bad):
    question = add(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(**bad)


def test_the_database_refuses_two_in_one_place_two_targets_and_an_idea_twice(case):
    visit, call = booked_visit(case), factories.book(case)
    first, second = (actions.add(case, idea=code, by=actor("rosa")) for code in ("goal", "cost"))
    Question.objects.filter(pk=first.pk).update(top=1)
    for bad in ({"top": 1}, {"idea": "goal"}, {"for_visit": visit, "for_consultation": call}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.filter(pk=second.pk).update(**bad)


def test_an_erased_case_takes_no_more_questions(case):
    assert "smaller" not in str(add(case))
    case_actions.end_assignment(case, person("joanne"), by=actor("theo"))
    with pytest.raises(Refused):
        add(case, "Still?", "joanne")


def test_the_list_costs_as_many_queries_with_many_as_with_few(case):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rows = showing.of_case(case, person("rosa"))
            showing.groups(rows, targets.of_case(case, clock.now()), "patient", person("rosa"))
        return len(asked)

    add(case)
    few = cost()
    for number in range(8):
        add(case, f"{number}?")
    assert cost() == few
