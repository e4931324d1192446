"""Whether a record may be sent by a permission: no database, every reason by itself."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from cases.records.release import rules
from cases.records.release.rules import Asked, Held, Recipient
from cases.records.release.states import ReleaseState, To, Why
from portal import moves

TODAY, VISIT_ON = date(2026, 11, 12), date(2026, 11, 24)
SLIDES, LAB, RAMANS, OTHER = uuid4(), uuid4(), uuid4(), uuid4()
ASKED = Asked(SLIDES, LAB, "direct", RAMANS, "Dr. Priya Raman", VISIT_ON)
THERE = Recipient(To.OFFICE, RAMANS, "dr. priya raman")
HELD = Held("signed", LAB, frozenset({SLIDES}), frozenset({THERE}), date(2026, 12, 31))


def test_a_whole_one_covers_what_it_names():
    assert rules.covers(HELD, ASKED, TODAY)
    assert rules.covers(HELD, ASKED, HELD.until_on)


@pytest.mark.parametrize(
    ("held", "asked", "why"),
    [
        (None, ASKED, Why.NONE),
        (replace(HELD, state="draft"), ASKED, Why.INCOMPLETE),
        (replace(HELD, state="taken_back"), ASKED, Why.TAKEN_BACK),
        (replace(HELD, state="replaced"), ASKED, Why.REPLACED),
        (replace(HELD, is_paper_gone=True), ASKED, Why.PAPER_GONE),
        (replace(HELD, until_on=date(2026, 11, 11)), ASKED, Why.EXPIRED),
        (replace(HELD, until_on=None), ASKED, Why.EXPIRED),
        (HELD, replace(ASKED, holder=OTHER), Why.OTHER_HOLDER),
        (HELD, replace(ASKED, holder=None), Why.OTHER_HOLDER),
        (HELD, replace(ASKED, item=OTHER), Why.OTHER_ITEM),
        (HELD, replace(ASKED, office=OTHER), Why.OTHER_RECIPIENT),
        (HELD, replace(ASKED, doctor="Dr. Ivers"), Why.OTHER_RECIPIENT),
        (HELD, replace(ASKED, route="through_us"), Why.OTHER_RECIPIENT),
        (HELD, replace(ASKED, route="carried"), Why.OTHER_RECIPIENT),
        (HELD, replace(ASKED, visit_on=date(2027, 1, 5)), Why.BEFORE_VISIT),
    ],
)
def test_each_reason_why_a_record_is_not_sent(held, asked, why):
    assert rules.why_not_sent(held, asked, TODAY) == why


def test_through_us_names_us_and_them_and_then_covers_the_straight_way_too():
    both = replace(HELD, recipients=rules.recipients("through_us", RAMANS, "Dr. Priya Raman"))

    assert both.recipients == {THERE, Recipient(To.US)}
    assert rules.covers(both, replace(ASKED, route="through_us"), TODAY)
    assert rules.covers(both, ASKED, TODAY)


@pytest.mark.parametrize(
    ("visit_on", "today", "until"),
    [
        (VISIT_ON, TODAY, date(2026, 12, 31)),
        (date(2026, 12, 3), TODAY, date(2027, 1, 31)),
        (date(2027, 1, 31), TODAY, date(2027, 2, 28)),
        (None, TODAY, date(2027, 2, 28)),
        (date(2026, 9, 1), TODAY, date(2026, 12, 31)),
    ],
)
def test_it_is_proposed_until_the_end_of_the_month_after_the_visit(visit_on, today, until):
    assert rules.until(visit_on, today) == until
    assert rules.why_not_until(until, visit_on, today) == ""


@pytest.mark.parametrize("until", [None, date(2026, 11, 11), date(2026, 11, 23), date(2028, 1, 1)])
def test_an_end_that_has_passed_or_comes_before_the_visit_is_refused(until):
    assert rules.why_not_until(until, VISIT_ON, TODAY)


@pytest.mark.parametrize(
    ("kind", "state", "can"),
    [
        ("slides", "needs_you", True),
        ("clinic_notes", "asked", True),
        ("clinic_notes", "not_located", True),
        ("clinic_notes", "sent", False),
        ("slides", "arrived", False),
        ("treatment_plan", "needed", False),
        ("referral_letter", "needed", False),
        ("medications", "needed", False),
    ],
)
def test_only_what_an_office_still_has_to_send_is_named(kind, state, can):
    assert rules.can_be_released(kind, state) is can


def test_what_is_missing_is_said_in_sentences():
    whole = {"items": 1, "office": True, "born_on": date(1960, 1, 1), "is_case_open": True}
    assert rules.missing(**whole) == []
    assert len(rules.missing(items=0, office=False, born_on=None, is_case_open=False)) == 4


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("patient", {"draft": "sign say_signed replace", "signed": "take_back replace"}),
        ("coordinator", {"draft": "say_signed replace", "signed": "take_back replace"}),
        ("system", {"draft": "replace", "signed": "replace"}),
        ("helper", {"draft": "sign say_signed replace", "signed": "take_back replace"}),  # by a paper of the law
        ("consultant", {}),
        ("", {}),
    ],
)
def test_who_may_do_what_with_a_form(role, may):
    for state in ReleaseState.values:
        assert moves.allowed(rules.RELEASE_MOVES, state, role) == may.get(state, "").split(), state
