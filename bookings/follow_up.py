"""What must be said after a call was booked, moved or canceled: rows planned in the same transaction."""

from datetime import datetime, time, timedelta

from bookings import availability
from bookings.models import Consultation
from portal.accounts.models import User
from portal.actors import Actor
from portal.reminders.actions import plan, unplan
from portal.reminders.rules import at_wall, morning

BOOKED, CANCELLED, TOLD_PATIENT = "bookings.booked", "bookings.cancelled", "bookings.told_patient"
TOLD_CONSULTANT = "bookings.told_consultant"
DAY_BEFORE, SAME_DAY = "bookings.day_before", "bookings.same_day"
PLEASE_MOVE = "bookings.please_move"
CLOCKS_CHANGED = "bookings.clocks_changed"
PLAN_DUE, PLAN_MISSING = "bookings.plan_due", "bookings.plan_missing"
# How long word of a canceled call is still news: it must reach the calendars even after the hour itself.
NEWS_FOR = timedelta(days=3)


def _say(kind: str, consultation: Consultation, recipient: User, now: datetime, until: datetime) -> None:
    plan(
        kind,
        consultation,
        version=consultation.version,
        recipient=recipient,
        due_at=now,
        useful_until=until,
        case=consultation.case_id,
    )


def _remind(
    kind: str,
    consultation: Consultation,
    recipient: User,
    due_at: datetime,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """Plan a reminder for later; one whose hour has passed is left out, since the booking itself just said it."""
    if due_at <= now:
        return
    plan(
        kind,
        consultation,
        version=consultation.version,
        recipient=recipient,
        due_at=due_at,
        useful_until=until or consultation.starts_at,
        case=consultation.case_id,
    )


def _reminders(consultation: Consultation, now: datetime) -> None:
    """Calendar days: the mornings are the reader's, the plan's last day is the consultant's."""
    patient, consultant = consultation.patient, consultation.consultant
    day = consultation.starts_at.astimezone(patient.zone).date()
    # "Tomorrow" is true on that day only, however long the sender was away.
    midnight = at_wall(day, time.min, patient.zone)
    _remind(DAY_BEFORE, consultation, patient, morning(day - timedelta(days=1), patient.zone), now, midnight)
    _remind(SAME_DAY, consultation, patient, morning(day, patient.zone), now)
    due_on = availability.plan_by(consultation, availability.closed(now))
    if due_on is not None:
        day_after = at_wall(due_on + timedelta(days=1), time.min, patient.zone)
        _remind(PLAN_DUE, consultation, patient, morning(due_on, patient.zone), now, day_after)
        next_day = morning(due_on + timedelta(days=1), consultation.zone)
        _remind(PLAN_MISSING, consultation, patient, next_day, now)
        _remind(PLAN_MISSING, consultation, consultant, next_day, now)


def booked(consultation: Consultation, now: datetime) -> None:
    """Confirm to the patient at once, tell the consultant, and plan what comes before the call."""
    _say(BOOKED, consultation, consultation.patient, now, consultation.ends_at)
    _say(TOLD_CONSULTANT, consultation, consultation.consultant, now, consultation.starts_at)
    _reminders(consultation, now)


def moved(consultation: Consultation, now: datetime, by: Actor) -> None:
    """Rewrite everything planned for the old time, then say and plan the new one."""
    unplan(consultation)
    is_own = by.id == consultation.patient_id
    _say(BOOKED if is_own else TOLD_PATIENT, consultation, consultation.patient, now, consultation.ends_at)
    _say(TOLD_CONSULTANT, consultation, consultation.consultant, now, consultation.starts_at)
    _reminders(consultation, now)


def asked_to_move(consultation: Consultation, now: datetime) -> None:
    """One of us cannot keep the time: the patient is asked to choose another. Until then it stays."""
    _say(PLEASE_MOVE, consultation, consultation.patient, now, consultation.starts_at)


def clocks_changed(consultation: Consultation, now: datetime) -> None:
    """The promised hour stays, its instant is another: both hear why, and calendars get the right one."""
    unplan(consultation)
    _say(CLOCKS_CHANGED, consultation, consultation.patient, now, consultation.ends_at)
    _say(TOLD_CONSULTANT, consultation, consultation.consultant, now, consultation.starts_at)
    _reminders(consultation, now)


def cancelled(consultation: Consultation, now: datetime, by: Actor) -> None:
    """Withdraw what was planned; each side's calendar entry is taken away."""
    unplan(consultation)
    until = max(consultation.starts_at, now + NEWS_FOR)
    is_own = by.id == consultation.patient_id
    _say(CANCELLED if is_own else TOLD_PATIENT, consultation, consultation.patient, now, until)
    if by.id != consultation.consultant_id:
        # The call's own hour decides, so that a late change goes at once.
        until = max(consultation.starts_at, now + timedelta(hours=1))
        _say(TOLD_CONSULTANT, consultation, consultation.consultant, now, until)
