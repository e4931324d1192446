"""The one next step and the ten steps, case by case."""

from dataclasses import replace
from datetime import date

import pytest

from cases.case.path import ConsultationFacts, Facts, ItemFacts, Step, next_date, next_step, path

TODAY = date(2026, 11, 9)
VISIT = date(2026, 11, 24)
TALK = ConsultationFacts(on=date(2026, 11, 17), consultant="Joanne", needs_plan=True, plan_by=date(2026, 11, 13))
ALL_IN = tuple(ItemFacts(name, hop="opens_fine") for name in ("Biopsy report", "Imaging reports", "Plan", "Referral"))
NEW = Facts(opened_on=date(2026, 11, 1))
REFERRED = replace(NEW, referral="sent", referral_on=date(2026, 11, 3))
NAMED = replace(REFERRED, visit_on=VISIT, visit_named_on=date(2026, 11, 5), visit_with="Dr. Raman", items=ALL_IN)
VISITED = replace(NAMED, visit_on=date(2026, 11, 6), visit_happened=True)
REPORTED = replace(VISITED, report="received")
COMPARED = replace(REPORTED, opinions=2)
TALKED = replace(COMPARED, talk_on=date(2026, 11, 8), talk_held=True)

GRID = [
    ("new case", NEW, "referral"),
    ("doctor said no", replace(NEW, referral="refused"), "referral_refused"),
    ("doctor was asked", replace(NEW, referral="asked"), "visit"),
    ("no referral needed here", replace(NEW, referral="not_needed"), "visit"),
    ("referred", REFERRED, "visit"),
    ("all records there", NAMED, "nothing"),
    ("visit was yesterday", replace(NAMED, visit_on=date(2026, 11, 8)), "visit_passed"),
    ("visit is today", replace(NAMED, visit_on=TODAY), "nothing"),
    ("visit happened", VISITED, "report"),
    ("report asked for", replace(VISITED, report="asked"), "report_asked"),
    ("report announced", replace(VISITED, report="announced"), "report_announced"),
    ("report received", REPORTED, "talk"),
    ("one opinion in", replace(REPORTED, opinions=1), "compare"),
    ("both opinions in", COMPARED, "talk"),
    ("talk has a date", replace(COMPARED, talk_on=date(2026, 11, 12)), "talk_ahead"),
    ("talk is today", replace(REPORTED, talk_on=TODAY), "talk_ahead"),
    ("talk was yesterday", replace(VISITED, talk_on=date(2026, 11, 8)), "talk_passed"),
    ("talk before the visit", replace(NAMED, talk_on=date(2026, 11, 8)), "nothing"),
    ("talked before the report came", replace(VISITED, talk_on=date(2026, 11, 8), talk_held=True), "report"),
    ("talked without putting opinions in", replace(TALKED, opinions=0), "choose"),
    ("talked", TALKED, "choose"),
    ("more time", replace(TALKED, decision="more_time"), "nothing"),
    ("chosen", replace(TALKED, decision="chosen"), "nothing"),
    ("consultation without a plan", replace(NEW, consultation=TALK), "plan"),
    ("consultation, plan being checked", replace(NEW, consultation=TALK, plan="checking"), "referral"),
    ("consultation with a plan", replace(NEW, consultation=TALK, plan="ready"), "referral"),
    ("plan is locked", replace(NEW, plan="needs_you"), "plan_problem"),
    ("a first talk needs no plan", replace(NEW, consultation=replace(TALK, needs_plan=False)), "referral"),
    ("a call is wanted", replace(NEW, call_wanted=True, consultation=TALK), "call"),
]


@pytest.mark.parametrize(("facts", "code"), [row[1:] for row in GRID], ids=[row[0] for row in GRID])
def test_next_step(facts, code):
    assert next_step(facts, TODAY).code == code


