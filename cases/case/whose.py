"""Whose page a helper is on: name, initials and a color of her own, so that two patients are never confused."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cases.case.models import Case
from portal.accounts.models import User

COLORS = 6


@dataclass(frozen=True)
class Whose:
    """The patient of a page, as someone sees it who is not the patient."""

    name: str
    first_name: str
    initials: str
    color: int  # 1 to COLORS
    is_one_of_several: bool  # the reader has other pages, too


def colors(patients: Iterable[UUID]) -> dict[UUID, int]:
    """A color for each: the same wherever and whenever, but for two of one color, where the later takes the next."""
    given: dict[UUID, int] = {}
    for patient in patients:
        wish = patient.int % COLORS
        near = [(wish + step) % COLORS + 1 for step in range(COLORS)]
        free = [color for color in near if color not in given.values()]
        given.setdefault(patient, (free or near)[0])
    return given


def colors_for(reader: User, cases: Iterable[Case]) -> dict[UUID, int]:
    """The colors of those whom this person helps, by patient. The cases come in the order of their opening."""
    return colors(case.patient_id for case in cases if case.patient_id != reader.pk)


def whose(case: Case, reader: User) -> Whose:
    """Whose page this is, to somebody who is not the patient. One query."""
    own = Case.objects.visible_to(reader).order_by("opened_at", "pk").only("pk", "patient_id")
    cases = [] if reader.role else list(own)
    patient = case.patient
    return Whose(
        name=patient.name,
        first_name=patient.first_name,
        initials=patient.initials,
        color=colors_for(reader, cases or [case])[patient.pk],
        is_one_of_several=len(cases) > 1,
    )
