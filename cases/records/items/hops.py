"""The four hops of a record on its way, by route. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from cases.records.states import IN_TROUBLE, UNDER_WAY, ItemState, Route


class Mark(StrEnum):
    DONE = "done"
    NOW = "now"
    BAD = "bad"
    NOT_YET = ""


@dataclass(frozen=True)
class Hop:
    name: str
    state: Mark


NAMES = {
    Route.DIRECT: (_("Asked"), _("Sent"), _("Arrived"), _("Opens fine")),
    # "With us" takes the place of "Asked" once the file is here, so that four hops stay four.
    Route.THROUGH_US: (_("With us"), _("Sent"), _("Arrived"), _("Opens fine")),
    Route.CARRIED: (_("Asked"), _("In your hands"), _("On your list"), _("Arrived")),
}

# How many hops lie behind an item, by route and state.
DONE = {
    Route.DIRECT: {
        ItemState.ASKED: 1,
        ItemState.ACKNOWLEDGED: 1,
        ItemState.HELD: 1,
        ItemState.SENT: 2,
        ItemState.ARRIVED: 3,
        ItemState.OPENS_FINE: 4,
    },
    Route.CARRIED: {
        ItemState.ASKED: 1,
        ItemState.ACKNOWLEDGED: 1,
        ItemState.HELD: 2,
        ItemState.SENT: 3,
        ItemState.ARRIVED: 4,
        ItemState.OPENS_FINE: 4,
    },
}
DONE[Route.THROUGH_US] = DONE[Route.DIRECT]

WITH_US = {ItemState.HELD, ItemState.SENT, ItemState.ARRIVED, ItemState.OPENS_FINE}

# The hop at which an item stopped, by what went wrong: it was never found, or it arrived and is no use.
STOPPED_AT = {ItemState.NOT_LOCATED: 1, ItemState.INCOMPLETE: 2, ItemState.WILL_NOT_OPEN: 3}


def hops(route: str, state: str, stopped_in: str = "") -> list[Hop]:
    """The four hops of an item. None is lit before the asking; one in trouble shows where it stopped, given the state
    before that: what was only in hand had not gone anywhere.
    """
    route, state = Route(route), ItemState(state)
    was_in_hand = state in IN_TROUBLE and stopped_in == ItemState.HELD
    names = [str(name) for name in NAMES[route]]
    if route == Route.THROUGH_US and state not in WITH_US and not was_in_hand:
        names[0] = str(_("Asked"))
    done = STOPPED_AT.get(state, DONE[route].get(state, 0))
    if was_in_hand:
        done = DONE[route][ItemState.HELD]
    here = Mark.BAD if state in IN_TROUBLE else Mark.NOW
    is_lit = state in IN_TROUBLE or state in UNDER_WAY or state == ItemState.ARRIVED

    def mark(place: int) -> Mark:
        if place < done:
            return Mark.DONE
        return here if place == done and is_lit else Mark.NOT_YET

    return [Hop(name, mark(place)) for place, name in enumerate(names)]
