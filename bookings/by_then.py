"""Which records of the coming visit will be in by a call: counted by the records' own lead times, never guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.records.days.closed_days import ClosedDays
from cases.records.days.verdict import Dates, dates_of
from cases.records.models import RecordItem
from cases.records.planning import AHEAD
from cases.records.standing import thing_of
from cases.records.states import THERE, UNASKED, ItemState, Route
from cases.records.words import listed
from portal import when


class By(StrEnum):
    """How one record stands to the day of a call."""

    IN = "in"  # arrived, here with us, or in the patient's hands
    EXPECTED = "expected"
    IF_ASKED = "if_asked"  # in time, were it asked for now
    AFTER = "after"


@dataclass(frozen=True)
class Known:
    """What each record of the coming visit is called, and its days."""

    records: list[tuple[str, Dates]] = field(default_factory=list)

    def at(self, starts_at: datetime) -> dict[By, list[str]]:
        found: dict[By, list[str]] = {each: [] for each in By}
        for name, dates in self.records:
            found[by(dates, starts_at)].append(name)
        return found

    def sentence(self, starts_at: datetime) -> str:
        """Which are in, which are expected before the call, which follow it. Empty where nothing is wanted."""
        found = self.at(starts_at)
        said = {
            By.IN: _("In already: %(records)s."),
            By.EXPECTED: _("Expected by then: %(records)s."),
            By.IF_ASKED: _("By then, if asked for now: %(records)s."),
            By.AFTER: _("Later: %(records)s."),
        }
        return " ".join(said[each] % {"records": listed(names)} for each, names in found.items() if names)

    def sentences(self, starts: Iterable[datetime], zone: Any) -> list[dict[str, str]]:
        """The sentence of each of these times, with the days that it is true of."""
        days: dict[str, list[str]] = {}
        for start in starts:
            if sentence := self.sentence(start):
                named = when.short_day(start.astimezone(zone).date())
                days[sentence] = list(dict.fromkeys([*days.get(sentence, []), named]))
        return [{"days": listed(named), "words": sentence} for sentence, named in days.items()]


def by(dates: Dates, starts_at: datetime) -> By:
    """One record: there before the day of the call where its holder is, as its days stand now."""
    thing = dates.thing
    if thing.state in THERE or thing.state == ItemState.HELD:
        return By.IN
    if thing.state == ItemState.SENT and thing.route == Route.CARRIED:
        return By.IN
    there_on = dates.there_expected
    if dates.has_no_date or there_on is None or there_on >= starts_at.astimezone(thing.zone).date():
        return By.AFTER
    return By.IF_ASKED if thing.state in UNASKED else By.EXPECTED


def items_of(case: Case, user: Any) -> QuerySet[RecordItem]:
    """The records of the case's visits to come that this person may see, those of the last visit first."""
    items = RecordItem.objects.visible_to(user).wanted().filter(visit__case=case, visit__state__in=AHEAD)
    parts = ("kind", "holder", "visit__office")
    return items.select_related(*parts).order_by("-visit__round", "-is_core", "kind__place")


def known_of(case: Case, items: Sequence[RecordItem], now: datetime) -> Known:
    """What is known of the records of the last visit among these."""
    closed, records = ClosedDays(now.date()), []
    for item in items:
        if item.visit_id != items[0].visit_id:
            break
        item.visit.case = case  # its key opens the words
        records.append((item.called, dates_of(thing_of(item, item.visit, closed), now)))
    return Known(records)
