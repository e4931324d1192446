"""How hard words for the patient are to read, said to the one of us who writes them, and to nobody else."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cases.case.models import Case
from cases.case.people import may
from portal.accounts.models import User
from portal.reading_grade import AIM, grade, hint


def to_patient(case: Case, words: str, by: User) -> str:
    """A sentence for one of the team who writes to her, or ""."""
    if not by.role or by.pk == case.patient_id:
        return ""
    return hint(words, case.patient.language)


def too_hard(case: Case, words: str, by: User) -> str:
    """The same for words that are sent, where they are harder than they should be."""
    said = to_patient(case, words, by)
    return said if said and (grade(words, case.patient.language) or 0) > AIM else ""


def while_typed(
    field: str, case_of: Callable[[User, UUID], Case | None]
) -> Callable[[User, str, Mapping[str, Any]], str]:
    """The same of what stands in this field of a draft. `case_of` finds the case by the id that the address of the
    draft says, which may be any, for a person who may write there.
    """

    def of_draft(person: User, about: str, fields: Mapping[str, Any]) -> str:
        if not person.role:
            return ""
        try:
            pk = UUID(about)
        except ValueError:
            return ""
        case = case_of(person, pk)
        words = fields.get(field, "")
        return to_patient(case, words, person) if case is not None and isinstance(words, str) else ""

    return of_draft


def cases_to(verb: str) -> Callable[[User, UUID], Case | None]:
    """Finds a case by its id for whoever may do this in it."""

    def case_of(person: User, pk: UUID) -> Case | None:
        case = Case.objects.visible_to(person).select_related("patient").filter(pk=pk).first()
        return case if case is not None and may(verb, case, person) else None

    return case_of
