"""Calls that a paper asks for: it has its own words in them, and takes back no more than those."""

import json
from dataclasses import asdict, dataclass

from cases.case.actions import settle_to_do
from cases.case.models import Office, ToDo
from cases.desk.receiving import actions as receiving
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import TrayState
from cases.records.models import RecordItem
from portal.actors import Actor


@dataclass
class Call:
    """A call on the board: what the paper wrote there, and what stood there before; nothing where it is new."""

    todo: str
    note: str
    before: str


def ask(office: Office, item: RecordItem, said: str, why: str, *, by: Actor) -> Call:
    there = ToDo.objects.open().filter(kind=receiving.MISSED, about_id=str(item.pk)).select_related("case__key").first()
    before = there.note if there else ""
    todo = receiving.ask_us_to_call(office, item, said, why, by=by)
    return Call(str(todo.pk), todo.note, before)


def keep(row: Incoming, calls: list[Call]) -> None:
    """With the paper, sealed. The caller saves it, once it is under the key of its case."""
    row.calls = json.dumps([asdict(call) for call in calls]) if calls else ""


def take_back(row: Incoming, *, by: Actor) -> None:
    """What others said, before it or since, stays on the board; nobody calls where nobody else said anything."""
    others = Incoming.objects.filter(case=row.case_id, state=TrayState.FILED).exclude(pk=row.pk)
    others = list(others.exclude(calls=b"").select_related("case__key"))
    for call in _of(row):
        is_said = _forget(others, call)
        todo = ToDo.objects.open().filter(pk=call.todo).select_related("case__key").first()
        if todo is None or todo.note != call.note or is_said:
            continue  # somebody called, or there are newer words
        if call.before:
            todo.note = call.before
            todo.save(update_fields=["note"])
        else:
            settle_to_do(todo, by=by)


def _forget(others: list[Incoming], gone: Call) -> bool:
    """Later papers found its words there: what they found is what it had found. Whether one of them says the same."""
    is_said = False
    for row in others:
        calls = _of(row)
        for call in (each for each in calls if each.todo == gone.todo):
            is_said |= call.note == gone.note
            if call.before == gone.note:
                call.before = gone.before
        keep(row, calls)
        row.save(update_fields=["calls"])
    return is_said


def _of(row: Incoming) -> list[Call]:
    return [Call(**each) for each in json.loads(row.calls or "[]")]