@pytest.mark.parametrize("hop", ["needed", "not_located", "incomplete", "will_not_open"])
def test_core_items_are_to_be_asked_for(hop):
    late = ItemFacts("Imaging reports", hop=hop, request_by=date(2026, 11, 12))
    soon = ItemFacts("Biopsy report", hop=hop, request_by=date(2026, 11, 10))
    step = next_step(replace(NAMED, items=(late, soon, *ALL_IN[:2])), TODAY)
    assert (step.code, step.about, step.due_on, step.count) == (
        "records",
        "Biopsy report",
        date(2026, 11, 10),
        2,
    )


@pytest.mark.parametrize("hop", ["asked", "acknowledged", "held", "sent", "arrived", "opens_fine"])
def test_core_items_under_way_ask_nothing_of_the_patient(hop):
    assert next_step(replace(NAMED, items=(ItemFacts("Biopsy report", hop=hop),)), TODAY).code == "nothing"


def test_what_can_follow_is_never_the_next_step():
    slides = ItemFacts("Tissue slides", hop="needed", is_core=False)
    assert next_step(replace(NAMED, items=(*ALL_IN, slides)), TODAY).code == "nothing"


@pytest.mark.parametrize("hop", ["needed", "needs_you"])
def test_the_plan_among_the_records_leads_to_adding_it(hop):
    plan = ItemFacts("Treatment plan", hop, is_plan=True, needs="plan", request_by=date(2026, 11, 12))
    facts = replace(NAMED, items=(plan,))
    assert next_step(facts, TODAY).url_name == "documents:add_plan"
    assert next_step(replace(facts, plan="ready"), TODAY).code == "nothing"


@pytest.mark.parametrize(
    ("needs", "code"),
    [("signature", "sign"), ("identity", "add_id"), ("choice", "choose_route"), ("fee", "pay_fee"), ("", "needs_you")],
)
def test_what_needs_the_patient_comes_before_the_plan(needs, code):
    item = ItemFacts("Tissue slides", "needs_you", is_core=False, needs=needs, needs_by=date(2026, 11, 12))
    step = next_step(replace(NAMED, items=(item, *ALL_IN), consultation=TALK), TODAY)
    assert (step.code, step.due_on) == (code, date(2026, 11, 12))


def test_of_two_things_that_need_the_patient_the_earlier_leads():
    first = ItemFacts("Slides", "needs_you", is_core=False, needs="fee", needs_by=date(2026, 11, 10))
    later = ItemFacts("Biopsy report", "needs_you", needs="signature", needs_by=date(2026, 11, 12))
    undated = ItemFacts("Imaging reports", "needs_you", needs="choice")
    step = next_step(replace(NAMED, items=(undated, later, first)), TODAY)
    assert (step.code, step.about, step.count) == ("pay_fee", "Slides", 3)


def test_what_can_follow_leads_only_while_there_is_a_day_to_be_in_time_for():
    slides = ItemFacts("Slides", "needs_you", is_core=False, needs="signature", needs_by=date(2026, 11, 8))
    facts = replace(NAMED, items=(slides, *ALL_IN), consultation=TALK)
    assert next_step(facts, TODAY).code == "plan"
    assert next_step(replace(facts, plan="ready"), TODAY) == Step("sign", "records:list", None, 5, "Slides", 1)
    assert next_step(facts, date(2026, 11, 8)).code == "sign"


def test_a_core_record_that_needs_the_patient_leads_without_a_day():
    report = ItemFacts("Biopsy report", "needs_you", needs="fee", needs_by=date(2026, 11, 2))
    assert next_step(replace(NAMED, items=(report,), consultation=TALK), TODAY).code == "pay_fee"


def test_a_day_that_has_passed_is_not_held_up_to_anyone():
    late = ItemFacts("Imaging reports", request_by=date(2026, 11, 2))
    assert next_step(replace(NAMED, items=(late,)), TODAY).due_on is None


def test_not_today_hides_the_step_until_the_day_chosen():
    facts = replace(NEW, not_today_until=date(2026, 11, 12))
    assert next_step(facts, TODAY).code == "not_today"
    assert next_step(facts, date(2026, 11, 11)).due_on == date(2026, 11, 12)
    assert next_step(facts, date(2026, 11, 12)).code == "referral"


