"""How hard a message to the patient is to read, said to the one of us who writes it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

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


def of_draft(person: User, about: str, fields: Mapping[str, Any]) -> str:
    """The same while it is being typed; `about` is what the address of the draft says, of whatever case."""
    if not person.role:
        return ""
    try:
        case = Case.objects.visible_to(person).select_related("patient").filter(pk=UUID(about)).first()
    except (ValueError, ValidationError):
        return ""
    if case is None or not may("note_messages", case, person):
        return ""
    return to_patient(case, str(fields.get("text", "")), person)
