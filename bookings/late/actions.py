"""Saying that one is late, for how long, and that one is there after all."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import asked_notices
from bookings.late import notices, rules
from bookings.late.models import MINUTES, Late, Side
from bookings.models import Consultation
from cases.case.actions import ask_to_do, drop_to_do, must, settle_to_dos
from cases.case.models import ToDo
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders.actions import unplan

TELL_LATE = "tell_late"  # a to-do: whoever has no email is told by phone that the call begins later


def say_late(call: Consultation, minutes: int, *, by: Actor) -> Late:
    """One of the two, or who acts for the patient, is late by so many minutes. The same again says nothing
    new while it stands.

    Raises Refused for anybody else, too early, and once the call is over or canceled.
    """
    now = clock.now()
    with transaction.atomic():
        call, side = _locked(call, now, by)
        if minutes not in MINUTES:
            raise Refused(_("Choose one of the minutes."), code="minutes")
        word = Late.objects.select_for_update().filter(call=call, side=side).first() or Late(call=call, side=side)
        is_same = not word._state.adding and (word.minutes, word.starts_at) == (minutes, call.starts_at)
        if is_same and rules.stands(word, call, now):
            return word
        word.version += not word._state.adding
        word.minutes, word.starts_at, word.said_at, word.said_by = minutes, call.starts_at, now, by.user
        word.save()
        _tell(word, call, now, by)
        record(by, "consultation.late", call, patient=call.patient_id, case=call.case_id)
    return word


def say_there(call: Consultation, *, by: Actor) -> None:
    """Here after all, or the call has begun: nobody waits any more. Twice, or with nothing said, changes nothing."""
    with transaction.atomic():
        call, side = _locked(call, clock.now(), by)
        word = Late.objects.select_for_update().filter(call=call, side=side).first()
        if word is None:
            return
        unplan(word)
        if side == Side.CONSULTANT:  # the patient is rung about her only
            settle_to_dos(call, TELL_LATE, by=by)
        word.delete()
        record(by, "consultation.there", call, patient=call.patient_id, case=call.case_id)


def over(call: Consultation, *, by: Actor) -> None:
    """The call moves, or is not to come any more: what was said of the old start goes. Whoever changes it locked it."""
    for word in Late.objects.filter(call=call):
        unplan(word)
        word.delete()
    settle_to_dos(call, TELL_LATE, by=by)


def end_over(now: datetime) -> int:
    """Nobody needs to ring about a call that has begun by now, or is over. Twice, or late, changes nothing."""
    ended = 0
    for todo in ToDo.objects.open().filter(kind=TELL_LATE):
        with transaction.atomic():
            call = Consultation.objects.select_for_update(of=("self",)).filter(pk=todo.about_id).first()
            word = Late.objects.filter(call=call, side=Side.CONSULTANT).first() if call else None
            if call is None or word is None or not rules.stands(word, call, now):
                drop_to_do(todo, by=SYSTEM)
                ended += 1
    return ended


def _locked(call: Consultation, now: datetime, by: Actor) -> tuple[Consultation, Side]:
    """The call under its lock, and for which side this person speaks."""
    parts = ("case__patient", "patient", "consultant")
    call = Consultation.objects.select_for_update(of=("self",)).select_related(*parts).get(pk=call.pk)
    side = Side.CONSULTANT if by.id == call.consultant_id else Side.PATIENT
    if side == Side.PATIENT:
        must("book", call.case, by)
    if reason := rules.why_not(call, now):
        raise Refused(reason, code="state")
    return call, side


def _tell(word: Late, call: Consultation, now: datetime, by: Actor) -> None:
    """The other side, by the channel that reminders use; whoever has no email is rung by one of us."""
    if word.side == Side.PATIENT:
        notices.tell(word, call.consultant, now)
    elif asked_notices.is_written_to(call.patient):
        notices.tell(word, call.patient, now)
    else:
        ask_to_do(TELL_LATE, call, case=call.case, due_on=clock.today(call.zone), by=by)
