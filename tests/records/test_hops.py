"""Hops by route: four, in order, none lit before the asking."""

import pytest

from cases.records.items.hops import Mark, hops
from cases.records.states import ItemState, Route

D, N, B, L = Mark.DONE, Mark.NOW, Mark.BAD, Mark.NOT_YET


@pytest.mark.parametrize(
    ("route", "state", "marks"),
    [
        (Route.DIRECT, ItemState.NEEDED, [L, L, L, L]),
        (Route.DIRECT, ItemState.NEEDS_YOU, [L, L, L, L]),
        (Route.DIRECT, ItemState.ASKED, [D, N, L, L]),
        (Route.DIRECT, ItemState.ACKNOWLEDGED, [D, N, L, L]),
        (Route.DIRECT, ItemState.SENT, [D, D, N, L]),
        (Route.DIRECT, ItemState.ARRIVED, [D, D, D, N]),
        (Route.DIRECT, ItemState.OPENS_FINE, [D, D, D, D]),
        (Route.DIRECT, ItemState.NOT_LOCATED, [D, B, L, L]),
        (Route.DIRECT, ItemState.WILL_NOT_OPEN, [D, D, D, B]),
        (Route.THROUGH_US, ItemState.HELD, [D, N, L, L]),
        (Route.THROUGH_US, ItemState.SENT, [D, D, N, L]),
        (Route.CARRIED, ItemState.ASKED, [D, N, L, L]),
        (Route.CARRIED, ItemState.HELD, [D, D, N, L]),
        (Route.CARRIED, ItemState.SENT, [D, D, D, N]),
        (Route.CARRIED, ItemState.ARRIVED, [D, D, D, D]),
    ],
)
def test_marks_by_route_and_state(route, state, marks):
    assert [hop.state for hop in hops(route, state)] == marks


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("state", ItemState)
def test_every_item_has_four_hops_done_ones_first(route, state):
    marks = [hop.state for hop in hops(route, state)]
    assert len(marks) == 4
    assert marks == sorted(marks, key=[D, N, B, L].index)


@pytest.mark.parametrize("state", ["incomplete", "will_not_open"])
def test_what_was_only_in_hand_had_not_gone_anywhere(state):
    ours, hers = (hops(route, state, "held") for route in (Route.THROUGH_US, Route.CARRIED))
    assert [(hop.name, hop.state) for hop in ours[:3]] == [("With us", D), ("Sent", B), ("Arrived", L)]
    assert [hop.state for hop in hers] == [D, D, B, L]


def test_first_hop_is_with_us_once_the_file_is_here():
    assert [hops(Route.THROUGH_US, state)[0].name for state in ("asked", "held")] == ["Asked", "With us"]
