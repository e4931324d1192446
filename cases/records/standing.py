"""How the records of visits stand at a moment: for pages, reminders and lists, in a fixed number of queries."""

import uuid
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from cases.records import rules
from cases.records.days import lead_times, verdict
from cases.records.days.closed_days import closed_days
from cases.records.days.lead_times import Lead
from cases.records.days.verdict import Dates, Judged, Thing, Verdict
from cases.records.items import opening
from cases.records.models import RecordItem, Visit
from cases.records.states import IN_TROUBLE, THERE, UNASKED, ItemState, KnownBy, VisitState

TOLD_TO_US = {KnownBy.STAFF_CALL, KnownBy.OFFICE}  # by one of us who asked
SENT_OR_THERE = THERE | {ItemState.SENT}
Closed = Mapping[str, Set[date]]


@dataclass(frozen=True)
class ItemStanding:
    """One record item with its days as they are now."""

    item: RecordItem
    dates: Dates
    next_day: rules.NextDay | None
    request_by: date | None
    safe_by: date | None
    judged: Judged | None
    opens_by: date | None  # the next day on which somebody is asked whether it opens

    @property
    def person_on(self) -> date | None:
        """The day a person takes over what was asked for; None while nobody has asked."""
        visit, thing = self.item.visit, self.dates.thing
        asked_on, sent_on = _asked_and_sent(self.item)
        if asked_on is None:
            return None
        on = visit.on_date if visit.state == VisitState.BOOKED else None
        return rules.person_on(asked_on, sent_on, thing.lead, on, thing.closed)

    @property
    def act_on(self) -> date | None:
        """The day somebody acts for it. What can follow counts only once it is asked for: its asking presses nobody."""
        if self.next_day is None:
            return self.opens_by
        return self.next_day.on if self.item.is_core or self.next_day.due != rules.Due.REQUEST else None

    @property
    def needs_you(self) -> bool:
        """Whether somebody must ask, sign, choose or pay before it moves."""
        return self.item.state in UNASKED or self.item.state in IN_TROUBLE

    def waits_for_a_person(self, today: date) -> bool:
        """Whether messages have done what they can, and somebody calls the holder."""
        return self.next_day is not None and self.next_day.due == rules.Due.PERSON and self.next_day.on <= today


@dataclass(frozen=True)
class Standing:
    """One visit: the verdict on its day (None without a day) and where each wanted record is."""

    visit: Visit
    today: date
    closed: Set[date]
    verdict: Verdict | None
    items: tuple[ItemStanding, ...]
    things: tuple[Thing, ...]

    @property
    def core(self) -> tuple[ItemStanding, ...]:
        return tuple(each for each in self.items if each.item.is_core)

    @property
    def needs_you(self) -> tuple[ItemStanding, ...]:
        return tuple(each for each in self.items if each.needs_you)

    @property
    def moving(self) -> tuple[ItemStanding, ...]:
        return tuple(each for each in self.items if not each.needs_you)

    @property
    def core_sent(self) -> int:
        return sum(each.item.state in SENT_OR_THERE for each in self.core)

    @property
    def core_there(self) -> int:
        return sum(each.item.state in THERE for each in self.core)

    @property
    def safe_on(self) -> date | None:
        """The day the last open core record is there even if offices are slow."""
        return self.verdict.safe_on if self.verdict else None

    @cached_property
    def act_by(self) -> date | None:
        """The earliest open day: of a visit to come, and of what is to follow one that took place."""
        if self.visit.state == VisitState.HAPPENED:
            return rules.act_by(each.next_day.on for each in self.items if each.next_day)
        days = [each.act_on for each in self.items] if self.visit.state != VisitState.CANCELLED else []
        if self.visit.state != VisitState.BOOKED or self.visit.on_date is None:
            return rules.act_by(days)
        after = lead_times.next_business_day(self.visit.on_date, self.closed)
        return after if self.visit.on_date < self.today else rules.act_by([*days, after])


def standings(
    visits: Iterable[Visit],
    now: datetime,
    closed: Closed | None = None,
    *,
    with_tellers: bool = False,
    reader: Any = None,
) -> dict[uuid.UUID, Standing]:
    """The standing of each visit at `now`. Two queries, however many visits; give them with `office` and `case`.

    With tellers, each record comes with the person who spoke of it last: lists of cases need not read them.
    `closed` spares a query where the caller looks closed days up as well. `reader`: with the records that this person
    may see; all without one.
    """
    visits = list(visits)
    parts = ("kind", "holder", "moved_by") if with_tellers else ("kind", "holder")
    items: dict[uuid.UUID, list[RecordItem]] = {visit.pk: [] for visit in visits}
    seen = RecordItem.objects.all() if reader is None else RecordItem.objects.visible_to(reader)
    found = seen.filter(visit__in=visits).wanted().order_by("-is_core", "kind__place")
    for item in found.select_related(*parts):
        items[item.visit_id].append(item)
    if closed is None:
        regions = {visit.region for visit in visits}
        regions |= {item.holder.region for each in items.values() for item in each if item.holder}
        closed = closed_days(regions, now.date())
    return {visit.pk: _stand(visit, items[visit.pk], closed, now) for visit in visits}


