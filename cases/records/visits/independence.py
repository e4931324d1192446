"""Whether a doctor works with one who was heard before: worth a gentle line, never a bar."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cases.case.models import CaseClinician, Clinician
from cases.records.actions import DOCTOR_OF_ROUND
from cases.records.visits.rounds import Round


def shares_office(doctors: Mapping[str, Clinician], about: Round) -> str:
    """The line for this round's doctor, where one heard before is at the same office; else empty."""
    this, heard = doctors.get(DOCTOR_OF_ROUND[about.number]), [CaseClinician.Role.FIRST]
    if about.is_third:
        heard.append(CaseClinician.Role.SECOND)
    for before in (doctors.get(each) for each in heard):
        if this and this.office and before and this.office_id == before.office_id:
            return _(
                "%(second)s works at %(office)s like %(first)s. You may want someone who doesn’t work with them. "
                "It’s your choice."
            ) % {"second": this.name, "office": this.office.name, "first": before.name}
    return ""
