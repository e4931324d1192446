"""The tables of moves against a list written by hand, and the pure rules beside them."""

from datetime import timedelta

import pytest

from cases.records import rules
from cases.records.days.lead_times import Lead
from cases.records.rules import Due, NextDay
from cases.records.states import ItemState, ReferralState, ReportState, Route, VisitState
from portal import moves
from tests.records.worked_example import CLOSED, at, dec, nov

ROLES = ("patient", "helper", "consultant", "coordinator", "", "system")
SAYERS = {"patient", "helper", "coordinator"}
NEVER_BY_HAND = {
    (verb, "system") for verb in ("held", "taken_back", "passed_on", "announced", "signed", "unsigned", "given")
}
OURS = {"passed_on", "on_its_way"}  # what of the three only we can say

# state: what may be said of an item by the three who may speak. Written by hand, on purpose.
ITEM = {
    "needed": "needs_you asked acknowledged held sent arrived not_located not_wanted",
    "needs_you": "needs_you asked acknowledged held sent arrived not_located not_wanted",
    "asked": "needs_you asked_again acknowledged held sent arrived not_located not_wanted",
    "acknowledged": "needs_you asked_again held sent arrived not_located not_wanted",
    "held": "sent arrived incomplete will_not_open not_wanted",
    "sent": "arrived opens_fine incomplete will_not_open",
    "arrived": "opens_fine incomplete will_not_open",
    "opens_fine": "incomplete",
    "not_located": "needs_you asked held sent not_located not_wanted",
    "incomplete": "needs_you asked held sent not_located not_wanted",
    "will_not_open": "needs_you asked held sent not_located not_wanted",
    "not_wanted": "wanted",
}
VISIT = {
    "planned": "set_date cancel",
    "booked": "move cancel took_place did_not",
    "happened": "",
    "cancelled": "",
}
REPORT = {
    "not_asked": "asked announced received confirmed not_there",
    "asked": "asked_again announced received confirmed not_there",
    "announced": "announced received confirmed not_there",
    "received": "confirmed not_there",
    "confirmed": "",
}
REFERRAL = {
    "needed": "asked agreed refused not_needed sent",
    "asked": "agreed refused not_needed sent",
    "agreed": "refused not_needed sent",
    "refused": "asked agreed not_needed",
    "not_needed": "asked wanted",
    "sent": "asked_anew",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("table", "states", "by_hand"),
    [
        (rules.ITEM_MOVES, ItemState, ITEM),
        (rules.VISIT_MOVES, VisitState, VISIT),
        (rules.REFERRAL_MOVES, ReferralState, REFERRAL),
        (rules.REPORT_MOVES, ReportState, REPORT),
    ],
    ids=["item", "visit", "referral", "report"],
)
def test_each_verb_in_each_state_by_each_role(table, states, by_hand, role):
    for state in states.values:
        allowed = set(moves.allowed(table, state, role))
        if role == "system":
            assert {(verb, role) for verb in allowed} <= NEVER_BY_HAND
        else:
            by_all = allowed - OURS if role == "coordinator" else allowed
            assert by_all == (set(by_hand[state].split()) if role in SAYERS else set()), state


def test_a_verb_leads_to_a_state_that_has_words():
    for table, states in (
        (rules.ITEM_MOVES, ItemState),
        (rules.VISIT_MOVES, VisitState),
        (rules.REFERRAL_MOVES, ReferralState),
        (rules.REPORT_MOVES, ReportState),
    ):
        assert {move.target for move in table.values()} <= set(states.values)


def dates(**given):
    return dict.fromkeys(rules.ALL_DATES) | given


@pytest.mark.parametrize(
    ("verb", "before", "target", "after"),
    [
        ("asked", {}, "asked", {"asked_on": nov(9)}),
        ("asked", {"asked_on": nov(2)}, "asked", {"asked_on": nov(9)}),
        ("asked_again", {"asked_on": nov(2)}, "asked", {"asked_on": nov(2), "chased_on": nov(9)}),
        (
            "asked_again",
            {"asked_on": nov(2), "acknowledged_on": nov(3)},
            "asked",
            {"asked_on": nov(2), "acknowledged_on": nov(3), "chased_on": nov(9)},
        ),
        (
            "sent",
            {"asked_on": nov(2), "acknowledged_on": nov(3)},
            "sent",
            {"asked_on": nov(2), "acknowledged_on": nov(3), "sent_on": nov(9)},
        ),
        ("arrived", {}, "arrived", {"asked_on": nov(9), "sent_on": nov(9), "arrived_on": nov(9)}),
        (
            "will_not_open",
            {"asked_on": nov(2), "sent_on": nov(3), "arrived_on": nov(4)},
            "will_not_open",
            {"asked_on": nov(2)},
        ),
        ("needs_you", {"asked_on": nov(2)}, "needs_you", {}),
        ("not_wanted", {"asked_on": nov(2)}, "not_wanted", {}),
    ],
)
def test_dates_after_a_word(verb, before, target, after):
    assert rules.dates_after(verb, dates(**before), target, nov(9)) == dates(**after)


@pytest.mark.parametrize(
    ("on", "verb", "refused"),
    [
        (nov(9), "asked", False),
        (nov(10), "asked", True),
        (nov(1), "asked", False),
        (nov(1), "sent", True),
        (nov(2), "sent", False),
        (nov(9).replace(year=2024), "asked", True),
    ],
)
def test_day_of_a_word(on, verb, refused):
    assert bool(rules.why_not_on(on, nov(9), dates(asked_on=nov(2)), verb)) is refused


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (1, False), (366, False), (367, True)])
def test_day_of_a_visit(days, refused):
    assert bool(rules.why_not_visit_on(nov(9) + timedelta(days=days), nov(9))) is refused


