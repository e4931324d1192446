"""How hard a note to the patient is to read, while one of us types it: canceling a call, asking for another time."""

from uuid import UUID

from bookings.models import Consultation
from cases.case import plain
from cases.case.models import Case
from cases.case.people import CONSULTANT, COORDINATOR, role_in
from portal.accounts import drafts
from portal.accounts.models import User

CANCELING, ASKING = "cancel-call", "ask-to-move"  # forms that keep what is typed


def register() -> None:
    for form in (CANCELING, ASKING):
        drafts.HINTS[form] = plain.while_typed("note", _by_call)


def _by_call(person: User, pk: UUID) -> Case | None:
    call = Consultation.objects.visible_to(person).select_related("case__patient").filter(pk=pk).first()
    return call.case if call and role_in(call.case, person) in (CONSULTANT, COORDINATOR) else None
