"""What needs a coordinator today: things asked of the team, and cases whose day to act has come, by that day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from cases.case.models import Case, ToDo
from portal import clock
from portal.pages import cards, hand, reasons, todos
from portal.pages.facts import Gathered

SHOWN = 25
FIRST = {"stop": 0, "plum": 1, "warn": 2, "info": 3}


@dataclass(frozen=True)
class Needs:
    """The rows' things; `more` says that others wait behind them."""

    todos: list[ToDo]
    cases: list[Case]
    hand: hand.Waiting
    more: bool

    @property
    def all_cases(self) -> list[Case]:
        return [todo.case for todo in self.todos if todo.case] + self.cases + list(self.hand.cases.values())


def due_todos(user: Any, today: dt.date) -> QuerySet[ToDo]:
    return ToDo.objects.open().visible_to(user).filter(due_on__lte=today)


def cases_to_act_on(user: Any, today: dt.date) -> QuerySet[Case]:
    """Open cases whose day to act has come, the earliest first: one walk along the index of `act_by`."""
    return Case.objects.visible_to(user).open().filter(act_by__lte=today).order_by("act_by", "pk")


def needs_me(user: Any, today: dt.date) -> Q:
    """For lists of cases: something is asked of the team today, or the day to act has come."""
    asked = Exists(due_todos(user, today).filter(case=OuterRef("pk")))
    return Q(act_by__lte=today) | asked | Exists(hand.due(user, clock.now()).filter(case_id=OuterRef("pk")))


def look_up(user: Any, today: dt.date, now: dt.datetime) -> Needs:
    """A case of which something is asked stands in that row only; an office to check says nothing of its case."""
    asked = (
        due_todos(user, today)
        .order_by("due_on", "asked_at")
        .select_related("case__patient", "case__starter", "case__key", "asked_by")
    )
    urgent, others = asked.filter(kind__in=todos.URGENT), asked.exclude(kind__in=todos.URGENT)
    found = list(urgent[: SHOWN + 1].union(others[: SHOWN + 1], all=True)[: SHOWN + 1])  # in this order
    told = due_todos(user, today).filter(case=OuterRef("pk")).exclude(kind__in=todos.ELSEWHERE)
    due = cases_to_act_on(user, today).filter(~Exists(told))
    cases = list(due.select_related("patient", "key")[: SHOWN + 1])
    messages = hand.look_up(user, hand.due(user, now)[: SHOWN + 1], now)
    more = len(found) + len(cases) + len(messages.messages) > SHOWN
    return Needs(found[:SHOWN], cases[:SHOWN], messages, more=more)


def rows(needs: Needs, gathered: Mapping[UUID, Gathered], today: dt.date, now: dt.datetime) -> list[dict[str, Any]]:
    """What is urgent comes first, then by the day to act; on one day what is at risk comes first."""
    found = [todos.row(todo, gathered, today) for todo in needs.todos]
    found += hand.rows(needs.hand, gathered, now, back=reverse("pages:caseload"))
    for case in needs.cases:
        # The day is kept by each action; a word said since a night ago may have settled it.
        if reason := reasons.of_case(gathered[case.pk], today):
            found.append(case_row(case, reason, gathered[case.pk], today))
    found.sort(key=lambda row: (not row.get("is_urgent"), row["on"], FIRST.get(row["tag"], 9), row["name"]))
    return found[:SHOWN]


def case_row(case: Case, reason: reasons.Reason, gathered: Gathered, today: dt.date) -> dict[str, Any]:
    """A case in three lines: why today, its visit, how to reach the office or the person."""
    reach = todos.reach_office(reason.office) if reason.office else todos.reach(case.patient)
    return {
        "on": reason.on,
        "label": reason.label,
        "tag": reason.kind,
        "icon": reason.icon,
        "is_urgent": todos.is_near(gathered),
        "name": case.patient.name,
        "href": cards.file_url(case),
        "log_href": reverse("pages:log_call", args=[case.pk]) + (f"?item={reason.item.item.pk}" if reason.item else ""),
        "lines": [reason.text, todos.visit_line(gathered.facts, today), reach],
        "call": todos.call_button(reason.office, case.patient),
    }
