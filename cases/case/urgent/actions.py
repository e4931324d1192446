"""What changes an urgent look: beginning it with a reason, and every way it ends."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case.models import Case, UrgentLook
from cases.case.people import CONSULTANT, HELPER, PATIENT, SECOND, role_in
from cases.case.urgent import notices, rules
from cases.case.urgent.rules import UrgentEnded
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record

INSIDE = {PATIENT, HELPER, CONSULTANT, SECOND}


def case_named(reference: str) -> Case | None:
    """The case of a reference, however it was typed: "rs4t729k", "RS 4T7 29K"."""
    letters = "".join(sign for sign in reference.upper() if sign.isalnum()).removeprefix("RS")
    return Case.objects.filter(reference=f"RS {letters[:3]} {letters[3:]}").first()


@transaction.atomic
def begin(case: Case, why: str, *, by: Actor) -> UrgentLook:
    """A consultant who has no part in the case reads it for an hour. The patient and the administrators are told.

    Asked for twice it is one look, with its first reason and end. Raises Refused for others, and without a reason.
    """
    if by.user is None or not by.user.is_our_consultant:
        raise Refused(_("Only a consultant can do this."), code="role")
    if reason := rules.why_not_reason(why.strip()):
        raise Refused(reason, code="why")
    case = _locked(case)
    now = clock.now()
    is_in_case = role_in(case, by) in INSIDE or case.starter_id == by.id
    if reason := rules.why_not_look(is_closed=case.state == Case.State.CLOSED, is_in_case=is_in_case):
        raise Refused(reason, code="reference")
    open_ones = UrgentLook.objects.open().filter(case=case, reader=by.user)
    for passed in open_ones.filter(over_at__lte=now).select_related("reader"):
        passed.case = case
        _end(passed, UrgentEnded.TIME, SYSTEM)
    if found := open_ones.first():
        return found
    look = UrgentLook(case=case, reader=by.user, begun_at=now, over_at=now + rules.LASTS)
    look.why = why.strip()
    try:
        with transaction.atomic():
            look.save(force_insert=True)
    except IntegrityError:  # the other press of a double click
        return open_ones.get()
    _tell(by, "urgent.begun", look, "urgent")
    notices.begun(look)
    return look


@transaction.atomic
def end(look: UrgentLook, *, by: Actor) -> UrgentLook:
    """Its consultant, the patient or an administrator ends it, at once. Ended twice it is ended once."""
    look = _fresh(look)
    why = _part(look, by)
    if not why:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    return look if look.ended_at else _end(look, why, by)


def note_look(look: UrgentLook, *, by: Actor) -> None:
    """Each time the page of the case was opened."""
    _tell(by, "urgent.looked", look, "urgent")


def note_miss(*, by: Actor) -> None:
    """Somebody asked for a case that is not there: on record, for those who watch over guessing."""
    if by.user is not None:
        record(by, "urgent.not_found", by.user)


def end_all(case: Case, why: str = UrgentEnded.CLOSED, *, by: Actor) -> None:
    """The case is closed: nobody looks any more."""
    for look in UrgentLook.objects.open().filter(case=case).select_for_update(of=("self",)).select_related("reader"):
        look.case = case
        _end(look, why, by)


def reader_left(reader: User, *, by: Actor) -> None:
    """The consultant works here no more, or as something else."""
    for look in UrgentLook.objects.open().filter(reader=reader).select_for_update(of=("self",)).select_related("case"):
        _end(look, UrgentEnded.LEFT, by)


def end_passed(now: dt.datetime) -> int:
    """Write down what ended by its hour, each by itself; it has opened nothing since. How many."""
    passed = UrgentLook.objects.open().filter(over_at__lte=now).select_related("case")
    return sum(_expire(look, now) for look in passed.order_by("over_at", "pk"))


@transaction.atomic
def _expire(look: UrgentLook, now: dt.datetime) -> bool:
    look = _fresh(look)
    if look.ended_at or look.over_at > now:
        return False
    _end(look, UrgentEnded.TIME, SYSTEM)
    return True


def _part(look: UrgentLook, by: Actor) -> str:
    """How this person may end it; "" for everybody else."""
    if by.user is None:
        return ""
    if by.id == look.case.patient_id:
        return UrgentEnded.PATIENT
    if by.id == look.reader_id:
        return UrgentEnded.READER
    return UrgentEnded.ADMIN if by.user.role == User.Role.ADMINISTRATOR else ""


def _end(look: UrgentLook, why: str, by: Actor) -> UrgentLook:
    look.ended_at, look.ended_by, look.ended_why = clock.now(), by.user, why
    look.save(update_fields=["ended_at", "ended_by", "ended_why"])
    _tell(by, "urgent.ended", look, f"urgent_{why}")
    return look


def _fresh(look: UrgentLook) -> UrgentLook:
    """The case before its row, the order in which a case is closed."""
    case = _locked(look.case)
    found = UrgentLook.objects.select_for_update(of=("self",)).select_related("reader").get(pk=look.pk)
    found.case = case
    return found


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=case.pk)


def _tell(by: Actor, verb: str, look: UrgentLook, why: str) -> None:
    record(by, verb, look, patient=look.case.patient_id, case=look.case_id, why=why)
