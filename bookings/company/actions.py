"""Naming who is with the patient on a call, and ending it: by her, by them, or with the call."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import rules
from bookings.company import notices
from bookings.company.models import Agreed, Companion, Over
from bookings.models import Consultation, Practice
from bookings.parts import part_in
from cases.case import hands
from cases.case.actions import ask_to_do, drop_to_do, must, settle_to_dos
from cases.case.models import ToDo
from cases.case.people import COORDINATOR, role_in
from portal import clock, phones
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.lines import one_line

RING = "ring_companion"  # a to-do: who is with her on a call is told by phone


def name(
    call: Consultation, *, called: str, email: str = "", phone: Any = "", how: str = Agreed.PAGE, by: Actor
) -> Companion:
    """The patient names who will be with her; a coordinator says `how` she said so. The same again changes nothing.

    Raises Refused for anybody else, for a call that is over, for her own address, and while another is named.
    """
    now, called, email, phone = clock.now(), one_line(called), email.strip().lower(), str(phone or "")
    must("bring_somebody", call.case, by)
    if role_in(call.case, by) == COORDINATOR:
        hands.check_said(how, by=by)
    else:
        how = Agreed.PAGE
    with transaction.atomic():
        call = _locked(call)
        rules.check("need", call, part_in(call.case, by), now)
        if not called:
            raise Refused(_("Enter their name."), code="called")
        if email and email == (call.patient.email or "").lower():
            raise Refused(_("This is the patient’s own address. Enter theirs, or leave it empty."), code="email")
        standing = Companion.objects.of(call)
        if standing and (standing.name, standing.email, str(standing.phone)) == (called, email, phone):
            return standing
        if standing:
            raise Refused(_("Somebody is named already. Take them off first."), code="called")
        companion = Companion.objects.create(
            call=call, name=called, email=email, phone=phone, agreed_how=how, named_at=now, named_by=by.user
        )
        _tell(companion, now, by)
        _record(by, "companion.named", companion, why=f"heard_{how}")
    return companion


def remove(companion: Companion, *, by: Actor) -> Companion:
    """She would rather not, or somebody else comes: their link opens nothing any more. Twice is once."""
    must("bring_somebody", companion.call.case, by)
    with transaction.atomic():
        companion = _fresh(companion)
        if companion.ended_at is None:
            _end(companion, Over.REMOVED, by)
    return companion


def decline(companion: Companion, *, by: Actor) -> Companion:
    """They cannot be there, by their link: the patient hears of it. Twice is once. Raises Refused when it is over."""
    now = clock.now()
    with transaction.atomic():
        companion = _fresh(companion)
        if companion.ended_as == Over.DECLINED:
            return companion
        if not is_open(companion, now):
            raise Refused(_("This link no longer works."), code="state")
        _end(companion, Over.DECLINED, by)
        notices.cannot(companion, now)
    return companion


def is_open(companion: Companion, now: datetime) -> bool:
    """Whether their page shows the call."""
    call = companion.call
    is_over = call.ends_at + rules.OPENS_BEFORE <= now
    return companion.ended_at is None and call.is_booked and not is_over and call.case.state != "closed"


def is_called_off(companion: Companion, now: datetime) -> bool:
    """Whether the call was canceled some days ago: an entry of it may be taken away still. Nobody else's is shown."""
    ended_at = companion.ended_at
    return companion.ended_as == Over.CANCELLED and ended_at is not None and now - ended_at < notices.NEWS_FOR


def moved(call: Consultation, now: datetime, by: Actor) -> None:
    """The call has another time: so has their entry. Whoever moves it locked it, and may have looked for them."""
    if not getattr(call, "has_company", True):
        return
    for companion in Companion.objects.select_for_update(of=("self",)).open().filter(call=call):
        companion.call = call
        companion.version += 1
        companion.save(update_fields=["version"])
        _tell(companion, now, by)


def cancelled(call: Consultation, by: Actor) -> None:
    """The call is off, and their entry with it. Whoever cancels it locked it, and may have looked for them."""
    if not getattr(call, "has_company", True):
        return
    for companion in Companion.objects.select_for_update(of=("self",)).open().filter(call=call):
        companion.call = call
        _end(companion, Over.CANCELLED, by)


def end_over(now: datetime) -> int:
    """Nobody needs to be rung about a call that is over. Twice, or late, changes nothing."""
    ended = 0
    for todo in ToDo.objects.open().filter(kind=RING):
        with transaction.atomic():
            found = Companion.objects.filter(pk=todo.about_id).select_related("call__consultant").first()
            if found is None or _locked(found.call).ends_at <= now:
                drop_to_do(todo, by=SYSTEM)
                ended += 1
    return ended


def _end(companion: Companion, how: Over, by: Actor) -> None:
    now = clock.now()
    companion.ended_at, companion.ended_as = max(now, companion.named_at), how  # the clock may have been set back
    companion.version += 1
    companion.save(update_fields=["ended_at", "ended_as", "version"])
    if how == Over.DECLINED:
        settle_to_dos(companion, RING, by=by)
    _tell(companion, now, by)
    _record(by, "companion.ended", companion, why=f"companion_{how}")


def _tell(companion: Companion, now: datetime, by: Actor) -> None:
    """By mail; by text, where texts can go; else one of us rings. A name alone is told by the patient herself, and when
    she has died nobody is written to.
    """
    if companion.call.patient.death_known_at is not None:
        return
    notices.tell(companion, now)
    if notices.is_written_to(companion) or not companion.phone or companion.ended_as == Over.DECLINED:
        return
    note = f"{companion.name}, {phones.shown(str(companion.phone))}"
    today = clock.today(companion.call.zone)
    ask_to_do(RING, companion, case=companion.call.case, due_on=today, note=note, newest_counts=True, by=by)


def _record(by: Actor, verb: str, companion: Companion, why: str) -> None:
    record(by, verb, companion, patient=companion.call.patient_id, case=companion.call.case_id, why=why)


def _locked(call: Consultation) -> Consultation:
    """The call behind its consultant's lock, as where it moves or is canceled: nobody is named meanwhile."""
    Practice.objects.select_for_update(no_key=True).get(pk=call.consultant_id)
    together = ("case__patient", "case__key", "patient", "consultant", "service")
    return Consultation.objects.select_for_update(of=("self",)).select_related(*together).get(pk=call.pk)


def _fresh(companion: Companion) -> Companion:
    """The row as it is now, behind the call's lock."""
    call = _locked(companion.call)
    found = Companion.objects.select_for_update(of=("self",)).get(pk=companion.pk)
    found.call = call
    return found
