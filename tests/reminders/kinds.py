"""Kinds of the tests' own, and a way to plan rows without a room."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from portal.reminders import kinds
from portal.reminders.actions import plan_row
from portal.reminders.models import Reminder
from portal.reminders.readers import Role, address_of

NOON = dt.datetime(2026, 11, 10, 15, 0, tzinfo=dt.UTC)  # Tuesday, 10 am in Toronto


@dataclass
class Things:
    """What the reminded things look like to the tests' kinds: the version that holds, and what was answered."""

    versions: dict = field(default_factory=dict)
    answers: list = field(default_factory=list)
    broken: set = field(default_factory=set)
    asked: int = 0


THINGS = Things()


def _still_due(rows, now):
    THINGS.asked += 1
    return {row.pk for row in rows if THINGS.versions.get(row.about_id) == row.version}


def _words(rows, reader, now):
    if THINGS.broken & {row.pk for row in rows}:
        raise LookupError("words are missing")
    return {row.pk: _say(row, reader) for row in rows}


def _say(row, reader):
    return kinds.Words(
        subject="Your call is coming up",
        lead=f"Your call is coming up, {reader.called}",
        line="Joanne will be there. <b> & “quotes” stay as they are.",
        at=row.useful_until,
        action_label="Open my call page",
        path=f"/things/{row.about_id}/",
        question="Have you signed the form?" if kinds.kind_of(row.kind).answer else "",
        question_hint="The one Theo sent." if kinds.kind_of(row.kind).answer else "",
        attachments=_calendar() if row.kind == "tests.booked" else (),
    )


def _calendar():
    return (kinds.Attachment("call.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),)


def _answer(row, choice, by):
    THINGS.answers.append((row.about_id, choice, by.id))
    if choice == kinds.DONE:
        THINGS.versions.pop(row.about_id, None)
    else:
        THINGS.versions[row.about_id] = row.version


def _take_back(row, by):
    THINGS.versions[row.about_id] = row.version + 2  # done, and undone
    return row.version + 2


def kind(code, message_class, **more):
    return kinds.Kind(code, message_class, f"About {code}", _still_due, _words, lambda row: "You asked for it.", **more)


ALL = [
    kind("tests.booked", kinds.ANSWER),
    kind("tests.news", kinds.NOTICE, rank=30),
    kind("tests.call", kinds.REMINDER, rank=20),
    kind("tests.form", kinds.REMINDER, rank=10, answer=_answer, take_back=_take_back),
    kind("tests.near_form", kinds.NOTICE, rank=10, answer=_answer, take_back=_take_back),
]


def plan(kind_code, recipient, *, due_at, useful_until=None, version=1, thing=None, step=0, case_id=None):
    """Plan a row about a thing that is due as long as THINGS says its version holds."""
    thing = thing or uuid.uuid4()
    THINGS.versions[thing] = version
    recipient_type, recipient_id = address_of(recipient) if not isinstance(recipient, tuple) else recipient
    return plan_row(
        Reminder(
            kind=kind_code,
            about_type="tests.thing",
            about_id=thing,
            version=version,
            case_id=case_id,
            recipient_type=recipient_type,
            recipient_id=recipient_id,
            step=step,
            due_at=due_at,
            useful_until=useful_until or due_at + dt.timedelta(days=10),
        )
    )


__all__ = ["ALL", "NOON", "THINGS", "Role", "plan"]
