"""Erasing a case because its patient asked, once the time to take it back is over."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from cases.case.erasure import notices, outside
from cases.case.models import Case, ErasureWish, Farewell
from cases.documents.erasing import erase_case
from cases.documents.joining import actions as joining
from portal import clock
from portal.accounts.models import Draft
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.reminders.models import Delivery, RecipientType, Reminder


def due(now: dt.datetime) -> QuerySet[ErasureWish]:
    """Of closed cases: one that is open again is nobody's wish any more, nor one that was taken back after an archive
    was made that knows it as open. Raises OSError where the list of these cannot be read.
    """
    return ErasureWish.objects.due(now).filter(case__state=Case.State.CLOSED).exclude(pk__in=outside.taken_back())


def erase_due(now: dt.datetime) -> int:
    """Each in a transaction of its own, so that a stop in between loses nothing; how many."""
    return sum(_erase(pk, now) for pk in list(due(now).values_list("pk", flat=True)))


@transaction.atomic
def _erase(pk: object, now: dt.datetime) -> bool:
    found = due(now).filter(pk=pk).values_list("case", flat=True).first()
    if found is None:  # taken back, or done by another run, since
        return False
    joining.hold_papers(found)  # before any row is locked: whoever adds a file holds this and asks for the case
    case = Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=found)
    wish = due(now).select_for_update(of=("self",)).filter(pk=pk).first()
    if wish is None:
        return False
    erase_case(case, by=SYSTEM)
    forget_outside(case)
    wish.done_at, wish.case = now, case
    wish.save(update_fields=["done_at"])
    record(SYSTEM, "erasure.done", wish, patient=case.patient_id, case=case.pk)
    notices.done(wish)
    return True


def forget_outside(case: Case) -> None:
    """What the house's key seals: what was typed about it and never sent, and the words of messages that went out."""
    Draft.objects.filter(Q(about=str(case.pk)) | Q(person=case.patient_id)).delete()
    to_patient = Q(recipient_type=RecipientType.USER, recipient_id=str(case.patient_id))
    of_case = Q(case_id=case.pk) | Q(pk__in=Reminder.objects.filter(case_id=case.pk).values("delivery"))
    is_over = Q(sent_at__isnull=False) | Q(failed_at__isnull=False) | Q(withdrawn_at__isnull=False)
    gone = Delivery.objects.filter(of_case | to_patient, is_over).exclude(body=b"")
    gone.update(body=b"", subject="")
    said = Farewell.objects.filter(person=case.patient_id, why_forgotten_at=None)
    said.update(why=b"", why_forgotten_at=clock.now())