def standing(visit: Visit, now: datetime, *, with_tellers: bool = False, reader: Any = None) -> Standing:
    return standings([visit], now, with_tellers=with_tellers, reader=reader)[visit.pk]


def verdicts(visits: Iterable[Visit], now: datetime) -> dict[uuid.UUID, tuple[str, dict[uuid.UUID, date | None]]]:
    """By visit: the answer ("" without a day) and the day to ask by for each item. For lists; same queries."""
    return {
        pk: (
            each.verdict.answer if each.verdict else "",
            {line.item.pk: line.request_by for line in each.items},
        )
        for pk, each in standings(visits, now).items()
    }


def lead_of(item: RecordItem) -> Lead:
    """How long it takes there: what its finished requests say; else what staff know of it, and then safe days are
    never fewer than the kind's; else as long as its kind.
    """
    lead = item.kind.lead
    if item.holder and (learned := item.holder.learned_days.get(item.kind_id)):
        return replace(lead, expected=learned[0], safe=learned[1])
    usual = item.holder.usual_days.get(item.kind_id) if item.holder else None
    return replace(lead, expected=usual, safe=max(lead.safe, usual)) if usual else lead


def thing_of(item: RecordItem, visit: Visit, closed: Closed) -> Thing:
    """The facts about an item that its dates follow from: counted where its holder is, else at the second office."""
    place = item.holder or visit.office
    return Thing(
        key=str(item.pk),
        lead=lead_of(item),
        zone=ZoneInfo(place.time_zone) if place else visit.zone,
        is_core=item.is_core,
        state=item.state,
        route=item.route,
        asked_on=item.asked_on,
        heard_on=item.heard_on,
        closed=closed[place.region if place else visit.region],
    )


def _stand(visit: Visit, items: list[RecordItem], closed: Closed, now: datetime) -> Standing:
    for item in items:
        item.visit = visit  # already here: its key opens the words, without a query
    things = tuple(thing_of(item, visit, closed) for item in items)
    # A visit that took place needs no verdict; its records still show where they are.
    found = verdict.judge(things, visit.on_date, now) if visit.on_date and visit.state == VisitState.BOOKED else None
    judged = {each.key: each for each in found.core + found.can_follow} if found else {}
    lines = tuple(
        _line(item, thing, visit, judged.get(thing.key), now) for item, thing in zip(items, things, strict=True)
    )
    return Standing(visit, now.astimezone(visit.zone).date(), closed[visit.region], found, lines, things)


def _line(item: RecordItem, thing: Thing, visit: Visit, judged: Judged | None, now: datetime) -> ItemStanding:
    on, lead, closed = visit.on_date, thing.lead, thing.closed
    is_ahead = on is not None and visit.state == VisitState.BOOKED
    today = now.astimezone(thing.zone).date()
    return ItemStanding(
        item=item,
        dates=judged.dates if judged else verdict.dates_of(thing, now),
        next_day=_next_day(item, thing, visit, today),
        request_by=lead_times.request_by(on, lead, closed) if on and is_ahead else None,
        safe_by=lead_times.safe_by(on, lead.reading, closed) if on and is_ahead else None,
        judged=judged,
        opens_by=opening.next_day(item, on if is_ahead else None, lead, closed, today),
    )


def _next_day(item: RecordItem, thing: Thing, visit: Visit, today: date) -> rules.NextDay | None:
    asked_on, sent_on = _asked_and_sent(item)
    if visit.state == VisitState.CANCELLED:
        return None
    if visit.state == VisitState.HAPPENED:
        if item.due_back_on:  # it is lent until then: nobody looks for it there
            return None
        said_on = item.moved_at.astimezone(visit.zone).date() if item.moved_at else asked_on
        if said_on and visit.on_date:  # until then it was hers to ask again
            said_on = max(said_on, visit.on_date)
        days = {"asked_on": asked_on, "sent_on": sent_on, "said_on": said_on}
        return rules.day_to_follow(item.state, item.route, lead=thing.lead, closed=thing.closed, **days)
    return rules.next_day(
        item.state,
        item.route,
        lead=thing.lead,
        visit_on=visit.on_date if visit.state == VisitState.BOOKED else None,
        asked_on=asked_on,
        last_word_on=item.last_word_on,
        sent_on=sent_on,
        called_on=item.chased_on if item.known_by in TOLD_TO_US else None,
        today=today,
        closed=thing.closed,
    )


def _asked_and_sent(item: RecordItem) -> tuple[date | None, date | None]:
    """The day an answer is awaited from: of the asking, or of "we work on it"; and since when it is on its way, or
    in our or the patient's hands.
    """
    return item.acknowledged_on or item.asked_on, item.sent_on or item.held_on