def test_not_today_does_not_hide_a_call_or_invent_a_step():
    later = date(2026, 11, 12)
    assert next_step(replace(NEW, call_wanted=True, not_today_until=later), TODAY).code == "call"
    assert next_step(replace(NAMED, not_today_until=later), TODAY).code == "nothing"


def test_nothing_to_do_names_the_next_date():
    facts = replace(NAMED, consultation=TALK, plan="ready", treatment_on=date(2026, 12, 15))
    assert next_step(facts, TODAY).due_on == date(2026, 11, 17)
    assert next_date(facts, date(2026, 11, 18)) == VISIT
    assert next_date(facts, date(2026, 11, 25)) == date(2026, 12, 15)
    assert next_date(facts, date(2026, 12, 16)) is None


def test_a_talk_that_has_a_date_is_said_as_the_next_thing():
    talk = replace(REPORTED, talk_on=date(2026, 11, 12), talk_with="Dr. Abara")
    assert next_step(talk, TODAY) == Step("talk_ahead", "opinions:talk", date(2026, 11, 12), 0, "Dr. Abara")
    assert next_step(talk, TODAY).is_rest
    # Not today is about what can be put off.
    assert next_step(replace(talk, not_today_until=date(2026, 11, 11)), TODAY).code == "talk_ahead"


@pytest.mark.parametrize("report", ["", "asked"])
def test_the_report_is_helpful_by_the_day_of_the_talk(report):
    talk = replace(VISITED, report=report, talk_on=date(2026, 11, 12))
    assert next_step(talk, TODAY).due_on == date(2026, 11, 12)
    assert next_date(talk, TODAY) == date(2026, 11, 12)
    held = replace(talk, talk_on=TODAY, talk_held=True)
    assert (next_step(held, TODAY).due_on, next_date(held, TODAY)) == (None, None)


PATHS = [
    (NEW, 1, "referral"),
    (replace(NEW, visit_on=VISIT), 2, "referral"),
    (REFERRED, 2, "visit"),
    (replace(NAMED, items=(ItemFacts("Biopsy report", "asked"), *ALL_IN)), 3, "send"),
    (replace(NAMED, items=(ItemFacts("Biopsy report", "sent"), *ALL_IN)), 4, "arrive"),
    (NAMED, 5, "meet"),
    (VISITED, 6, "report"),
    (REPORTED, 7, "compare"),
    (COMPARED, 8, "talk"),
    (TALKED, 9, "choose"),
    (replace(TALKED, opinions=0), 8, "compare"),
    (replace(VISITED, talk_on=date(2026, 11, 8), talk_held=True), 7, "report"),
    (replace(TALKED, decision="more_time"), 9, "choose"),
    (replace(TALKED, decision="chosen"), 10, ""),
]


@pytest.mark.parametrize(("facts", "done", "now"), PATHS)
def test_path(facts, done, now):
    way = path(facts)
    steps = [step for phase in way.phases for step in phase.steps]
    assert way.tally == (done, 10)
    assert [step.code for step in steps if step.state == "now"] == ([now] if now else [])
    assert [phase.code for phase in way.phases] == ["decide", "arrange", "meet", "choose"]


def test_phases_are_done_now_and_later():
    assert [phase.state for phase in path(NAMED).phases] == ["done", "done", "now", "later"]


def test_a_visit_without_core_items_sends_nothing_by_itself():
    assert path(replace(NAMED, items=())).phases[1].steps[1].state == "now"


def test_the_path_counts_core_items_only():
    slides = ItemFacts("Tissue slides", "needed", is_core=False)
    send = path(replace(NAMED, items=(ItemFacts("Biopsy report", "asked"), *ALL_IN[:3], slides))).phases[1].steps[1]
    assert (send.done, send.of) == (3, 4)


def test_after_the_visit_missing_records_are_no_longer_asked_for():
    facts = replace(VISITED, items=(ItemFacts("Biopsy report", "asked"),))
    assert next_step(replace(facts, items=(ItemFacts("Biopsy report"),)), TODAY).code == "report"
    assert path(facts).phases[1].state == "done"
