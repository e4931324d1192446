"""Where she is: said, changed, said by two at once, more time that leaves her in peace, a third opinion begun."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.opinions.comparing import actions as comparing
from cases.opinions.comparing import written
from cases.opinions.deciding import actions, known, planning, reminders, rules
from cases.opinions.deciding.rules import Choice
from cases.opinions.models import Decision
from cases.records import actions as records
from cases.records.models import Visit
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import facts
from portal.reminders.models import Reminder
from tests import factories
from tests.opinions.builders import booked as booked_talk
from tests.people import browser, person
from tests.records.builders import actor, booked_visit, on_november_5
from tests.records.report_builders import DAY_AFTER

pytestmark = pytest.mark.django_db
WORDS = "I want to be on my feet in April."


@pytest.fixture
def november_5():
    with on_november_5() as november_5:
        yield november_5


@pytest.fixture
def visit(november_5):
    return booked_visit()


@pytest.fixture
def case(visit):
    return visit.case


@pytest.fixture
def heard(november_5, visit):
    """The second doctor was heard, yesterday."""
    november_5.move_to(DAY_AFTER)
    return records.say_took_place(visit, by=actor("rosa"))


def decide(case, choice="first", key="rosa", **said):
    stands = Decision.objects.current().filter(case=case).first()
    return actions.decide(case, choice=choice, **({"seen": stands and stands.pk} | said), by=actor(key))


def fresh(case) -> Case:
    return Case.objects.select_related("key", "patient").get(pk=case.pk)


def test_said_twice_it_is_said_once_and_what_stood_before_stays(case):
    first = decide(case, words=WORDS)
    assert decide(case, words=f" {WORDS} ") == first
    second = decide(case, Choice.OWN)
    assert [each.choice for each in Decision.objects.filter(case=case).order_by("decided_at")] == ["first", "own"]
    assert Decision.objects.current().get(case=case) == second
    assert list(Event.objects.filter(verb__startswith="decision.").order_by("pk").values_list("verb", flat=True)) == [
        "decision.made",
        "decision.changed",
    ]


def test_words_are_sealed_and_history_holds_none(case):
    made = decide(case, words=WORDS)
    raw = Decision.objects.filter(pk=made.pk).values_list("words", flat=True)
    assert Decision.objects.select_related("case__key").get(pk=made.pk).words == WORDS
    assert WORDS not in str(list(raw.query.get_compiler("default").execute_sql()))
    assert not [event for event in Event.objects.values_list() if "April" in str(event)]


def test_an_answer_given_on_an_older_page_is_not_lost_and_overwrites_nothing(case):
    stands = decide(case)
    with pytest.raises(Refused) as refused:
        decide(case, Choice.OWN, seen=None)
    assert refused.value.code == "changed"
    assert Decision.objects.current().get(case=case) == stands


@pytest.mark.parametrize("choice", ["", "best", "second", "third", "another"])
def test_only_what_is_there_can_be_chosen(case, choice):
    """The second visit is still to come, and nobody named a third doctor."""
    with pytest.raises(Refused) as refused:
        decide(case, choice)
    assert refused.value.code == "choice"


@pytest.mark.parametrize("key", ["theo", "joanne", "grace", "ines"])
def test_nobody_else_decides(case, key):
    grant = helping.ask(case, person("ines"), by=actor("theo"))
    helping.agree(grant, chosen="acts", by=actor("rosa"))
    with pytest.raises(Refused):
        decide(case, key=key)


def test_more_time_rests_the_case_and_going_on_wakes_it(case):
    talk = booked_talk(case)
    spoken_of = Reminder.objects.filter(about_id=talk.pk, settled_at=None)
    before = set(spoken_of.values_list("kind", "due_at"))
    assert before
    decide(case, Choice.TIME)
    assert fresh(case).state == Case.State.RESTING
    assert not spoken_of.exists()
    decide(case, Choice.FIRST)
    assert fresh(case).state == Case.State.OPEN
    assert set(spoken_of.values_list("kind", "due_at")) == before


def test_on_the_day_she_named_one_word_goes_and_another_answer_takes_it_back(case):
    on = clock.today(case.patient.zone) + dt.timedelta(days=20)
    made = decide(case, Choice.TIME, check_in_on=on)
    row = Reminder.objects.get(kind=planning.CHECK_IN, settled_at=None)
    assert row.due_at.astimezone(case.patient.zone).date() == on
    assert reminders.still_due([row], row.due_at) == {row.pk}
    said = reminders.words([row], None, row.due_at)[row.pk]
    assert "opinion" not in f"{said.subject} {said.lead} {said.line}".lower()
    decide(case, Choice.FIRST)
    assert reminders.still_due([row], row.due_at) == set()
    assert not Reminder.objects.filter(about_id=made.pk, settled_at=None).exists()


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_day_that_cannot_be_is_refused(case, days):
    on = clock.today(case.patient.zone) + dt.timedelta(days=days)
    with pytest.raises(Refused) as refused:
        decide(case, Choice.TIME, check_in_on=on)
    assert refused.value.code == "check_in_on"
    assert fresh(case).state == Case.State.OPEN


def test_a_third_opinion_begins_its_round_with_a_referral_of_its_own(heard, case):
    decide(case, Choice.ANOTHER)
    third = Visit.objects.get(case=case, round=3)
    assert third.referral.state == "needed"
    again = decide(case, "another", words="I want to be sure.", seen=case.decisions.get().pk)
    assert again.words == "I want to be sure."
    assert Visit.objects.filter(case=case, round=3).count() == 1
    assert Choice.ANOTHER in rules.offered({"second"}, may_ask=rules.may_ask({2}, {2}))
    for rounds, happened in (({2}, set()), ({2, 3}, {2}), ({2, 3}, {2, 3}), (set(), set())):
        assert Choice.ANOTHER not in rules.offered({"second"}, may_ask=rules.may_ask(rounds, happened))
    assert known.in_a_word(Choice.ANOTHER) == ""


def test_the_database_refuses_two_answers_and_a_day_without_more_time(case):
    made = decide(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(case=case, choice="own", decided_at=clock.now(), decided_by=case.patient)
    for wrong in (
        {"check_in_on": dt.date(2026, 12, 1)},
        {"choice": "best"},
        {"replaced_at": made.decided_at - dt.timedelta(1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.filter(pk=made.pk).update(**wrong)


def test_what_matters_is_hers_until_she_shares_it(case):
    actions.say_what_matters(case, WORDS, is_shared=False, seen=0, by=actor("rosa"))
    with pytest.raises(Refused):
        actions.say_what_matters(case, "Other words", is_shared=False, seen=0, by=actor("rosa"))
    page = reverse("opinions:compare", args=[case.pk])
    factories.assign(case, person("joanne"))
    readers = {key: browser(person(key)) for key in ("joanne", "theo")}
    assert not [key for key, reader in readers.items() if WORDS in reader.get(page).content.decode()]
    actions.say_what_matters(case, WORDS, is_shared=True, seen=1, by=actor("rosa"))
    assert [key for key, reader in readers.items() if WORDS in reader.get(page).content.decode()] == ["joanne"]
    assert fresh(case).matters == WORDS


def test_the_page_saves_and_a_page_left_open_tells_what_stands(heard, case):
    rosa, page = browser(person("rosa")), reverse("opinions:compare", args=[case.pk])
    shown = rosa.get(page)
    assert "I’d like to go with Dr. Priya Raman’s plan" in shown.content.decode()
    assert rosa.post(page + "decide/", {"choice": "own", "words": WORDS, "seen": ""}).status_code == 302
    left_open = rosa.post(page + "decide/", {"choice": "second", "words": "Other words", "seen": ""})
    assert left_open.status_code == 409
    html = left_open.content.decode()
    assert "Other words" in html
    assert WORDS in html
    seen = left_open.context["decision_form"]["seen"].value()
    assert rosa.post(page + "decide/", {"choice": "second", "words": "Other words", "seen": seen}).status_code == 302
    assert "What was said before" in rosa.get(page).content.decode()


def test_her_words_stand_on_nobody_elses_page(case):
    decide(case, words=WORDS)
    helping.agree(helping.ask(case, person("ines"), by=actor("theo")), chosen="most", by=actor("rosa"))
    for key in ("theo", "ines"):
        html = browser(person(key)).get(reverse("opinions:compare", args=[case.pk])).content.decode()
        assert WORDS not in html
        assert "What was said last" not in html


def test_the_path_follows(heard, case):
    assert facts.of_case(fresh(case), clock.now()).facts.decision == ""
    decide(case, Choice.TIME)
    assert facts.of_case(fresh(case), clock.now()).facts.decision == "more_time"
    decide(case, Choice.SECOND)
    assert facts.of_case(fresh(case), clock.now()).facts.decision == "chosen"


WHY = "A doctor’s plan can be chosen here once somebody said that the visit took place."


def opinions(case, key="rosa") -> str:
    return browser(person(key)).get(reverse("opinions:compare", args=[case.pk])).text


def test_the_page_says_why_the_second_plan_is_not_offered_and_where_to_say_it(november_5, visit):
    case, doctor = visit.case, visit.clinician.name
    assert WHY not in opinions(case)
    november_5.move_to(DAY_AFTER)
    page = opinions(case)
    assert WHY in page
    assert f"Did the visit with {doctor} take place?" in page
    assert f'href="{visit.get_absolute_url()}"' in page
    assert "Not said yet" in page
    assert "To come" not in page
    records.say_took_place(visit, by=actor("rosa"))
    page = opinions(case)
    assert WHY not in page
    assert 'value="second"' in page


def line_of_second(case):
    return comparing.add(case, topic="suggests", text="An operation.", pages={"second": (1, None)}, by=actor("rosa"))


def test_what_is_written_of_the_second_doctor_can_be_chosen_whatever_was_said_of_the_visit(november_5, visit):
    case = visit.case
    with pytest.raises(Refused):
        decide(case, Choice.SECOND)
    point = line_of_second(case)
    page = opinions(case)
    assert 'value="second"' in page
    assert 'value="another"' not in page
    november_5.move_to(DAY_AFTER)
    page = opinions(case)
    assert WHY not in page
    assert "More can be chosen here once somebody said that the visit took place." in page
    with pytest.raises(Refused):
        decide(case, Choice.ANOTHER)
    answer = browser(person("rosa")).post(
        reverse("opinions:decide", args=[case.pk]), {"choice": "second", "shown-second": visit.clinician.name}
    )
    assert answer.status_code == 302
    assert Decision.objects.current().get().choice == Choice.SECOND
    comparing.remove(point, by=actor("rosa"))
    assert written.numbers(case) == set()


def test_lines_of_who_was_second_before_are_no_plan_of_who_is_now(visit):
    line_of_second(visit.case)
    assert written.numbers(visit.case) == {2}
    records.name_visit(visit.case, doctor="Dr. Other", office_name="Other House", by=actor("rosa"))
    assert written.numbers(visit.case) == set()
    assert 'value="second"' not in opinions(visit.case)


def test_who_may_not_change_the_visit_is_not_led_there(november_5, visit):
    november_5.move_to(DAY_AFTER)
    assert WHY in opinions(visit.case)
    case_actions.assign(visit.case, person("joanne"), why="booking", by=actor("theo"))
    case_actions.give_consent(
        "read", person=person("rosa"), case=visit.case, consultant=person("joanne"), by=actor("rosa")
    )
    page = opinions(visit.case, "joanne")
    assert "The opinions for" in page
    assert WHY not in page
