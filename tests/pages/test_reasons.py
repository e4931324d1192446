"""Why a case needs a person today, in words."""

import datetime as dt

import pytest
import time_machine

from cases.case.models import Office
from cases.records import actions as records
from portal import clock
from portal.pages import board, facts, reasons, words
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5
from tests.records.report_builders import open_report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


def on(day: int, case, month: int = 11) -> reasons.Reason | None:
    """What needs a person on a day at 10 am Eastern."""
    with time_machine.travel(dt.datetime(2026, month, day, 15, tzinfo=dt.UTC), tick=False):
        return reasons.of_case(facts.of_case(case, clock.now()), dt.date(2026, month, day))


def all_core_asked(visit):
    for each in visit.items.filter(is_core=True):
        if each.state != "held":
            records.tell(each, "asked", by=actor("theo"))
    return visit.case


def test_no_visit_no_reason():
    assert on(5, named_visit().case) is None


def test_asked_and_no_word_names_the_record_the_days_and_the_desk():
    case = all_core_asked(booked_visit())
    Office.objects.filter(name="Lakeside").update(desk="records desk", phone="+15550100177")
    reason = on(13, case)
    assert "asked 5 business days ago, no word: call Lakeside, records desk." in reason.text
    assert reason.office.phone == "+15550100177"
    assert reason.label == "No word yet"


def test_what_nobody_asked_for_says_by_when():
    reason = on(20, booked_visit().case)
    assert "is to be asked for by " in reason.text
    assert " more records wait." in reason.text


def test_days_before_the_visit_the_tag_says_core_missing():
    reason = on(20, booked_visit().case)
    assert (reason.label, reason.kind) == ("Core missing", "stop")


def test_a_record_in_trouble_is_asked_for_once_more():
    visit = booked_visit()
    all_core_asked(visit)
    records.tell(item(visit), "not_located", reason="Wrong birth date", by=actor("theo"))
    reason = on(19, visit.case)
    assert "Not found. Ask Lakeside once more." in reason.text
    assert "birth" not in reason.text


def test_a_day_that_passed_asks_whether_the_visit_took_place():
    reason = on(25, booked_visit().case)
    assert reason.text == "The visit was on Tue, Nov 24. Ask whether it took place."


def test_a_visit_that_took_place_needs_nobody():
    visit = booked_visit()
    with time_machine.travel("2026-11-24T22:00:00Z", tick=False):
        records.say_took_place(visit, by=actor("rosa"))
    assert on(26, visit.case) is None


def test_what_is_there_needs_nobody():
    visit = booked_visit()
    for each in visit.items.filter(is_core=True):
        records.tell(each, "arrived", by=actor("rosa"))
    assert on(6, visit.case) is None


@pytest.mark.parametrize(
    ("known", "stage"),
    [
        ({}, "referral"),
        ({"visit_on": dt.date(2026, 11, 24)}, "collecting"),
        ({"visit_on": dt.date(2026, 11, 24), "items": (facts.ItemFacts("Report", "arrived"),)}, "ready"),
        ({"visit_on": dt.date(2026, 11, 4)}, "report"),
        ({"visit_on": dt.date(2026, 11, 4), "visit_happened": True, "report": "received"}, "deciding"),
    ],
)
def test_the_stage_of_a_case(known, stage):
    assert board.stage(facts.Facts(opened_on=dt.date(2026, 11, 1), **known), dt.date(2026, 11, 5)) == stage


def test_a_report_that_nobody_confirmed_names_its_days_and_whom_to_ask():
    with time_machine.travel(dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC), tick=False) as traveller:
        loop = open_report(traveller)
    case = loop.visit.case
    assert on(14, case, month=12) is None
    reason = on(15, case, month=12)
    assert reason.text == "The report has been open for 21 days. Ask Northfield Medical Center."
    assert reason.office == loop.visit.office
    with time_machine.travel(dt.datetime(2026, 12, 15, 15, tzinfo=dt.UTC), tick=False):
        records.tell_report(loop, "confirmed", by=actor("rosa"))
    assert on(15, case, month=12) is None


@pytest.mark.parametrize(
    ("day", "label", "kind"),
    [
        ("2026-11-28", "Report open for 4 days", "info"),
        ("2026-12-04", "Report open for 10 days: late", "warn"),
        ("2026-12-14", "Report open for 20 days: call", "stop"),
    ],
)
def test_the_age_of_an_open_report_is_said_in_words_and_shown_in_color(day, label, kind):
    with on_november_5() as traveller:
        loop = open_report(traveller)
        gathered = facts.of_case(loop.visit.case, clock.now())
        tag = words.report_age(gathered, dt.date.fromisoformat(day))
        assert (tag["label"], tag["kind"]) == (label, kind)


def test_an_open_report_says_its_one_next_day_and_whose_it_is():
    with on_november_5() as traveller:
        loop = open_report(traveller)

        def next_words():
            return words.report_next(facts.of_case(loop.visit.case, clock.now()))

        assert next_words() == "Next: the patient is asked on Mon, Nov 30."
        records.tell_report(loop, "not_there", by=actor("theo"))
        assert next_words() == "Next: one of us calls, from Wed, Nov 25 on."
        records.tell_report(loop, "confirmed", by=actor("theo"))
        assert next_words() == ""
