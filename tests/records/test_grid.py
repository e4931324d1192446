"""Every route in every state: four hops, words, a tag, and what can be said next."""

from datetime import date

import pytest

from cases.records import rules, words
from cases.records.items.hops import Mark, hops
from cases.records.standing import standing
from cases.records.states import ItemState, Need, Route
from portal import clock, moves
from tests.records.builders import booked_visit, on_november_5

D, N, B, L = Mark.DONE, Mark.NOW, Mark.BAD, Mark.NOT_YET
S = ItemState

# By hand from "Hops by route": direct, through us, carried; None where a record cannot be.
GRID = {
    S.NEEDED: ([L, L, L, L], [L, L, L, L], [L, L, L, L]),
    S.NEEDS_YOU: ([L, L, L, L], [L, L, L, L], [L, L, L, L]),
    S.ASKED: ([D, N, L, L], [D, N, L, L], [D, N, L, L]),
    S.ACKNOWLEDGED: ([D, N, L, L], [D, N, L, L], [D, N, L, L]),
    S.HELD: (None, [D, N, L, L], [D, D, N, L]),
    S.SENT: ([D, D, N, L], [D, D, N, L], [D, D, D, N]),
    S.ARRIVED: ([D, D, D, N], [D, D, D, N], [D, D, D, D]),
    S.OPENS_FINE: ([D, D, D, D], [D, D, D, D], [D, D, D, D]),
    S.NOT_LOCATED: ([D, B, L, L], [D, B, L, L], [D, B, L, L]),
    S.INCOMPLETE: ([D, D, B, L], [D, D, B, L], [D, D, B, L]),
    S.WILL_NOT_OPEN: ([D, D, D, B], [D, D, D, B], [D, D, D, B]),
    S.NOT_WANTED: ([L, L, L, L], [L, L, L, L], [L, L, L, L]),
}
NAMES = {
    Route.DIRECT: ["Asked", "Sent", "Arrived", "Opens fine"],
    Route.THROUGH_US: ["With us", "Sent", "Arrived", "Opens fine"],
    Route.CARRIED: ["Asked", "In your hands", "On your list", "Arrived"],
}
POSSIBLE = [
    (route, state, marks)
    for state, row in GRID.items()
    for route, marks in zip(Route, row, strict=True)
    if marks is not None
]
SHOWN = [(route, state) for route, state, _marks in POSSIBLE if state != S.NOT_WANTED]
WHO = [rules.PATIENT, rules.HELPER, rules.COORDINATOR]


def test_the_grid_names_every_state():
    assert set(GRID) == set(ItemState)


@pytest.mark.parametrize(("route", "state", "marks"), POSSIBLE)
def test_hops_by_route_and_state(route, state, marks):
    assert [hop.state for hop in hops(route, state)] == marks


@pytest.mark.parametrize("route", Route)
def test_the_hops_of_each_route_are_its_own(route):
    assert [hop.name for hop in hops(route, S.SENT)] == NAMES[route]


@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("state", ItemState)
def test_in_each_state_something_can_be_said(state, role):
    allowed = moves.allowed(rules.ITEM_MOVES, state, role)
    assert allowed
    assert set(allowed) <= set(words.VERBS)
    assert set(words.MAIN_VERBS.get(state, ())) <= set(allowed)


@pytest.fixture
def line(db):
    with on_november_5():
        visit = booked_visit()
        yield standing(visit, clock.now()).items[0]


@pytest.mark.parametrize("need", Need)
def test_each_need_is_said(line, need):
    line.item.state, line.item.need = S.NEEDS_YOU, need
    assert words.item_tag(line.item)["kind"] == "warn"
    assert words.item_text(line, line.item.visit, "")


@pytest.mark.parametrize(("route", "state"), SHOWN)
def test_each_state_has_its_words_and_tag(line, route, state):
    item = line.item
    item.route, item.state, item.need, item.reason = route, state, Need.FEE, "A page is missing"
    for name in rules.ALL_DATES:
        setattr(item, name, date(2026, 11, 5))
    said = words.item_text(line, item.visit, "")
    assert said.endswith(".")
    assert "None" not in said
    assert "%(" not in said
    assert words.item_tag(item)["label"]
