"""What must be said after a call was booked, moved or canceled: rows planned in the same transaction."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bookings import availability
from bookings.asked_notices import ASK_TO_READ, is_written_to
from bookings.company import actions as company
from bookings.models import Consultation, Practice
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.once import at_one_moment
from portal.reminders.actions import plan_row, plan_rows, row_of
from portal.reminders.models import Reminder
from portal.reminders.planning import Plan
from portal.reminders.rules import at_wall, morning

BOOKED, CANCELLED, TOLD_PATIENT = "bookings.booked", "bookings.cancelled", "bookings.told_patient"
TOLD_CONSULTANT = "bookings.told_consultant"
DAY_BEFORE, SAME_DAY = "bookings.day_before", "bookings.same_day"
PLEASE_MOVE = "bookings.please_move"
CLOCKS_CHANGED = "bookings.clocks_changed"
PLAN_DUE, PLAN_MISSING = "bookings.plan_due", "bookings.plan_missing"
ABOUT_THE_PLAN = (PLAN_DUE, PLAN_MISSING)
# How long word of a canceled call is still news: it must reach the calendars even after the hour itself.
NEWS_FOR = timedelta(days=3)


def _say(kind: str, consultation: Consultation, recipient: User, due_at: datetime, until: datetime) -> Reminder:
    return row_of(
        kind,
        consultation,
        version=consultation.version,
        recipient=recipient,
        due_at=due_at,
        useful_until=until,
        case=consultation.case_id,
    )


def _reminders(consultation: Consultation, now: datetime) -> list[Reminder]:
    """Calendar days: the mornings are the reader's, the plan's last day is the consultant's. One whose hour has passed
    is left out, since the booking itself just said it.
    """
    patient = consultation.patient
    begins, day = consultation.starts_at, consultation.starts_at.astimezone(patient.zone).date()
    # "Tomorrow" is true on that day only, however long the sender was away.
    midnight = at_wall(day, time.min, patient.zone)
    planned = [
        (DAY_BEFORE, patient, morning(day - timedelta(days=1), patient.zone), midnight),
        (SAME_DAY, patient, morning(day, patient.zone), begins),
    ]
    rows = [_say(kind, consultation, to, due_at, until) for kind, to, due_at, until in planned]
    return [row for row in [*rows, *_about_the_plan(consultation, now)] if row.due_at > now]


def _about_the_plan(consultation: Consultation, now: datetime) -> list[Reminder]:
    """What is said of a plan that is not there: on its last day, and on the day after."""
    due_on = availability.plan_by(consultation, now)
    if due_on is None:
        return []
    patient, consultant, begins = consultation.patient, consultation.consultant, consultation.starts_at
    day_after = at_wall(due_on + timedelta(days=1), time.min, patient.zone)
    next_day = morning(due_on + timedelta(days=1), consultation.zone)
    return [
        _say(PLAN_DUE, consultation, patient, morning(due_on, patient.zone), day_after),
        _say(PLAN_MISSING, consultation, patient, next_day, begins),
        _say(PLAN_MISSING, consultation, consultant, next_day, begins),
    ]


def closed_days_changed(consultants: Collection[UUID], now: datetime) -> None:
    """Other days count for these consultants: the plan's last day before their coming calls may be another. Their time
    is locked. What went out stays so; of what would be due already, only what had not gone out yet is said now.
    """
    calls = Consultation.objects.upcoming(now).filter(consultant__in=consultants, needs_plan=True, starts_at__gt=now)
    calls = list(calls.select_related("patient", "consultant", "service"))
    regions = dict(Practice.objects.filter(pk__in=consultants).values_list("pk", "region"))
    waiting = Reminder.objects.unsettled().filter(about_id__in=[call.pk for call in calls], kind__in=ABOUT_THE_PLAN)
    open_rows = set(waiting.values_list("kind", "about_id", "version", "recipient_id"))
    plan = Plan(now, kinds=ABOUT_THE_PLAN)
    plan.covers(*calls)
    with at_one_moment():
        for call in calls:
            call.region = regions[call.consultant_id]
            for row in _about_the_plan(call, now):
                if row.due_at > now or (row.kind, row.about_id, row.version, row.recipient_id) in open_rows:
                    plan.want_row(row)
    plan.write()


def reminded_on(consultation: Consultation, now: datetime) -> date | None:
    """The day on which the patient hears of the call next, on her own calendar; None where no reminder is to come."""
    patient, begins = consultation.patient, consultation.starts_at
    day = begins.astimezone(patient.zone).date()
    mornings = [morning(day - timedelta(days=1), patient.zone), morning(day, patient.zone)]
    return next((at.astimezone(patient.zone).date() for at in mornings if now < at < begins), None)


def booked(consultation: Consultation, now: datetime) -> None:
    """Confirm to the patient at once, tell the consultant, and plan what comes before the call."""
    plan_rows(_news(BOOKED, consultation, now))


def _news(kind: str, consultation: Consultation, now: datetime) -> list[Reminder]:
    """The call as it is now, to both, and what comes before it."""
    return [
        _say(kind, consultation, consultation.patient, now, consultation.ends_at),
        _say(TOLD_CONSULTANT, consultation, consultation.consultant, now, consultation.starts_at),
        *_reminders(consultation, now),
    ]


def _anew(consultation: Consultation, rows: list[Reminder], now: datetime) -> None:
    """In place of everything that was planned about the call; whether its consultant may read is still asked."""
    plan = Plan(now)
    plan.covers(consultation)
    if consultation.is_booked:
        plan.keep(ASK_TO_READ, consultation, version=0)
    for row in rows:
        plan.want_row(row)
    plan.write()


def moved(consultation: Consultation, now: datetime, by: Actor) -> None:
    """Rewrite everything planned for the old time, then say and plan the new one."""
    kind = BOOKED if by.id == consultation.patient_id else TOLD_PATIENT
    _anew(consultation, _news(kind, consultation, now), now)
    company.moved(consultation, now, by)


def asked_to_move(consultation: Consultation, now: datetime) -> None:
    """One of us cannot keep the time: the patient is asked to choose another. Until then it stays."""
    plan_row(_say(PLEASE_MOVE, consultation, consultation.patient, now, consultation.starts_at))


def clocks_changed(consultation: Consultation, now: datetime) -> None:
    """The promised hour stays, its instant is another: both hear why, and calendars get the right one."""
    rows = _news(CLOCKS_CHANGED, consultation, now)
    if consultation.move_asked_at and is_written_to(consultation.patient):  # that is asked still
        rows.append(_say(PLEASE_MOVE, consultation, consultation.patient, now, consultation.starts_at))
    _anew(consultation, rows, now)
    company.moved(consultation, now, SYSTEM)


def cancelled(consultation: Consultation, now: datetime, by: Actor) -> None:
    """Withdraw what was planned; each side's calendar entry is taken away."""
    until = max(consultation.starts_at, now + NEWS_FOR)
    kind = CANCELLED if by.id == consultation.patient_id else TOLD_PATIENT
    rows = [_say(kind, consultation, consultation.patient, now, until)]
    if by.id != consultation.consultant_id:
        # The call's own hour decides, so that a late change goes at once.
        until = max(consultation.starts_at, now + timedelta(hours=1))
        rows.append(_say(TOLD_CONSULTANT, consultation, consultation.consultant, now, until))
    _anew(consultation, rows, now)
    company.cancelled(consultation, by)