@pytest.mark.parametrize(
    ("role", "is_own", "minutes", "refused"),
    [
        ("patient", True, 10, False),
        ("patient", True, 11, True),
        ("patient", False, 1, True),
        ("helper", True, 1, False),
        ("coordinator", False, 600, False),
        ("consultant", True, 1, True),
        ("", True, 1, True),
    ],
)
def test_who_may_take_a_move_back(role, is_own, minutes, refused):
    moved_at = at(nov(9))
    assert bool(rules.why_not_undo(moved_at, is_own, role, moved_at + timedelta(minutes=minutes))) is refused


def test_nothing_moved_is_nothing_to_take_back():
    assert rules.why_not_undo(None, True, "coordinator", at(nov(9)))


TODAY, VISIT_ON = nov(9), nov(24)


def next_day(state, route=Route.DIRECT, today=TODAY, visit_on=VISIT_ON, word_on=None, **days):
    facts = {"lead": Lead(2, 10), "visit_on": visit_on, "asked_on": word_on, "last_word_on": word_on, "sent_on": None}
    facts |= days
    return rules.next_day(state, route, **facts, today=today, closed=CLOSED)


def test_unasked_has_its_request_day():
    assert next_day("needed") == NextDay(Due.REQUEST, nov(6))
    assert next_day("not_located", word_on=nov(2)) == NextDay(Due.REQUEST, nov(6))


def test_unasked_without_a_visit_day_presses_nobody():
    assert next_day("needed", visit_on=None) is None


def test_asked_has_its_chase_and_then_a_person():
    assert next_day("asked", word_on=nov(5)) == NextDay(Due.CHASE, nov(13))
    assert next_day("asked", word_on=nov(5), today=nov(13)) == NextDay(Due.CHASE, nov(13))
    assert next_day("asked", word_on=nov(5), today=nov(16)) == NextDay(Due.PERSON, nov(23))


def test_a_new_word_moves_the_chase():
    assert next_day("asked", word_on=nov(9)) == NextDay(Due.CHASE, nov(17))


def test_a_person_s_day_counts_from_the_asking_however_often_it_is_asked_again():
    again = {"asked_on": nov(5), "word_on": nov(20), "visit_on": None}
    assert next_day("asked", **again, today=nov(20)) == NextDay(Due.PERSON, dec(1))
    assert next_day("asked", **again, today=dec(2)) == NextDay(Due.PERSON, dec(1))


def test_once_a_person_has_asked_again_the_next_asking_is_a_person_s_too():
    called = {"asked_on": nov(5), "word_on": dec(1), "called_on": dec(1), "visit_on": None}
    assert next_day("asked", **called, today=dec(1)) == NextDay(Due.PERSON, dec(8))
    # What one of us asked before that day changes nothing.
    before = {"asked_on": nov(5), "word_on": nov(16), "called_on": nov(16), "visit_on": None}
    assert next_day("asked", **before, today=nov(16)) == NextDay(Due.CHASE, nov(23))


def test_sent_is_looked_for_two_business_days_later():
    assert next_day("sent", word_on=nov(5), sent_on=nov(9)) == NextDay(Due.CHASE, nov(12))


@pytest.mark.parametrize("state", ["sent", "held"])
def test_what_is_sent_or_with_us_is_past_day_15(state):
    sent = {"word_on": nov(5), "sent_on": dec(2), "route": Route.THROUGH_US, "visit_on": None}
    assert next_day(state, **sent, today=dec(2)) == NextDay(Due.CHASE, dec(4))
    assert next_day(state, **sent, today=dec(7)) == NextDay(Due.PERSON, dec(23))


def test_what_is_sent_after_its_safe_day_is_looked_for_by_a_person():
    sent = {"word_on": nov(5), "sent_on": nov(23), "visit_on": nov(24)}
    assert next_day("sent", **sent, today=nov(23)) == NextDay(Due.PERSON, nov(25))


@pytest.mark.parametrize(
    ("state", "route", "sent_on", "on"),
    [
        ("asked", Route.DIRECT, None, nov(20)),
        ("acknowledged", Route.DIRECT, None, nov(20)),
        ("sent", Route.DIRECT, nov(9), nov(12)),
        ("held", Route.THROUGH_US, nov(9), nov(12)),
        ("held", Route.CARRIED, nov(9), None),
        ("sent", Route.CARRIED, nov(9), None),
        ("needed", Route.DIRECT, None, None),
        ("not_located", Route.DIRECT, None, nov(12)),
        ("arrived", Route.DIRECT, nov(9), None),
    ],
)
def test_after_the_visit_a_person_looks_for_what_follows(state, route, sent_on, on):
    days = {"asked_on": nov(5), "sent_on": sent_on, "said_on": nov(10)}
    found = rules.day_to_follow(state, route, lead=Lead(2, 10), closed=CLOSED, **days)
    assert found == (on and NextDay(Due.PERSON, on))


@pytest.mark.parametrize("state", ["arrived", "opens_fine", "not_wanted"])
def test_what_is_there_has_no_next_day(state):
    assert next_day(state, word_on=nov(5)) is None


def test_what_the_patient_carries_is_not_chased():
    assert next_day("held", Route.CARRIED, word_on=nov(5)) is None


def test_the_board_s_date_is_the_earliest():
    assert rules.act_by([nov(9), None, nov(6)]) == nov(6)
    assert rules.act_by([None]) is None
