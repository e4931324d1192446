"""What the patient is asked for, by what an office wants, and how long a copy of an ID is kept. Pure."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cases.records.states import Need, VisitState
from cases.records.wants.states import SIGNED, CopyState, Wants
from portal.moves import Move

SYSTEM = "system"
COPY_MOVES = {
    "claim": Move({CopyState.RECEIVED, CopyState.CHECKING}, CopyState.CHECKING, {SYSTEM}),
    "pass": Move({CopyState.CHECKING}, CopyState.READY, {SYSTEM}),
    "refuse": Move({CopyState.CHECKING}, CopyState.REFUSED, {SYSTEM}),
    "put_off": Move({CopyState.CHECKING}, CopyState.RECEIVED, {SYSTEM}),
}
ASKED_FOR = ((Need.SIGNATURE, SIGNED), (Need.IDENTITY, frozenset({Wants.ID})), (Need.FEE, frozenset({Wants.FEE})))
MOST_PAGES = 4  # both sides of a card, or a passport
KEPT_WITHOUT_A_DAY = timedelta(days=30)
LOOK_BACK = timedelta(days=366)


def need_of(needs: Collection[str]) -> str:
    """What the patient is asked for: signed papers first, since a signature goes along with a fee."""
    for need, wants in ASKED_FOR:
        if wants & set(needs):
            return need
    return Need.CHOICE


def why_not_paid_on(on: date, today: date) -> str:
    """Why a fee cannot have been paid on a day; empty when it can."""
    if on > today:
        return _("That day is still to come. Enter today or a day before.")
    if on < today - LOOK_BACK:
        return _("That day is more than a year ago. Check the year.")
    return ""


def is_kept_no_longer(
    *, visit_state: str, visit_on: date | None, today: date, is_closed: bool, put_in_at: datetime, now: datetime
) -> bool:
    """Whether a copy of an ID goes: its visit is over or called off, or no day is known after a month."""
    if is_closed or visit_state == VisitState.CANCELLED:
        return True
    if visit_on is not None:
        return today > visit_on
    return visit_state == VisitState.HAPPENED or now - put_in_at >= KEPT_WITHOUT_A_DAY
