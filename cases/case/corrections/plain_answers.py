"""How hard the answer to what is to be corrected is to read, said to the coordinator who types it."""

from uuid import UUID

from cases.case import plain
from cases.case.models import Case, Correction
from cases.case.people import COORDINATOR, role_in
from portal.accounts import drafts
from portal.accounts.models import User

DRAFT = "correction-answer"


def register() -> None:
    drafts.HINTS[DRAFT] = plain.while_typed("words", _by_correction)


def _by_correction(person: User, pk: UUID) -> Case | None:
    found = Correction.objects.visible_to(person).select_related("case__patient").filter(pk=pk).first()
    return found.case if found and role_in(found.case, person) == COORDINATOR else None
