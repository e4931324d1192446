"""After a call: how it went, what became of each question, what follows; saved whole, with its history."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.models import ToDo
from cases.opinions.questions import actions as questions
from cases.opinions.questions.models import Question
from cases.opinions.questions.targets import key_of
from cases.reviews import actions as reviews
from cases.reviews.after import actions
from cases.reviews.after.actions import PASSED_ON, PROMISED, Said
from cases.reviews.models import Outcome
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def call(time_machine):
    """A call of yesterday's, in which Rosa wanted to ask two things."""
    case = factories.open_case()
    booked = world.talk(case, people.person("joanne"), days=1, hope="")
    for text in ("Is a smaller operation possible?", "What is the second area?"):
        questions.add(case, text=text, target=key_of(booked), by=by("rosa"))
    time_machine.move_to(clock.now() + 2 * DAY, tick=False)
    return booked


def asked(text="Is a"):
    return next(each for each in Question.objects.select_related("case__key") if each.text.startswith(text))


def save(call, went="took_place", key="joanne", seen=0, **also):
    return actions.save(call, Said(went=went, **also), seen=seen, by=by(key))


def browser(key):
    return people.browser(people.person(key))


def post(call, key="joanne", **fields):
    said = {"went": "took_place", "follows": "nothing", "seen": "0"} | fields
    said |= {f"answer-{each.pk}": "open" for each in Question.objects.all() if f"answer-{each.pk}" not in said}
    return browser(key).post(reverse("reviews:after", args=[call.pk]), said, follow=True)


def page_of(call, key="rosa"):
    return browser(key).get(call.get_absolute_url()).text


def test_the_form_stands_on_the_page_of_the_call(call):
    page = page_of(call, "joanne")
    for words in ("How did it go?", "Is a smaller operation possible?", "Still open", "What comes next?", "Notes for"):
        assert words in page
    assert "How did it go?" not in page_of(call, "theo")


def test_it_is_saved_whole_and_she_reads_what_came_of_it(call):
    first = asked()
    due = (clock.now() + 7 * DAY).date()
    answered = post(
        call,
        follows="todo",
        follow_words="I ask the lab about the second area.",
        due_on=due.isoformat(),
        notes="She was tired.",
        **{f"answer-{first.pk}": "call"},
    )
    assert answered.status_code == 200
    call.refresh_from_db()
    assert call.state == "completed"
    first.refresh_from_db()
    assert (first.state, first.answered_in, first.answered_id) == ("answered", "consultation", call.pk)
    assert asked("What").state == "open"
    todo = ToDo.objects.open().get(kind=PROMISED)
    assert (todo.for_user, todo.due_on, todo.note) == (call.consultant, due, "I ask the lab about the second area.")
    page = page_of(call)
    for words in ("You talked with Joanne.", "In the call", "Still open", "I ask the lab about the second area."):
        assert words in page
    assert "She was tired." not in page
    assert "She was tired." in page_of(call, "theo")


def test_the_same_again_is_saved_once(call):
    for _twice in range(2):
        save(call, notes="Calm.")
    assert Outcome.objects.count() == Event.objects.filter(verb="outcome.saved").count() == 1


def test_a_change_is_a_row_of_its_own_and_moves_the_call(call):
    first = asked()
    save(call, answers={first.pk: "call"})
    save(call, went="did_not", why="technical", answers={first.pk: "open"}, seen=1)
    call.refresh_from_db()
    first.refresh_from_db()
    assert (call.state, first.state) == ("no_show", "open")
    save(call, went="cut_short", why="not_well", answers={first.pk: "summary"}, seen=2)
    call.refresh_from_db()
    assert call.state == "completed"
    assert list(Outcome.objects.order_by("number").values_list("went", flat=True)) == [
        "took_place",
        "did_not",
        "cut_short",
    ]
    assert "It did not take place: The line or the video did not work." in page_of(call, "joanne")


def test_a_page_older_than_what_was_saved_since_saves_nothing(call):
    save(call, notes="First.")
    answered = post(call, notes="Second.")
    assert answered.status_code == 409
    assert "Somebody saved this since you opened it." in answered.text
    assert "Second." in answered.text
    assert Outcome.objects.count() == 1


def test_a_question_that_was_reworded_since_is_looked_at_again(call):
    first = asked()
    questions.change(first, text="Is another operation possible?", target=key_of(call), by=by("rosa"))
    answered = post(call, **{f"answer-{first.pk}": "call", f"version-{first.pk}": "0"})
    assert answered.status_code == 409
    assert "One of the questions was changed" in answered.text
    assert not Outcome.objects.exists()
    call.refresh_from_db()
    assert call.state == "booked"


