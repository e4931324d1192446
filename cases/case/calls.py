"""Calls that the team makes: what came of one and what follows, written down in three presses."""

import datetime as dt
from collections.abc import Collection, Set
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, must, record_to_do, settle_to_do
from cases.case.models import CallLog, Case, ToDo
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders import readers
from portal.texts.business_days import next_business_day
from portal.texts.closed import closed_days
from portal.texts.words import organisation

LONGEST_HOLIDAY = dt.timedelta(days=21)
WORDS_AT_MOST = 500
FIX_ADDRESS = "fix_address"
JUST_BEFORE = dt.timedelta(minutes=1)  # what asks for an address is noted a moment before it

Whom, CameOf, Follows = CallLog.Whom, CallLog.CameOf, CallLog.Follows


def why_not_came_of(came_of: str, whom: str, patient: User) -> str:
    """Why this cannot be what came of the call; empty when it can."""
    if came_of not in CameOf.values:
        return _("Choose what came of the call.")
    if came_of == CameOf.LEFT_MESSAGE and whom == Whom.PATIENT and not patient.may_leave_message:
        return _("%(name)s does not want messages left. Choose another answer.") % {"name": patient.first_name}
    return ""


def next_call_on() -> dt.date:
    """The next day on which our own house works."""
    here = organisation()
    today = here.today()
    return next_business_day(today, closed_days(here.region, today, today + LONGEST_HOLIDAY))


@transaction.atomic
def log_call(
    case: Case,
    *,
    press: UUID,
    whom: str,
    came_of: str,
    follows: str,
    todo: ToDo | None = None,
    about_item: UUID | None = None,
    words: str = "",
    asks_again: bool = True,
    by: Actor,
) -> CallLog:
    """Write a call down, and do what follows: settle the to-do it came from, or put it off to our next day.

    Without `asks_again` the caller sees to it that the call comes back. The same press twice is one call. A to-do that
    a colleague settled meanwhile stays settled. Raises Refused for an outcome that cannot be, and for words that are
    too long.
    """
    must("log_calls", case, by)
    case = Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=case.pk)
    if reason := why_not_came_of(came_of, whom, case.patient):
        raise Refused(reason, code="input")
    if len(words.strip()) > WORDS_AT_MOST:
        raise Refused(_("Keep your words under %(count)d letters.") % {"count": WORDS_AT_MOST}, code="input")
    if todo is not None and todo.case_id != case.pk:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    call = CallLog(
        case=case,
        todo=todo,
        press=press,
        whom=whom,
        about_item=about_item,
        came_of=came_of,
        follows=follows,
        again_on=next_call_on() if follows == Follows.AGAIN else None,
        at=clock.now(),
        by=by.user,
    )
    call.words = words.strip()
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        return _same_press(press, case)
    record(by, "call.made", call, patient=case.patient_id, case=case.pk, why=came_of)
    _follow(call, asks_again, by)
    return call


def _same_press(press: UUID, case: Case) -> CallLog:
    """The other press of a double click; anything else that the table refused is a mistake on the page."""
    found = CallLog.objects.filter(press=press, case=case).first()
    if found is None:
        raise Refused(_("This does not go together. Choose again."), code="input")
    return found


def _follow(call: CallLog, asks_again: bool, by: Actor) -> None:
    if call.came_of == CameOf.WRONG_NUMBER and call.whom == Whom.PATIENT:
        ask_to_do(FIX_ADDRESS, call.case.patient, case=call.case, due_on=clock.today(_our_zone()), by=by)
    if call.again_on is None:
        if call.todo is not None:
            settle_to_do(call.todo, by=by)
    elif call.todo is not None:
        put_off(call.todo, until=call.again_on, by=by)
    elif asks_again:
        ask_to_do("call_again", call.case, case=call.case, due_on=call.again_on, by=by)


@transaction.atomic
def put_off(todo: ToDo, *, until: dt.date, by: Actor) -> ToDo:
    """Let a to-do wait until a day. One that is done stays done."""
    todo = ToDo.objects.select_for_update(of=("self",)).select_related("case").get(pk=todo.pk)
    if todo.done_at is None and todo.due_on != until:
        todo.due_on = until
        todo.save(update_fields=["due_on"])
        record_to_do(by, "todo.put_off", todo)
    return todo


def _our_zone() -> ZoneInfo:
    return organisation().zone


def address_refused(person: User, case_id: UUID | None) -> None:
    """A message to a person came back: one of the team finds out the right address. One open to-do a person.

    Where no case of theirs is open, nobody writes to them any more: the log of messages keeps what failed.
    """
    case = Case.objects.open().filter(pk=case_id).first() if case_id else None
    case = case or Case.objects.open().filter(Q(patient=person) | Q(starter=person)).order_by("-opened_at").first()
    if case is not None:
        ask_to_do(FIX_ADDRESS, person, case=case, due_on=clock.today(_our_zone()), by=SYSTEM)


def address_works(people: Collection[str]) -> None:
    """The server took a message to each of these: a refusal is over. What came back later, or reached somebody else,
    says more than that.
    """
    todos = ToDo.objects.open().filter(kind=FIX_ADDRESS, about_id__in=people, asked_by=None)
    for todo in todos.select_related("case"):
        if not readers.went_astray(todo.about_id, since=todo.asked_at - JUST_BEFORE):
            settle_to_do(todo, by=SYSTEM)


def reach_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """The person gave another number: the wrong one is not looked for any more."""
    if "phone" not in changed:
        return
    todos = ToDo.objects.open().filter(kind=FIX_ADDRESS, about_id=str(person.pk))
    if person.channel != User.Channel.TEXT:  # an email that came back is another matter
        todos = todos.exclude(asked_by=None)
    for todo in todos.select_related("case"):
        settle_to_do(todo, by=by)


def address_changed(request: Any, user: User, **rest: Any) -> None:
    """The person gave another address and confirmed it: nobody needs to ask for it any more."""
    for todo in ToDo.objects.open().filter(kind=FIX_ADDRESS, about_id=str(user.pk), asked_by=None):
        settle_to_do(todo, by=Actor.of(request))
