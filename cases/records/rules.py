"""What may happen to a visit, its referral and its records, and the next day each asks for. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from cases.records.days import lead_times
from cases.records.days.lead_times import Lead
from cases.records.release.rules import RELEASE_MOVES as RELEASE_MOVES
from cases.records.states import (
    IN_TROUBLE,
    UNASKED,
    UNDER_WAY,
    ItemState,
    KnownBy,
    ReferralState,
    ReportState,
    Route,
    VisitState,
)
from cases.records.wants.rules import COPY_MOVES as COPY_MOVES
from portal.moves import Move

PATIENT, HELPER, COORDINATOR, SYSTEM = "patient", "helper", "coordinator", "system"
OFFICE = "office"  # through its link: the desk has checked that the thing is that office's to speak of
DOERS = {PATIENT, HELPER, COORDINATOR}
TELLERS = DOERS | {OFFICE}
SECOND, THIRD = 2, 3  # the rounds of the path
UNDO_FOR = timedelta(minutes=10)
UNDO_WHYS = ("by_mistake", "other_thing", "office_differs", "patient_differs")
LOOK_AHEAD = timedelta(days=366)
MOST_LEAD_DAYS = 90

V, R, S, P = VisitState, ReferralState, ItemState, ReportState

VISIT_MOVES = {
    "set_date": Move({V.PLANNED}, V.BOOKED, DOERS),
    "move": Move({V.BOOKED}, V.BOOKED, DOERS),
    "cancel": Move({V.PLANNED, V.BOOKED}, V.CANCELLED, DOERS),
    "took_place": Move({V.BOOKED}, V.HAPPENED, TELLERS),
    "did_not": Move({V.BOOKED}, V.PLANNED, DOERS),
}

REFERRAL_MOVES = {
    "asked": Move({R.NEEDED, R.REFUSED, R.NOT_NEEDED}, R.ASKED, DOERS),
    "agreed": Move({R.NEEDED, R.ASKED, R.REFUSED}, R.AGREED, TELLERS),
    "refused": Move({R.NEEDED, R.ASKED, R.AGREED}, R.REFUSED, DOERS),
    "not_needed": Move({R.NEEDED, R.ASKED, R.AGREED, R.REFUSED}, R.NOT_NEEDED, DOERS),
    "sent": Move({R.NEEDED, R.ASKED, R.AGREED}, R.SENT, TELLERS),
    "asked_anew": Move({R.SENT}, R.ASKED, DOERS),  # its letter came to nothing: said of the letter only
    "wanted": Move({R.NOT_NEEDED}, R.NEEDED, DOERS),
}

ITEM_MOVES = {
    "needs_you": Move(UNASKED | IN_TROUBLE | {S.ASKED, S.ACKNOWLEDGED}, S.NEEDS_YOU, TELLERS),
    "signed": Move({S.NEEDS_YOU}, S.NEEDED, {SYSTEM}),
    "unsigned": Move({S.NEEDED}, S.NEEDS_YOU, {SYSTEM}),
    "given": Move({S.NEEDS_YOU}, S.NEEDED, {SYSTEM}),  # what the office wanted first, as a copy of an ID
    "asked": Move(UNASKED | IN_TROUBLE, S.ASKED, DOERS),
    "asked_again": Move({S.ASKED, S.ACKNOWLEDGED}, S.ASKED, DOERS),
    "acknowledged": Move(UNASKED | {S.ASKED}, S.ACKNOWLEDGED, TELLERS),
    # To us or to the patient, not to the second doctor yet.
    "on_its_way": Move(UNASKED | IN_TROUBLE | {S.ASKED, S.ACKNOWLEDGED}, S.ACKNOWLEDGED, {OFFICE, COORDINATOR}),
    "held": Move(UNASKED | IN_TROUBLE | {S.ASKED, S.ACKNOWLEDGED}, S.HELD, DOERS | {SYSTEM}),
    "sent": Move(UNASKED | IN_TROUBLE | {S.ASKED, S.ACKNOWLEDGED, S.HELD}, S.SENT, TELLERS),
    "arrived": Move(UNASKED | {S.ASKED, S.ACKNOWLEDGED, S.HELD, S.SENT}, S.ARRIVED, TELLERS),
    "opens_fine": Move({S.SENT, S.ARRIVED}, S.OPENS_FINE, TELLERS),
    "not_located": Move(UNASKED | IN_TROUBLE | {S.ASKED, S.ACKNOWLEDGED}, S.NOT_LOCATED, TELLERS),
    "incomplete": Move({S.HELD, S.SENT, S.ARRIVED, S.OPENS_FINE}, S.INCOMPLETE, TELLERS),
    "will_not_open": Move({S.HELD, S.SENT, S.ARRIVED}, S.WILL_NOT_OPEN, TELLERS),
    "taken_back": Move({S.HELD}, S.NEEDED, {SYSTEM}),
    "not_wanted": Move(UNASKED | IN_TROUBLE | {S.ASKED, S.ACKNOWLEDGED, S.HELD}, S.NOT_WANTED, DOERS),
    "wanted": Move({S.NOT_WANTED}, S.NEEDED, DOERS),
}

# Announced ends the asking of the second office; confirmed, by whoever knows, closes the loop. Who should have it and
# says that it is not there begins the asking of the second office anew: by us.
REPORT_MOVES = {
    "asked": Move({P.NOT_ASKED}, P.ASKED, DOERS),
    "asked_again": Move({P.ASKED}, P.ASKED, DOERS),
    # Also by its file, once that is with us: the second office has done its part.
    "announced": Move({P.NOT_ASKED, P.ASKED, P.ANNOUNCED}, P.ANNOUNCED, TELLERS | {SYSTEM}),
    "received": Move({P.NOT_ASKED, P.ASKED, P.ANNOUNCED}, P.RECEIVED, TELLERS),
    # By us, or by the office itself that takes the copy from its page.
    "passed_on": Move({P.NOT_ASKED, P.ASKED, P.ANNOUNCED}, P.RECEIVED, {COORDINATOR, OFFICE, SYSTEM}),
    "confirmed": Move({P.NOT_ASKED, P.ASKED, P.ANNOUNCED, P.RECEIVED}, P.CONFIRMED, TELLERS),
    "not_there": Move({P.NOT_ASKED, P.ASKED, P.ANNOUNCED, P.RECEIVED}, P.ASKED, TELLERS),
}

MOVES = {"visit": VISIT_MOVES, "referral": REFERRAL_MOVES, "item": ITEM_MOVES, "report": REPORT_MOVES}

# The referral is a record item too, once the records are laid out: what is said of one is said of the other.
ITEM_VERB_OF_REFERRAL = {
    "asked": "asked",
    "agreed": "acknowledged",
    "not_needed": "not_wanted",
    "sent": "sent",
    "wanted": "wanted",
}
REFERRAL_VERBS_OF_ITEM = {
    "asked": ("asked", "asked_anew"),
    "acknowledged": ("agreed",),
    "on_its_way": ("agreed",),
    "held": ("sent",),
    "sent": ("sent",),
    "arrived": ("sent",),
    "not_wanted": ("not_needed",),
    "wanted": ("wanted",),
}

KNOWN_BY = {
    PATIENT: KnownBy.PATIENT,
    HELPER: KnownBy.HELPER,
    OFFICE: KnownBy.OFFICE_PAGE,
    SYSTEM: KnownBy.DOCUMENT,
}
HEARD_BY_STAFF = frozenset(KnownBy) - {KnownBy.HELPER, KnownBy.DOCUMENT, KnownBy.OFFICE_PAGE}
NEEDS_A_REASON = frozenset({"not_located", "incomplete", "will_not_open"})

# The date that each state has, in the order a record goes through them.
DATE_OF_STATE = {
    S.ASKED: "asked_on",
    S.ACKNOWLEDGED: "acknowledged_on",
    S.HELD: "held_on",
    S.SENT: "sent_on",
    S.ARRIVED: "arrived_on",
    S.OPENS_FINE: "opens_on",
}
# The dates that must not be empty in a state; those that were skipped take the day of the word itself.
DATES_BEHIND = {
    S.ASKED: ("asked_on",),
    S.ACKNOWLEDGED: ("asked_on", "acknowledged_on"),
    S.HELD: ("asked_on", "held_on"),
    S.SENT: ("asked_on", "sent_on"),
    S.ARRIVED: ("asked_on", "sent_on", "arrived_on"),
    S.OPENS_FINE: ("asked_on", "sent_on", "arrived_on", "opens_on"),
    S.NOT_LOCATED: ("asked_on",),
    S.INCOMPLETE: ("asked_on",),
    S.WILL_NOT_OPEN: ("asked_on",),
}
ALL_DATES = ("asked_on", "acknowledged_on", "chased_on", "held_on", "sent_on", "arrived_on", "opens_on")
ALREADY = {
    S.SENT: {"acknowledged_on", "chased_on", "held_on"},
    S.ARRIVED: {"acknowledged_on", "chased_on", "held_on"},
    S.OPENS_FINE: {"acknowledged_on", "chased_on", "held_on"},
    S.HELD: {"acknowledged_on", "chased_on"},
    S.ACKNOWLEDGED: {"chased_on"},
}


class Due(StrEnum):
    """What the next day of an item is for."""

    REQUEST = "request"
    CHASE = "chase"
    PERSON = "person"


@dataclass(frozen=True)
class NextDay:
    due: Due
    on: date


def known_by(role: str, told: str = "") -> str:
    """How a word is known: by who says it; staff may also pass on what an office wrote."""
    if role == COORDINATOR:
        return told if told in HEARD_BY_STAFF else KnownBy.STAFF_CALL
    return KNOWN_BY[role]


def dates_after(verb: str, dates: dict[str, date | None], target: str, on: date) -> dict[str, date | None]:
    """The dates of an item after a word about day `on`: those behind it filled, those that no longer hold emptied."""
    if verb == "asked":  # a new asking starts the item anew
        dates = dict.fromkeys(ALL_DATES)
    behind = DATES_BEHIND.get(ItemState(target), ())
    kept = set(behind) | ALREADY.get(ItemState(target), set())
    if verb == "asked_again":  # that they work on it still counts
        kept.add("acknowledged_on")
    new = {name: dates.get(name) if name in kept else None for name in ALL_DATES}
    for name in behind:
        new[name] = new[name] or on
    own = DATE_OF_STATE.get(ItemState(target))
    if own and verb != "asked_again":
        new[own] = on
    if verb == "asked_again":
        new["chased_on"] = on
    return new


def why_not_on(on: date, today: date, dates: dict[str, date | None], verb: str) -> str:
    """Why a word cannot be about day `on`, in a sentence; empty when it can."""
    if on > today:
        return _("That day is still to come. Enter today or a day before.")
    if on < today - LOOK_AHEAD:
        return _("That day is more than a year ago. Check the year.")
    if verb == "asked":
        return ""
    before = [dates[name] for name in ("asked_on", "sent_on", "arrived_on") if dates.get(name)]
    latest = max((day for day in before if day), default=None)
    if latest and on < latest:
        return _("That is before the step before it. Check the date.")
    return ""


def why_not_visit_on(on: date, today: date) -> str:
    """Why a visit cannot be saved for day `on`; empty when it can. Weekends and holidays are allowed: some work."""
    if on < today:
        return _("That day has passed. Enter the day of the visit, today or later.")
    if on > today + LOOK_AHEAD:
        return _("That is more than a year away. Check the year.")
    return ""


def why_not_third(second: str) -> str:
    """Why a third opinion cannot begin yet, by the state of the second visit ("" where there is none)."""
    if second == V.HAPPENED:
        return ""
    return _("First hear the second doctor. Once that visit took place, you can ask for a third opinion.")


def why_not_over(visit_on: date, today: date) -> str:
    """Why nobody can say yet whether the visit took place."""
    return "" if visit_on <= today else _("The visit is still to come.")


def why_not_undo(moved_at: datetime | None, is_own: bool, role: str, now: datetime) -> str:
    """Why the last move cannot be taken back: one's own for 10 minutes, later by a coordinator."""
    if moved_at is None:
        return _("There is nothing to take back.")
    if role == COORDINATOR or (is_own and role in DOERS and now - moved_at <= UNDO_FOR):
        return ""
    return _("This can be taken back for 10 minutes. Ask us, and we change it for you.")