def test_a_question_that_was_dropped_since_is_left_alone(call):
    first = asked()
    questions.drop(first, by=by("rosa"))
    save(call, answers={first.pk: "call"})
    assert asked().state == "dropped"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"went": ""}, "Say how it went."),
        ({"went": "cut_short"}, "Say why it was cut short, or did not take place."),
        ({"follows": ""}, "Say what comes next, or “Nothing more”."),
        ({"follows": "todo", "follow_words": "Ring.", "due_on": ""}, "Choose the day by which you do it."),
        ({"follows": "todo", "follow_words": " ", "due_on": "2027-01-01"}, "Say what you do."),
        ({"follows": "todo", "follow_words": "Ring.", "due_on": "2020-01-01"}, "Choose today or a later day."),
        ({"follows": "coordinator"}, "Write the question."),
    ],
)
def test_half_a_form_saves_nothing_and_loses_nothing(call, fields, words):
    answered = post(call, notes="Kept <b>words</b>.", **fields)
    assert answered.status_code == 422
    assert words in answered.text
    assert "Kept &lt;b&gt;words&lt;/b&gt;." in answered.text
    assert not Outcome.objects.exists()


def test_no_question_was_answered_in_a_call_that_did_not_take_place(call):
    answered = post(call, went="did_not", why="ours", **{f"answer-{asked().pk}": "call"})
    assert answered.status_code == 422
    assert "no question was answered in it" in answered.text


def test_a_question_goes_to_the_coordinator_and_she_reads_that(call):
    save(call, follows="coordinator", follow_words="Who sends the slides?")
    todo = ToDo.objects.open().get(kind=PASSED_ON)
    assert (todo.for_role, todo.note) == ("coordinator", "Who sends the slides?")
    assert "passed this question to our coordinator" in page_of(call)
    assert "Who sends the slides?" in browser("theo").get(reverse("pages:caseload")).text


def test_another_follow_up_takes_the_first_one_off_its_list(call):
    save(call, follows="coordinator", follow_words="Who sends the slides?")
    save(call, follows="talk", seen=1)
    assert not ToDo.objects.open().filter(kind__in=[PROMISED, PASSED_ON]).exists()
    page = page_of(call)
    assert "Joanne offers you another talk." in page
    assert f"{reverse('bookings:pick', args=[call.case_id])}?service=after_second" in page


def test_other_notes_do_not_ask_for_the_same_thing_again(call):
    due = (clock.now() + DAY).date()
    save(call, follows="todo", follow_words="Ring.", due_on=due)
    browser("joanne").post(reverse("reviews:did_after", args=[call.pk]))
    assert "Done on" in page_of(call)
    save(call, follows="todo", follow_words="Ring.", due_on=due, notes="Rang.", seen=1)
    assert ToDo.objects.filter(kind=PROMISED).count() == 1


def test_after_the_summary_is_complete_it_stays_as_it_is(time_machine):
    summary = world.shared(days=1)
    call = summary.review.consultation
    time_machine.move_to(clock.now() + 2 * DAY, tick=False)
    save(call)
    reviews.complete(summary.review, is_ticked=True, by=by("joanne"))
    with pytest.raises(Refused, match="The summary is complete"):
        save(call, went="cut_short", why="ours", seen=1)
    assert "The summary is complete" in page_of(call, "joanne")


def test_a_call_that_did_not_take_place_completes_no_summary(time_machine):
    summary = world.shared(days=1)
    time_machine.move_to(clock.now() + 2 * DAY, tick=False)
    save(summary.review.consultation, went="did_not", why="ours")
    with pytest.raises(Refused, match="has not taken place"):
        reviews.complete(summary.review, is_ticked=True, by=by("joanne"))


@pytest.mark.parametrize("key", ["rosa", "theo", "amir", "grace"])
def test_nobody_but_its_consultant_says_how_it_went(call, key):
    assert post(call, key=key).status_code in {403, 404}
    with pytest.raises(Refused):
        save(call, key=key)


def test_nothing_is_said_of_a_call_that_has_not_begun():
    case = factories.open_case()
    call = world.talk(case, people.person("joanne"), days=1)
    assert "How did it go?" not in page_of(call, "joanne")
    with pytest.raises(Refused, match="not started"):
        save(call)


def test_a_helper_of_dates_alone_reads_no_words_of_it(call):
    helper = helping.ask(call.case, people.person("ines"), by=by("rosa"))
    helping.agree(helper, chosen="dates", by=Actor.person(call.patient))
    save(call, follows="coordinator", follow_words="Who sends the slides?", answers={asked().pk: "call"})
    page = page_of(call, "ines")
    assert "It took place" in page
    assert "slides" not in page
    assert "smaller operation" not in page


def test_it_is_asked_about_the_next_morning(call, time_machine):
    today = browser("joanne").get(reverse("pages:today")).text
    assert "How did the call with Rosa Delgado go?" in today
    save(call, follows="todo", follow_words="I ring the lab.", due_on=clock.now().date() + DAY)
    today = browser("joanne").get(reverse("pages:today")).text
    assert "How did the call" not in today
    assert "I ring the lab." in today


def test_the_database_refuses_what_does_not_go_together(call):
    saved = save(call)
    for wrong, name in (
        ({"went": "did_not"}, "says_why_unless"),
        ({"why": "ours"}, "says_why_unless"),
        ({"follows": "todo"}, "has_a_day"),
        ({"due_on": dt.date(2026, 12, 1)}, "has_a_day"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Outcome.objects.filter(pk=saved.pk).update(**wrong)
