"""What may happen to a consultation, who may do it, and until when. Sentences for the person asking. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.slots import Why
from portal.errors import Refused
from portal.moves import Move

HOLD_FOR = timedelta(minutes=30)
HOLD_AT_MOST = timedelta(hours=2)
ASKED_FOR = timedelta(days=3)  # how long a helper's choice waits for the patient's yes
MOVE_UNTIL = timedelta(hours=2)
# A call page opens a little before the call, for the one who likes to be early.
OPENS_BEFORE = timedelta(minutes=15)

BOOKED, CANCELLED, COMPLETED, NO_SHOW = "booked", "cancelled", "completed", "no_show"


MOVES = {
    "cancel": Move({BOOKED}, CANCELLED, {"patient", "helper", "consultant", "coordinator"}),
    "move": Move({BOOKED}, BOOKED, {"patient", "helper", "coordinator"}),
    "need": Move({BOOKED}, BOOKED, {"patient", "helper", "coordinator"}),
    "prepare": Move({BOOKED}, BOOKED, {"consultant"}),
    "ask_to_move": Move({BOOKED}, BOOKED, {"consultant", "coordinator"}),
    "complete": Move({BOOKED, NO_SHOW}, COMPLETED, {"consultant"}),
    "no_show": Move({BOOKED, COMPLETED}, NO_SHOW, {"consultant"}),
}


class Booked(Protocol):
    """What the rules need to know of a consultation."""

    state: str
    starts_at: datetime
    ends_at: datetime


class JustTaken(Refused):
    """The time went to somebody else, or its conditions no longer hold. The page offers the next ones."""


def _state_reason(state: str) -> str:
    if state == CANCELLED:
        return _("This call was canceled.")
    return _("This call is over.")


def why_not(verb: str, consultation: Booked, role: str, now: datetime) -> str:
    """The reason why this role cannot do it now, or an empty string."""
    move = MOVES[verb]
    if role not in move.by:
        return _("Only the people this call belongs to can do that.")
    if consultation.state not in move.sources:
        return _state_reason(consultation.state)
    if verb in ("cancel", "move", "need", "ask_to_move") and now >= consultation.ends_at:
        return _("This call is over.")
    if verb == "move" and role in ("patient", "helper") and consultation.starts_at - now < MOVE_UNTIL:  # elapsed
        return _("A call can be moved until 2 hours before it starts. You can still cancel it, or call us.")
    if verb == "ask_to_move" and consultation.starts_at - now < MOVE_UNTIL:  # elapsed
        return _("It is too late to ask for another time by message: the call starts within 2 hours.")
    if verb == "prepare" and now >= consultation.starts_at:
        return _("This call has begun: there is nothing left to prepare.")
    if verb in ("complete", "no_show") and now < consultation.starts_at:
        return _("This call has not started yet.")
    return ""


def allowed(consultation: Booked, role: str, now: datetime) -> list[str]:
    """The verbs this role may press now."""
    return [verb for verb in MOVES if not why_not(verb, consultation, role, now)]


def check(verb: str, consultation: Booked, role: str, now: datetime) -> None:
    """Raise Refused with the reason."""
    reason = why_not(verb, consultation, role, now)
    if reason:
        raise Refused(reason)


def hold_until(made_at: datetime, now: datetime) -> datetime:
    """A hold lasts 30 minutes from the last sign of life, and 2 hours at most."""
    return min(now + HOLD_FOR, made_at + HOLD_AT_MOST)


def asked_until(starts_at: datetime, now: datetime) -> datetime:
    """A time that waits for the patient's yes is held for 3 days, and never until so late that nobody can prepare."""
    return min(now + ASKED_FOR, starts_at - MOVE_UNTIL)  # elapsed


def needed_before_booking(
    *, accepts_scope: bool, has_scope: bool, may_read: bool, has_may_read: bool
) -> list[tuple[str, str]]:
    """What is still to be ticked: (field, sentence)."""
    missing = []
    if not (accepts_scope or has_scope):
        missing.append(("scope", _("Tick this line to book: our calls do not replace a doctor’s opinion.")))
    if not (may_read or has_may_read):
        missing.append(("may_read", _("Tick this line so that your files can be read before the call.")))
    return missing


def ahead(notice_hours: int) -> str:
    """How long ahead calls are booked, in words: in days where they are whole and more than one."""
    if notice_hours >= 48 and notice_hours % 24 == 0:
        days = notice_hours // 24
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return ngettext("%(count)d hour", "%(count)d hours", notice_hours) % {"count": notice_hours}


def sentence(why: Why, notice_hours: int = 0, *, has_more: bool = True) -> str:
    """Why this time cannot be booked, for the person who chose it; and that others follow, where there are more.

    Too soon is told with the consultant's notice.
    """
    near, later = _("Here are times near it."), _("Here are the next times.")
    sentences = {
        Why.NOT_GIVEN: (_("This kind of call is not offered any more. Choose another kind, or somebody else."), ""),
        Why.NO_HOURS: (_("That time is not offered."), near),
        Why.PAST: (_("That time has passed."), later),
        Why.CLOSED: (_("We are closed on that day."), near),
        Why.OFF: (_("That time is not offered any more."), near),
        Why.NO_ROOM: (_("That time is not offered any more."), near),
        Why.NOTICE: (_("Calls are booked at least %(ahead)s ahead.") % {"ahead": ahead(notice_hours)}, later),
        Why.READING: (_("That day is too soon to read your plan first."), later),
        Why.HORIZON: (_("That day is too far ahead to book yet."), _("Here are times before it.")),
        Why.OWN_CALL: (_("You have another call with us at that time."), near),
        Why.TAKEN: (_("That time was just taken. Nothing you typed is lost."), near),
        Why.FULL_DAY: (_("That day is full now."), near),
    }
    said, more = sentences[why]
    return f"{said} {more}" if more and has_more else said
