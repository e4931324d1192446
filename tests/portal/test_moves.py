"""One table says what may happen."""

import pytest

from portal.errors import Refused
from portal.moves import Move, allowed, check

MOVES = {
    "cancel": Move({"booked"}, "cancelled", {"patient", "coordinator"}),
    "end": Move({"booked"}, "done", {"system"}),
}


def test_buttons_are_the_granted_verbs():
    assert allowed(MOVES, "booked", "patient") == ["cancel"]
    assert allowed(MOVES, "cancelled", "patient") == []


def test_granted_verb_leads_to_its_target():
    assert check(MOVES, "cancel", "booked", "patient") == "cancelled"


@pytest.mark.parametrize(("state", "role", "code"), [("booked", "stranger", "role"), ("cancelled", "patient", "state")])
def test_other_roles_and_states_are_refused_in_a_sentence(state, role, code):
    with pytest.raises(Refused) as refusal:
        check(MOVES, "cancel", state, role)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
