"""What may happen to a call: every verb, state and role, and the hours around it. No database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bookings import rules
from bookings.slots import Why
from portal.errors import Refused

STARTS = datetime(2026, 11, 17, 15, 30, tzinfo=UTC)
STATES = ["booked", "cancelled", "completed", "no_show"]
ROLES = ["patient", "helper", "consultant", "coordinator", ""]


@dataclass
class Call:
    state: str = "booked"
    starts_at: datetime = STARTS
    ends_at: datetime = STARTS + timedelta(hours=1)


BEFORE = (
    {("cancel", "booked", role) for role in ("patient", "helper", "consultant", "coordinator")}
    | {("move", "booked", role) for role in ("patient", "helper", "coordinator")}
    | {("need", "booked", role) for role in ("patient", "helper", "coordinator")}
    | {("ask_to_move", "booked", role) for role in ("consultant", "coordinator")}
    | {("prepare", "booked", "consultant")}
)
DURING = {
    ("cancel", "booked", "patient"),
    ("cancel", "booked", "helper"),
    ("cancel", "booked", "consultant"),
    ("cancel", "booked", "coordinator"),
    ("move", "booked", "coordinator"),
    ("need", "booked", "patient"),
    ("need", "booked", "helper"),
    ("need", "booked", "coordinator"),
}
# How it went is said by its consultant, once it has begun, and can be said otherwise.
WENT = {
    ("complete", "booked", "consultant"),
    ("complete", "no_show", "consultant"),
    ("no_show", "booked", "consultant"),
    ("no_show", "completed", "consultant"),
}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(STARTS - timedelta(days=3), BEFORE, id="before"),
        pytest.param(STARTS + timedelta(minutes=5), DURING | WENT, id="during"),
        pytest.param(STARTS + timedelta(days=1), WENT, id="after"),
    ],
)
def test_exactly_these_moves_are_allowed(now, expected):
    grid = product(rules.MOVES, STATES, ROLES)
    allowed = {(verb, state, role) for verb, state, role in grid if not rules.why_not(verb, Call(state), role, now)}
    assert allowed == expected


@pytest.mark.parametrize(("seconds", "is_allowed"), [(0, True), (1, False)])
def test_patient_moves_until_2_hours_before_to_the_second(seconds, is_allowed):
    now = STARTS - timedelta(hours=2) + timedelta(seconds=seconds)
    assert (not rules.why_not("move", Call(), "patient", now)) is is_allowed


def test_check_raises_the_reason():
    with pytest.raises(Refused) as refused:
        rules.check("cancel", Call("cancelled"), "patient", STARTS)
    assert "canceled" in refused.value.message


@pytest.mark.parametrize("why", [why for why in Why if why is not Why.FREE])
def test_every_reason_has_a_sentence(why):
    assert rules.sentence(why)


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "1 hour"), (24, "24 hours"), (36, "36 hours"), (48, "2 days"), (336, "14 days")]
)
def test_too_soon_says_the_true_notice(hours, words):
    assert f"at least {words} ahead" in rules.sentence(Why.NOTICE, hours)


def test_a_hold_lasts_30_minutes_and_2_hours_at_most():
    made = STARTS
    assert rules.hold_until(made, made) == made + timedelta(minutes=30)
    assert rules.hold_until(made, made + timedelta(minutes=119)) == made + timedelta(hours=2)