def asks_why(moved_at: datetime | None, now: datetime) -> bool:
    """Whether taking the last move back asks for a reason: others have relied on it since."""
    return moved_at is not None and now - moved_at > UNDO_FOR


def allowed_routes(is_lent: bool) -> list[str]:
    """The ways a record may travel, in the order they are offered. Slides and discs are tracked, never kept by us."""
    return [Route.DIRECT, Route.CARRIED] if is_lent else [Route.DIRECT, Route.THROUGH_US, Route.CARRIED]


def why_not_lead(lead: Lead, source: str) -> str:
    """Why a kind of record cannot go by these days; empty when it can."""
    if not source.strip():
        return _("Say where the figures are from, in a sentence.")
    if min(lead.expected, lead.safe, lead.reading) < 0 or max(lead.safe, lead.reading) > MOST_LEAD_DAYS:
        return _("Enter business days from 0 to %(most)d.") % {"most": MOST_LEAD_DAYS}
    if lead.safe < lead.expected:
        return _("The safe days cannot be fewer than the usual ones.")
    return ""


def why_not_due_back(on: date, today: date, sent_on: date | None) -> str:
    """Why a lent thing cannot be due back on a day; empty when it can."""
    if sent_on and on < sent_on:
        return _("That is before it was sent. Check the date.")
    if abs(on - today) > LOOK_AHEAD:
        return _("That is more than a year away. Check the year.")
    return ""


