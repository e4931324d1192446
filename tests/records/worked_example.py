"""Rosa's records on November 5, 2026, as the design's worked example has them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cases.records.days.lead_times import Lead
from cases.records.days.verdict import Thing
from cases.records.states import ItemState, Route

EASTERN = ZoneInfo("America/New_York")
CLOSED = frozenset({date(2026, 11, 11), date(2026, 11, 26), date(2026, 11, 27)})
TREATMENT_ON = date(2026, 12, 15)


def nov(day):
    return date(2026, 11, day)


def dec(day):
    return date(2026, 12, day)


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=EASTERN)


def thing(key, lead, **facts):
    return Thing(key, Lead(*lead), EASTERN, closed=CLOSED, **facts)


def on_november_5():
    return [
        thing("biopsy", (2, 10)),
        thing("imaging reports", (2, 5)),
        thing("plan", (2, 7)),
        thing("referral", (5, 10), state=ItemState.ASKED, asked_on=nov(3)),
        thing("images", (2, 5, 3), is_core=False),
        thing("notes", (10, 20), is_core=False),
        thing("slides", (10, 15, 3), is_core=False, state=ItemState.NEEDS_YOU),
    ]


def on_november_9():
    return [
        thing("biopsy", (2, 10), state=ItemState.OPENS_FINE, asked_on=nov(5)),
        thing("imaging reports", (2, 5), state=ItemState.SENT, asked_on=nov(5)),
        thing("plan", (2, 7), state=ItemState.NEEDS_YOU, route=Route.THROUGH_US),
        thing("referral", (5, 10), state=ItemState.OPENS_FINE, asked_on=nov(3)),
        thing("images", (2, 5, 3), is_core=False, state=ItemState.SENT, asked_on=nov(5)),
        thing("notes", (10, 20), is_core=False, state=ItemState.ARRIVED, asked_on=nov(5)),
        thing("slides", (10, 15, 3), is_core=False, state=ItemState.NEEDS_YOU),
    ]
