"""Home, sheet, Friday note and board say the talk's day as the next thing, and step 9 once it took place."""

import pytest
from django.urls import reverse

from cases.case.models import Case
from cases.case.path import next_step, path
from cases.opinions.talk import actions
from cases.records import actions as records
from cases.records.models import ReportLoop
from portal import clock, when
from portal.pages import cards, facts, friday, sheet, words
from tests.opinions.builders import EASTERN, booked, planned, write
from tests.people import browser, person
from tests.records.builders import actor, booked_visit
from tests.records.report_builders import past_visit

pytestmark = pytest.mark.django_db
DAY_AFTER_TALK = "2026-12-04T15:00:00Z"


@pytest.fixture
def case(november_5):
    """The second visit took place yesterday."""
    return past_visit(november_5).case


def known(case):
    return facts.of_case(Case.objects.select_related("patient").get(pk=case.pk), clock.now()).facts


def step(case):
    return next_step(known(case), clock.today(EASTERN))


def talk_on_the_path(case):
    return next(each for phase in path(known(case)).phases for each in phase.steps if each.code == "talk")


def confirm(case):
    records.tell_report(ReportLoop.objects.get(visit__case=case), "confirmed", by=actor("rosa"))


def test_once_the_report_is_there_the_talk_is_planned_then_awaited_then_asked_about(case, november_5):
    confirm(case)
    assert (step(case).code, step(case).url_name) == ("talk", "opinions:talk")
    talk = booked(case)
    assert (step(case).code, step(case).due_on, step(case).about) == ("talk_ahead", talk.on_date, "Dr. Abara")
    november_5.move_to(DAY_AFTER_TALK)
    assert step(case).code == "talk_passed"
    actions.say_held(talk, by=actor("rosa"))
    assert step(case).code == "choose"
    assert (talk_on_the_path(case).state, talk_on_the_path(case).on) == ("done", talk.on_date)


def test_before_the_report_is_there_it_is_helpful_by_the_talk(case):
    talk = booked(case)
    assert (step(case).code, step(case).due_on) == ("report", talk.on_date)


def test_pages_say_the_day(case):
    confirm(case)
    booked(case)
    home = browser(person("rosa")).get(case.get_absolute_url()).content.decode()
    for said in ("Your talk with Dr. Abara is next", "Thursday, December 3", "Elm Street", "See my page for the talk"):
        assert said in home
    now = clock.now()
    rows = sheet.of_case(case, "patient", now).sections[0].rows
    assert [row["value"] for row in rows if "Dec 3" in row["label"]] == [
        "I talk it over with Dr. Abara, Elm Street. Eastern Time."
    ]
    assert "December 3" in friday._next(known(case), when.as_date(now, EASTERN))
    assert words.staff_words(step(case)) == "Talk with the doctor, Thu, Dec 3"
    file = browser(person("theo")).get(cards.file_url(case)).content.decode()
    assert reverse("opinions:talk", args=[case.pk]) in file


def test_a_day_that_was_saved_ahead_of_the_visit_stands_among_the_dates():
    case = booked_visit().case
    booked(case)
    assert step(case).code != "talk_ahead"
    home = browser(person("rosa")).get(case.get_absolute_url()).content.decode()
    assert "Talk with Dr. Abara" in home


def test_her_three_questions_stand_on_the_sheet_for_her_and_the_team_only(case):
    write(planned(case), questions=["Why this one?"])
    for role, is_shown in (("patient", True), ("coordinator", True), ("helper", False)):
        lines = [line for part in sheet.of_case(case, role, clock.now()).sections for line in part.lines]
        assert ("Why this one?" in lines) == is_shown


def test_a_third_opinion_opens_the_step_again(case):
    actions.say_held(planned(case), by=actor("rosa"))
    assert talk_on_the_path(case).state == "done"
    third = records.name_visit(case, doctor="Dr. Ivers", office_name="Far", round=3, by=actor("rosa"))
    assert third.round == 3
    assert talk_on_the_path(case).state == "later"
