"""Asking that a case be erased, and taking it back: what is said on the page is done here."""

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case.erasure import notices, outside
from cases.case.erasure.models import ErasureWish
from cases.case.erasure.rules import WAITS
from cases.case.models import Case
from cases.case.people import may_erase
from portal import clock
from portal.accounts.way_back import rules
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import closing_actions as closing


@transaction.atomic
def ask(case: Case, *, by: Actor) -> ErasureWish:
    """Close the case at once, with its calls, offices' pages, help and reminders; its words go when the time is over.

    Asked twice it is asked once. Raises Refused for others, when it is erased already, and while a call goes on.
    """
    case = closing.locked(case)
    _must(case, by)
    if case.key.destroyed_at:
        raise Refused(_("This page is erased already."), code="erased")
    if found := ErasureWish.objects.open().filter(case=case).first():
        return found
    now = clock.now()
    if case.state != Case.State.CLOSED:
        if Consultation.objects.upcoming(now).filter(case=case, starts_at__lte=now).exists():
            raise Refused(_("Your call goes on just now. Ask again when it is over."), code="call")
        closing.close_at_once(case, closing.Why.ASKED, is_told=True, by=by)
    assert by.user is not None  # the rule lets people alone ask
    wish = ErasureWish.objects.create(case=case, asked_at=now, asked_by=by.user, due_at=now + WAITS)
    record(by, "erasure.asked", wish, patient=case.patient_id, case=case.pk)
    notices.asked(wish)
    transaction.on_commit(outside.keep, robust=True)  # each night does it where that fails
    return wish


@transaction.atomic
def take_back(case: Case, *, by: Actor) -> Case:
    """It is not erased, and opens again; what ended stays ended. Raises Refused when it is too late."""
    case = closing.locked(case)
    _must(case, by)
    if case.key.destroyed_at:
        raise Refused(_("It is too late: this page is erased."), code="erased")
    return closing.reopen_case(case, by=by)


def _must(case: Case, by: Actor) -> None:
    if not may_erase(case, by):
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    patient = case.patient
    if by.id != patient.pk and rules.is_address_new(patient.address_put_right_at, clock.now()):
        raise Refused(_("Their address was taken away less than 7 days ago. Wait until then."), code="address")
