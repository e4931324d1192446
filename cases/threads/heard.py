"""What a patient who signs in nowhere has been given of her thread: read out on the phone, or posted."""

import datetime as dt
from collections.abc import Set

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case
from cases.threads import answering, telling
from cases.threads.models import Message, ReadMark, Thread
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def waiting(case: Case) -> QuerySet[Message]:
    """What others wrote to her since she was last given something, the oldest first."""
    mark = ReadMark.objects.filter(case=case, person=case.patient_id).values_list("upto", flat=True).first()
    others = Message.objects.shared().filter(case=case, number__gt=mark or 0).exclude(author=case.patient_id)
    return others.select_related("author").order_by("number")


@transaction.atomic
def read_out(case: Case, *, upto: int, by: Actor) -> None:
    """The messages up to this number were read out to her on the phone. Twice is once.

    Raises Refused where something came that the page had not shown.
    """
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    answering.lock(case)
    if waiting(case).filter(number__gt=upto).exists():
        raise Refused(_("There is a newer message. Read it out as well."), code="state")
    _given(case, upto, "message.read_out", by)


@transaction.atomic
def posted(case: Case, *, until: dt.datetime, by: Actor) -> None:
    """What had been written until then stands on pages that went to the post."""
    answering.lock(case)
    printed = waiting(case).filter(sent_at__lte=until).aggregate(upto=Max("number"))
    _given(case, printed["upto"] or 0, "message.posted", by)


def _given(case: Case, upto: int, verb: str, by: Actor) -> None:
    if waiting(case).filter(number__lte=upto).exists():
        now = clock.now()
        found = {"case": case, "person": case.patient}
        mark, _is_new = ReadMark.objects.get_or_create(**found, defaults={"read_at": now})
        mark.upto, mark.read_at = max(mark.upto, upto), now
        mark.save(update_fields=["upto", "read_at"])
        record(hands.done_for(case, by), verb, case, patient=case.patient_id, case=case.pk)
    settle_if_heard(case, by=by)


def settle_if_heard(case: Case, *, by: Actor) -> None:
    """Nothing waits to be brought to her any more."""
    if not waiting(case).exists():
        hands.was_read(hands.READ_MESSAGE, case, by=by)


def way_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """She has an address now: what nobody read out waits on her page, and she is told. Or she has none any more."""
    if "can_sign_in" not in changed:
        return
    for case in hands.open_cases(person):
        newest = waiting(case).aggregate(newest=Max("number"))["newest"]
        thread = Thread.objects.filter(case=case).first()
        if thread is None:
            continue
        if person.can_sign_in:
            hands.was_read(hands.READ_MESSAGE, case, by=by)
            if newest:
                telling.tell_patient(thread, case, version=newest)
        else:
            telling.untell_patient(thread, case)
            if newest:
                hands.ask_to_read(hands.READ_MESSAGE, case, by=by)
