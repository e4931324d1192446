"""The report's page: what the patient presses, what the team sees, and what other people get."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.records import actions
from cases.records.models import ReportLoop
from tests import people
from tests.people import browser, person
from tests.records.builders import actor, case_of_rosa, on_november_5
from tests.records.report_builders import open_report, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def loop(november_5):
    return open_report(november_5)


@pytest.fixture
def rosa(db):
    return browser(person("rosa"))


def page(loop):
    return reverse("records:report", args=[loop.visit.case_id])


def move(loop, verb):
    return reverse("records:tell_report", args=[loop.visit.case_id, verb])


def state(loop):
    return ReportLoop.objects.get(pk=loop.pk).state


def test_home_leads_to_the_page_with_its_words_and_presses(rosa, loop):
    actions.move_referral(loop.visit.case, "not_needed", by=actor("theo"))
    home = rosa.get(loop.visit.case.get_absolute_url()).content.decode()
    assert "Ask for the report to go to your primary doctor" in home
    assert page(loop) in home
    said = rosa.get(page(loop)).content.decode()
    assert "Please send the report of this visit to my primary doctor, <strong>Dr. Abara</strong>." in said
    for verb in ("asked", "received", "confirmed"):
        assert move(loop, verb) in said
    assert move(loop, "passed_on") not in said


def test_one_press_says_it_and_leads_back(rosa, loop):
    answer = rosa.post(move(loop, "received"), {"round": "2"}, follow=True)
    assert answer.redirect_chain == [(page(loop), 302)]
    assert "It has arrived" in answer.content.decode()
    assert "You told us." in answer.content.decode()
    assert state(loop) == "received"
    said = rosa.post(move(loop, "confirmed"), follow=True).content.decode()
    assert "This is done." in said
    assert move(loop, "asked") not in said


def test_a_day_can_be_named_and_an_impossible_one_keeps_the_page(rosa, loop):
    answer = rosa.post(move(loop, "received"), {"on": "2026-11-20"})
    assert (answer.status_code, state(loop)) == (422, "not_asked")
    assert "Check the date" in answer.content.decode()
    answer = rosa.post(move(loop, "received"), {"on": "some day"})
    assert (answer.status_code, state(loop)) == (422, "not_asked")
    rosa.post(move(loop, "received"), {"on": "2026-11-24"})
    assert str(ReportLoop.objects.get().received_on) == "2026-11-24"


def test_a_press_on_an_old_page_gets_a_sentence(rosa, loop):
    actions.tell_report(loop, "confirmed", by=actor("theo"))
    answer = rosa.post(move(loop, "asked"))
    assert answer.status_code == 409
    assert "This has changed" in answer.content.decode()


@pytest.mark.parametrize(("data", "verb"), [({}, "dance"), ({"round": "3"}, "asked"), ({"round": "<b>"}, "asked")])
def test_a_made_up_verb_or_round_changes_nothing(rosa, loop, data, verb):
    assert rosa.post(move(loop, verb), data).status_code == 409
    assert state(loop) == "not_asked"


def test_a_word_can_be_taken_back(rosa, loop):
    rosa.post(move(loop, "confirmed"))
    assert move(loop, "undo") in rosa.get(page(loop)).content.decode()
    rosa.post(move(loop, "undo"))
    assert state(loop) == "not_asked"


def test_before_the_visit_the_page_says_what_will_stand_there(rosa):
    case = case_of_rosa()
    said = rosa.get(reverse("records:report", args=[case.pk])).content.decode()
    assert "Once your visit has taken place" in said
    assert rosa.post(reverse("records:tell_report", args=[case.pk, "asked"])).status_code == 409


@pytest.mark.full
def test_the_team_sees_it_on_the_case_file_and_how_long_it_is_open(loop, november_5):
    theo = browser(person("theo"))
    actions.tell_report(loop, "asked", by=actor("rosa"))
    november_5.move_to("2026-12-06T15:00:00Z")
    theo = browser(person("theo"))
    for address in (reverse("pages:caseload"), reverse("pages:case_file", args=[loop.visit.case_id])):
        assert "Report open for 12 days" in theo.get(address).content.decode()
    sign_that_we_may(loop)
    put_in_report(loop)
    theo.post(move(loop, "passed_on"), {"told": "office"})
    actions.tell_report(ReportLoop.objects.get(), "confirmed", by=actor("theo"))
    said = theo.get(reverse("pages:case_file", args=[loop.visit.case_id])).content.decode()
    assert "Report open" not in said
    assert "Passed on by us." in said
    assert "Theo heard by phone." in said


@pytest.mark.parametrize("key", ["grace", "joanne", "mara"])
def test_a_stranger_finds_nothing(loop, key):
    client = browser(person(key))
    assert client.get(page(loop)).status_code == 404
    assert client.post(move(loop, "confirmed")).status_code == 404
    assert state(loop) == "not_asked"


def test_a_consultant_of_the_case_reads_and_says_nothing(loop):
    from tests import factories

    factories.assign(loop.visit.case, people.person("joanne"))
    client = browser(person("joanne"))
    said = client.get(page(loop)).content.decode()
    assert move(loop, "asked") not in said
    assert client.post(move(loop, "asked")).status_code == 409


def test_a_third_doctors_report_has_its_own_card_and_costs_no_query(rosa, loop, november_5):
    rosa.get(page(loop))
    with CaptureQueriesContext(connection) as one:
        rosa.get(page(loop))
    third = actions.name_visit(loop.visit.case, doctor="Dr. Ivers", office_name="Far", round=3, by=actor("rosa"))
    actions.set_visit_date(third, on=date(2026, 11, 25), by=actor("rosa"))
    actions.say_took_place(third, by=actor("rosa"))
    with CaptureQueriesContext(connection) as two:
        said = rosa.get(page(loop)).content.decode()
    assert len(two) == len(one)
    assert "From Dr. Ivers" in said
    assert "From Dr. Priya Raman" in said
    rosa.post(move(loop, "confirmed"), {"round": "2"})
    assert dict(ReportLoop.objects.values_list("visit__round", "state")) == {2: "confirmed", 3: "not_asked"}
