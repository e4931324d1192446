"""What is wrong and the patient cannot change: asked, answered, told, beside what stays; by her and for her."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.case.corrections import actions, notices
from cases.case.corrections.rules import ANSWERED_WITHIN, LETTERS, OPEN_AT_MOST
from cases.case.models import Correction, ToDo
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from portal.pages import farewell_actions
from portal.reminders.models import Reminder
from portal.texts.words import organisation
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
WORDS = "My birth date is the 28th, not the 27th."


@pytest.fixture
def case():
    return factories.open_case()


@pytest.fixture
def asked(case):
    return actions.ask(case, about="me", words=WORDS, by=actor("rosa"))


def browser(key):
    return people.browser(people.person(key))


def page(case, key="rosa"):
    return browser(key).get(reverse("case:corrections", args=[case.pk])).content.decode()


def test_the_patient_asks_and_a_coordinator_has_it_to_do_by_a_day(case):
    address = reverse("case:corrections", args=[case.pk])
    answer = browser("rosa").post(address, {"about": "me", "words": WORDS})
    assert answer.status_code == 302
    asked = Correction.objects.get()
    todo = ToDo.objects.open().get(kind=actions.CORRECTION)
    assert asked.due_on == todo.due_on == organisation().today() + ANSWERED_WITHIN
    assert WORDS in page(case)
    assert (
        reverse("case:answer_correction", args=[asked.pk])
        in browser("theo").get(reverse("pages:case_file", args=[case.pk])).content.decode()
    )
    assert Event.objects.get(verb="correction.asked").patient == case.patient_id


def test_asked_twice_it_is_asked_once(case, asked):
    assert actions.ask(case, about="me", words=f" {WORDS} ", by=actor("rosa")) == asked
    assert Correction.objects.count() == 1


def test_no_more_than_are_read_at_once(case):
    for number in range(OPEN_AT_MOST):
        actions.ask(case, about="other", words=f"Line {number} is wrong.", by=actor("rosa"))
    with pytest.raises(Refused):
        actions.ask(case, about="other", words="One more.", by=actor("rosa"))


def test_what_stays_has_her_words_beside_it(case, asked):
    address = reverse("case:answer_correction", args=[asked.pk])
    theo = browser("theo")
    assert WORDS in theo.get(address).content.decode()
    words = "The 27th stands on your passport."
    assert theo.post(address, {"outcome": "kept", "words": words}).status_code == 302
    assert words in page(case)
    assert "Your words stand beside it." in page(case)
    file = theo.get(reverse("pages:case_file", args=[case.pk])).content.decode()
    assert WORDS in file
    assert words in file
    assert not ToDo.objects.open().filter(kind=actions.CORRECTION).exists()
    assert Reminder.objects.get(kind=notices.ANSWERED_CODE).recipient_id == str(case.patient_id)
    theo.post(address, {"outcome": "kept", "words": words})
    assert Event.objects.filter(verb="correction.kept").count() == 1
    assert Reminder.objects.filter(kind=notices.ANSWERED_CODE).count() == 1


def test_she_takes_her_words_away_again_and_nobody_else(case, asked):
    actions.answer(asked, outcome="kept", words="It is right.", by=actor("theo"))
    with pytest.raises(Refused, match="own words"):
        actions.take_back(asked, by=actor("theo"))
    browser("rosa").post(reverse("case:take_correction_back", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == "back"
    assert asked.answer == ""
    assert WORDS not in browser("theo").get(reverse("pages:case_file", args=[case.pk])).content.decode()


def test_what_is_corrected_is_over(case, asked):
    actions.answer(asked, outcome="corrected", words="Put right.", by=actor("theo"))
    for wrong in (
        lambda: actions.take_back(asked, by=actor("rosa")),
        lambda: actions.answer(asked, outcome="kept", words="No.", by=actor("theo")),
    ):
        with pytest.raises(Refused):
            wrong()


def test_taken_back_there_is_nothing_to_do(asked):
    actions.take_back(asked, by=actor("rosa"))
    actions.take_back(asked, by=actor("rosa"))
    assert not ToDo.objects.open().exists()
    assert Event.objects.filter(verb="correction.taken_back").count() == 1
    with pytest.raises(Refused):
        actions.answer(asked, outcome="corrected", words="Late.", by=actor("theo"))


def test_a_coordinator_writes_down_what_is_said_on_the_phone(case):
    browser("theo").post(reverse("case:corrections", args=[case.pk]), {"about": "call", "words": WORDS})
    asked = Correction.objects.get()
    assert asked.asked_by == people.person("theo")
    assert Event.objects.get(verb="correction.asked").for_patient == case.patient_id


@pytest.mark.parametrize("key", ["grace", "ines", "joanne", "mara"])
def test_nobody_else_asks_reads_or_answers(case, asked, key):
    client = browser(key)
    for name, pk in (("corrections", case.pk), ("answer_correction", asked.pk), ("take_correction_back", asked.pk)):
        assert client.post(reverse(f"case:{name}", args=[pk]), {"words": "x"}).status_code == 404
    with pytest.raises(Refused):
        actions.answer(asked, outcome="corrected", words="x", by=actor(key))
    asked.refresh_from_db()
    assert asked.is_open


@pytest.mark.parametrize("typed", [{}, {"about": "me"}, {"about": "all", "words": "x"}, {"about": "me", "words": " "}])
def test_an_incomplete_form_says_what_is_missing(case, typed):
    answer = browser("rosa").post(reverse("case:corrections", args=[case.pk]), typed)
    assert answer.status_code == 422
    assert not Correction.objects.exists()


def test_too_many_words_are_refused(case):
    with pytest.raises(Refused):
        actions.ask(case, about="me", words="x" * (LETTERS + 1), by=actor("rosa"))


def test_hostile_words_stay_text(case):
    actions.ask(case, about="me", words="<script>alert(1)</script>", by=actor("rosa"))
    assert "<script>alert" not in page(case)


def test_a_case_with_one_open_is_not_closed_and_ends_it_with_a_death(case, asked):
    with pytest.raises(Refused, match="correct"):
        closing.close_case(case, "asked", by=actor("theo"))
    farewell_actions.say_died(case.patient, right="ends", why="Her sister rang.", by=actor("theo"))
    asked.refresh_from_db()
    assert asked.state == "back"
    assert not ToDo.objects.open().filter(case=case).exists()


@pytest.mark.parametrize(
    "change",
    [
        "about = 'all'",
        "state = 'lost'",
        "words = ''",
        "state = 'kept'",
        "answer = 'x'",
        "ended_at = asked_at",
        "state = 'back'",
        "state = 'back', ended_at = asked_at - interval '1 day'",
    ],
)
def test_the_database_refuses_half_rows(asked, change):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE case_correction SET {change}")  # noqa: S608 -- words of this file


@pytest.mark.django_db(transaction=True)
def test_asked_at_the_same_moment_it_is_asked_once(case):
    def ask():
        return actions.ask(case, about="me", words=WORDS, by=actor("rosa"))

    outcomes = at_once(ask, ask)
    assert [each.error for each in outcomes] == [None, None]
    assert Correction.objects.count() == ToDo.objects.open().filter(kind=actions.CORRECTION).count() == 1


def test_it_is_due_in_two_weeks():
    assert dt.timedelta(days=14) == ANSWERED_WITHIN
