"""Telling people that something waits for them in a thread: never what it says."""

from django.db import models

from cases.case import hands
from cases.case.models import Case
from cases.case.people import may, who_can_open
from cases.threads import rules
from cases.threads.models import Message, Thread
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.reminders.actions import plan, settle
from portal.reminders.models import Outcome, Reminder

NEW, YOURS = "threads.new", "threads.yours"


def tell(thread: Thread, message: Message, case: Case, *, by: Actor) -> None:
    """Those in the thread who are not staff hear of it in their message of the day, unless they read it before.

    Who is to be told already is told once. Staff see what waits by its number and on their lists. To a patient who
    signs in nowhere one of us brings it.
    """
    if message.author_id != case.patient_id:
        hands.ask_to_read(hands.READ_MESSAGE, case, by=by)
    to_be_told = _to_be_told(thread)
    for person, _words in who_can_open(case, "read_messages"):
        if person.role and person.pk != case.patient_id:
            continue
        if person.pk == message.author_id or str(person.pk) in to_be_told:
            continue
        if message.is_private and not may("see_private_words", case, person):
            continue
        _plan(NEW, thread, person, version=message.number)


def tell_patient(thread: Thread, case: Case, *, version: int) -> None:
    """The patient has an address by now: what was not read out waits on her page."""
    _plan(NEW, thread, case.patient, version=version)


def untell_patient(thread: Thread, case: Case) -> None:
    """No address any more: nobody is told of a page that she cannot open."""
    rows = Reminder.objects.about(thread).filter(kind=NEW, recipient_id=str(case.patient_id))
    settle(rows, Outcome.WITHDRAWN, clock.now())


def tell_answerer(thread: Thread, person: User) -> None:
    """The one who was asked to answer hears of it."""
    _plan(YOURS, thread, person, version=thread.turn)


def _to_be_told(thread: Thread) -> set[str]:
    rows: models.QuerySet[Reminder] = Reminder.objects.about(thread).filter(kind=NEW, settled_at=None)
    return set(rows.values_list("recipient_id", flat=True))


def _plan(kind: str, thread: Thread, person: User, *, version: int) -> None:
    now = clock.now()
    plan(
        kind,
        thread,
        version=version,
        recipient=person,
        due_at=now,
        useful_until=now + rules.TOLD_FOR,
        case=thread.case_id,
    )
