"""Did it open? Images arrive on discs or by exchange, and some do not open: somebody asks while it can be mended."""

from collections.abc import Set
from datetime import date

from cases.records.days.lead_times import Lead, add_business_days, safe_by
from cases.records.models import RecordItem
from cases.records.states import ItemState

DID_IT_OPEN, CHECK_IT_OPENS = "records.did_it_open", "records.check_it_opens"
IMAGES = frozenset({"imaging_exchange", "imaging_disc"})
ASKED_AFTER = 2  # business days after it arrived
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


def next_day(item: RecordItem, visit_on: date | None, lead: Lead, closed: Set[date], today: date) -> date | None:
    """The next day it is asked about; the last one once all have passed. None where nobody doubts or no day is set."""
    if visit_on is None or item.arrived_on is None or not is_in_doubt(item):
        return None
    days = [day for _step, day in days_to_ask(item.arrived_on, visit_on, lead, closed)]
    return next((day for day in days if day >= today), days[-1])