def person_on(asked_on: date, sent_on: date | None, lead: Lead, visit_on: date | None, closed: Set[date]) -> date:
    """The day one of us calls. What was sent or is in hand is past the asking, and is looked for first."""
    if sent_on is None:
        return lead_times.person_takes_over_on(asked_on, visit_on, lead, closed)
    looked_for = lead_times.chase_by(sent_on, visit_on, closed, sent_on=sent_on)
    return max(lead_times.person_takes_over_on(sent_on, visit_on, lead, closed), looked_for)


def next_day(
    state: str,
    route: str,
    *,
    lead: Lead,
    visit_on: date | None,
    asked_on: date | None,
    last_word_on: date | None,
    sent_on: date | None,
    called_on: date | None = None,
    today: date,
    closed: Set[date],
) -> NextDay | None:
    """The next day on which somebody must act for an item; None when it moves by itself or is done.

    Unasked: the day to ask by. Asked: the first chase, counted from the last word, and once that has passed the day
    a person takes over, counted from the asking. `sent_on`: sent or in hand since. `called_on`: one of us asked again;
    after a person has taken over, the next asking is a person's, too.
    """
    if state in UNASKED or state in IN_TROUBLE:
        return NextDay(Due.REQUEST, lead_times.request_by(visit_on, lead, closed)) if visit_on else None
    if not _waits(state, route) or asked_on is None or last_word_on is None:
        return None
    chase = lead_times.chase_by(last_word_on, visit_on, closed, sent_on=sent_on)
    person = person_on(asked_on, sent_on, lead, visit_on, closed)
    if called_on and called_on >= person:
        return NextDay(Due.PERSON, chase)
    if chase >= today and chase < person:
        return NextDay(Due.CHASE, chase)
    return NextDay(Due.PERSON, person)


def day_to_follow(
    state: str,
    route: str,
    *,
    lead: Lead,
    asked_on: date | None,
    sent_on: date | None,
    said_on: date | None,
    closed: Set[date],
) -> NextDay | None:
    """After the visit nobody chases the patient: one of us calls about what has not come on its safe day, and about
    what was not found or is no use the business day after that was said and the visit took place.
    """
    if state in IN_TROUBLE and said_on:
        return NextDay(Due.PERSON, lead_times.next_business_day(said_on, closed))
    if not _waits(state, route) or asked_on is None:
        return None
    if sent_on:
        return NextDay(Due.PERSON, lead_times.chase_by(sent_on, None, closed, sent_on=sent_on))
    return NextDay(Due.PERSON, lead_times.add_business_days(asked_on, lead.safe, closed))


def _waits(state: str, route: str) -> bool:
    """Whether it was asked for and is not there, and somebody else has it."""
    return state in UNDER_WAY and not (route == Route.CARRIED and state in {S.HELD, S.SENT})


def act_by(days: Iterable[date | None]) -> date | None:
    """The earliest open day of a case: what the board is sorted by."""
    return min((day for day in days if day), default=None)
