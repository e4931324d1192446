"""Who answers, and by when: one open to-do for each thread in which somebody waits."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.case.actions import LONGEST_BREAK, ask_to_do, must, settle_to_do, settle_to_dos
from cases.case.models import Case, ToDo
from cases.case.people import cases_where, may
from cases.threads import changes, rules, telling
from cases.threads.models import Message, Thread
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.closed import closed_days
from portal.texts.words import organisation

ANSWER = "answer_message"  # kind of to-do


def lock(case: Case) -> Thread:
    """The thread of a case, locked: one person at a time adds to it, so that numbers tell the order."""
    locking = Thread.objects.select_for_update(of=("self",)).filter(case=case)
    if thread := locking.first():
        return thread
    Thread.objects.get_or_create(case=case)
    return locking.get()


def open_of(thread: Thread) -> ToDo | None:
    """What waits for an answer in this thread."""
    todos = ToDo.objects.open().filter(kind=ANSWER, about_id=str(thread.pk))
    return todos.select_related("for_user", "case__key").first()


def asked_in(case: Case) -> ToDo | None:
    """What waits for an answer in the thread of this case, with whoever is asked for it. One query."""
    return ToDo.objects.open().filter(kind=ANSWER, case=case).select_related("for_user").first()


def waiting(user: User) -> QuerySet[ToDo]:
    """What waits in the threads that this member of staff may read; what is due first comes first."""
    todos = ToDo.objects.open().filter(kind=ANSWER, case__in=cases_where(user, "note_messages"))
    return todos.order_by("due_on", "asked_at", "pk")


def waiting_for(user: User) -> QuerySet[ToDo]:
    """What this very person is to answer: a coordinator whatever nobody else was asked to, a consultant their own."""
    todos = waiting(user)
    return todos.filter(for_user=user) if user.role == User.Role.CONSULTANT else todos


def count(user: User) -> int:
    """How many that are, for a note to them."""
    return waiting_for(user).count()


def ask(thread: Thread, case: Case, *, of: User | None = None, by: Actor) -> ToDo:
    """Somebody wrote: one of the team answers, or the one it was written to. Who is asked already stays asked."""
    here = organisation()
    today = here.today()
    due_on = rules.answer_by(today, closed_days(here.region, today, today + LONGEST_BREAK))
    todo = open_of(thread)
    asked = ask_to_do(ANSWER, thread, case=case, due_on=due_on, for_user=of, by=by)
    if of and todo is None:
        thread.turn += 1
        thread.save(update_fields=["turn"])
        telling.tell_answerer(thread, of)
    return asked


def waits(case: Case) -> bool:
    """Whether somebody waits in this case's thread."""
    return ToDo.objects.open().filter(kind=ANSWER, case=case).exists()


def asked_after(case: Case, number: int) -> bool:
    """Whether the patient's side wrote something after this number that still stands."""
    theirs = Q(author__role="") | Q(author=case.patient_id)
    return Message.objects.shared().filter(theirs, case=case, number__gt=number).exists()


def settle(thread: Thread, case: Case, *, shown: int, by: Actor) -> None:
    """Nobody waits any more, unless more came than the page had shown to whoever answers."""
    changes.answered(case, shown, by=by)
    if asked_after(case, shown):
        return
    settle_to_dos(thread, ANSWER, by=by)


def settle_if_nobody_waits(thread: Thread, *, by: Actor) -> None:
    """What made an answer due was taken back."""
    todo = open_of(thread)
    if todo is None or (todo.asked_by_id != by.id and todo.asked_by and todo.asked_by.role):  # a colleague asked for it
        return
    asked_since = Message.objects.shared().filter(case=thread.case_id, author__role="", sent_at__gte=todo.asked_at)
    if not asked_since.exists():
        settle_to_do(todo, by=by)


@transaction.atomic
def assign(case: Case, who: User | None, *, due_on: dt.date, by: Actor) -> ToDo:
    """Say who answers, and by when; without a person, any coordinator. Raises Refused for somebody who may not."""
    must("note_messages", case, by)
    if who is not None and not may("note_messages", case, who):
        raise Refused(_("%(name)s is not in this thread.") % {"name": who.name}, code="input")
    if due_on < organisation().today():
        raise Refused(_("Choose today or a later day."), code="date")
    thread = lock(case)
    todo = open_of(thread) or ask_to_do(ANSWER, thread, case=case, due_on=due_on, by=by)
    is_other = todo.for_user != who
    if not is_other and todo.due_on == due_on:
        return todo
    todo.for_user, todo.for_role, todo.due_on = who, "" if who else "coordinator", due_on
    todo.save(update_fields=["for_user", "for_role", "due_on"])
    record(by, "message.assigned", thread, patient=case.patient_id, case=case.pk)
    if who and is_other and who.pk != by.id:
        thread.turn += 1
        thread.save(update_fields=["turn"])
        telling.tell_answerer(thread, who)
    return todo


@transaction.atomic
def needs_no_answer(case: Case, *, shown: int, by: Actor) -> None:
    """It was answered in another way, or asks for none. Raises Refused where more came than the page had shown."""
    must("note_messages", case, by)
    thread = Thread.objects.select_for_update(of=("self",)).filter(case=case).first()
    if asked_after(case, shown):
        raise Refused(_("There is a newer message. Read it first."), code="state")
    changes.answered(case, shown, by=by)
    todo = open_of(thread) if thread else None
    if thread and todo:
        settle_to_do(todo, by=by)
        record(by, "message.needs_no_answer", thread, patient=case.patient_id, case=case.pk)
