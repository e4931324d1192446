"""What the second doctor's office may say of a record on its page, and which words of ours that makes. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.records.states import ItemState, Route


class Said(TextChoices):
    """What an office says of one record."""

    ARRIVED = "arrived", _("It arrived")
    OPENS_FINE = "opens_fine", _("It opens fine")
    INCOMPLETE = "incomplete", _("Part of it is missing")
    WILL_NOT_OPEN = "will_not_open", _("It will not open")
    NOT_COME = "not_come", _("It has not come")


TROUBLE = {Said.INCOMPLETE, Said.WILL_NOT_OPEN, Said.NOT_COME}
MOST_NAME, MOST_WORDS = 80, 300
ON_THE_WAY = frozenset({ItemState.ASKED, ItemState.ACKNOWLEDGED})
SHOULD_BE_THERE = frozenset({ItemState.SENT, ItemState.ARRIVED, ItemState.OPENS_FINE})


def can_be_said(state: str, route: str, is_in_packet: bool) -> list[Said]:
    """What can be said of a record that stands so; nothing of one that nobody has sent or offered yet."""
    if state == ItemState.OPENS_FINE:
        return [Said.INCOMPLETE]
    if state == ItemState.ARRIVED:
        return [Said.OPENS_FINE, Said.INCOMPLETE, Said.WILL_NOT_OPEN]
    if state == ItemState.SENT or (state == ItemState.HELD and is_in_packet):
        return list(Said)
    if state in ON_THE_WAY and route == Route.DIRECT:
        return [Said.ARRIVED, Said.OPENS_FINE, Said.INCOMPLETE, Said.WILL_NOT_OPEN]
    return []


def should_be_there(state: str, is_in_packet: bool) -> bool:
    """Whether "we have everything" speaks of this record."""
    return state in SHOULD_BE_THERE or (state == ItemState.HELD and is_in_packet)


def verbs(said: str, state: str) -> list[str]:
    """The words of `ITEM_MOVES` that this makes, one after the other: what opens has arrived before."""
    is_there = state in {ItemState.ARRIVED, ItemState.OPENS_FINE}
    first = [] if is_there else ["arrived"]
    if said == Said.ARRIVED:
        return first
    if said == Said.OPENS_FINE:
        return [] if state == ItemState.OPENS_FINE else [*first, "opens_fine"]
    return [*first, said] if said in {Said.INCOMPLETE, Said.WILL_NOT_OPEN} else []
