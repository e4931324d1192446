"""Did it open? Images arrive on discs or by exchange, and some do not open: somebody asks while it can be mended."""

from collections.abc import Set
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cases.records.lead_times import Lead, add_business_days, safe_by
from cases.records.models import RecordItem, Visit
from cases.records.standing import ItemStanding
from cases.records.states import ItemState
from portal.reminders.models import Outcome, Reminder
from portal.reminders.planning import Plan
from portal.reminders.readers import role
from portal.reminders.rules import morning
from portal.texts.words import organisation

DID_IT_OPEN, CHECK_IT_OPENS = "records.did_it_open", "records.check_it_opens"
IMAGES = frozenset({"imaging_exchange", "imaging_disc"})
ASKED_AFTER = 2  # business days after it arrived
STAYS_OPEN = timedelta(days=60)  # where no visit has a day yet
FIRST, AGAIN = 0, 10  # steps: those between are the "not yet" of the first question


def days_to_ask(arrived_on: date, visit_on: date | None, lead: Lead, closed: Set[date]) -> list[tuple[int, date]]:
    """(step, day): two business days after it arrived, and the last day on which a new one would be there in time.

    What arrives too late for that is asked about once, at the latest on the business day before the visit.
    """
    first = add_business_days(arrived_on, ASKED_AFTER, closed)
    if visit_on is None:
        return [(FIRST, first)]
    first = min(first, add_business_days(visit_on, -1, closed))
    mended_by = add_business_days(safe_by(visit_on, lead.reading, closed), -lead.expected, closed)
    return [(FIRST, first), (AGAIN, mended_by)] if mended_by > first else [(FIRST, first)]


def is_in_doubt(item: RecordItem) -> bool:
    """Whether it arrived and nobody has said that it opens."""
    return item.kind_id in IMAGES and item.state == ItemState.ARRIVED


def plan_questions(plan: Plan, line: ItemStanding, visit: Visit, *, until: datetime | None, now: datetime) -> None:
    """Plan the questions about one item, to whoever asked for it: the patient or us. `until`: the visit's instant."""
    item = line.item
    if not is_in_doubt(item) or item.arrived_on is None:
        return
    kind = CHECK_IT_OPENS if item.asked_by_us else DID_IT_OPEN
    recipient = role("coordinator") if item.asked_by_us else visit.case.patient
    zone = ZoneInfo(organisation().time_zone) if item.asked_by_us else visit.case.patient.zone
    thing = line.dates.thing
    plan.keep(kind, item, version=item.version)
    for step, day in days_to_ask(item.arrived_on, visit.on_date if until else None, thing.lead, thing.closed):
        due_at = morning(day, zone)
        if due_at <= now and _was_asked(kind, item, step):
            continue
        due_at = max(due_at, now)
        plan.want(
            kind,
            item,
            version=item.version,
            recipient=recipient,
            due_at=due_at,
            useful_until=until or due_at + STAYS_OPEN,
            case=visit.case,
            step=step,
        )


def _was_asked(kind: str, item: RecordItem, step: int) -> bool:
    """A new visit day plans anew; a question that went out before is not put again for it."""
    told = (Outcome.SENT, Outcome.ANSWERED, Outcome.HANDED_ON)
    return Reminder.objects.filter(kind=kind, about_id=item.pk, step=step, settled_as__in=told).exists()
