"""What may happen to a paper in the tray. Pure."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cases.desk.tray.states import CAN_BE_FILED, Check, TrayState
from portal.moves import Move

COORDINATOR, PATIENT = "coordinator", "patient"
W, F, N = TrayState.WAITING, TrayState.FILED, TrayState.NOT_OURS

INCOMING_MOVES = {
    "file": Move({W}, F, {COORDINATOR}),
    "not_ours": Move({W}, N, {COORDINATOR}),
    "put_back": Move({F, N}, W, {COORDINATOR}),
    "not_mine": Move({F}, W, {PATIENT}),
}

KEPT_WHEN_NOT_OURS = timedelta(days=30)
CLAIM_LASTS = timedelta(minutes=3)  # a check that says nothing for so long has died
MOST_READINGS = 3
MOST_PAGES = 200
PAGES_READ = 3  # the first ones, by machine: strips and covers come first
ONE_LOOK = timedelta(minutes=30)
UNDO_FOR = timedelta(minutes=10)
WHYS = ("by_mistake", "wrong_person", "other_thing")
NOT_MINE = "not_mine"
SAME_PERSON = frozenset({"by_mistake", "other_thing"})  # why it comes back, and is the patient's all the same


def why_not_paper(check: str) -> str:
    """Why a paper cannot be filed yet; empty when it can."""
    if check in CAN_BE_FILED:
        return ""
    if check == Check.LOCKED:
        return _("This file is locked with a password. Ask the sender for one without.")
    if check == Check.REFUSED:
        return _("This file did not pass our check. Ask the sender to send it once more.")
    if check == Check.STUCK:
        return _("We could not check this file so far. It is kept, and we try again each day.")
    return _("We are still checking this file. Look again in a moment.")


def why_not_split(after: int, pages: int) -> str:
    """Why it cannot be parted behind a page; empty when it can."""
    return "" if 1 <= after < pages else _("Choose the page after which the next paper begins.")


def asks_why(settled_at: datetime | None, is_own: bool, now: datetime) -> bool:
    """Whether taking it back asks for a reason: for ten minutes one's own does not."""
    return settled_at is None or not is_own or now - settled_at > UNDO_FOR


def why_not_put_back(settled_at: datetime | None, is_own: bool, why: str, now: datetime) -> str:
    if asks_why(settled_at, is_own, now) and why not in WHYS:
        return _("Say why it comes back: others may have relied on it.")
    return ""
