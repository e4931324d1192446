"""Letters about a visit as a whole: to which office each goes, while what is open, and the files that go with it."""

from cases.case import offices
from cases.case.models import CaseClinician, Office
from cases.desk.letters.states import REFERRALS, LetterKind
from cases.documents.models import Version
from cases.records.models import Referral, ReportLoop, Visit
from cases.records.planning import is_asked_for
from cases.records.referral import letters as referral_letters
from cases.records.release import keeping
from cases.records.report import passing
from cases.records.rules import REPORT_MOVES
from cases.records.states import ReportState, VisitState

REPORT_OPEN = {
    LetterKind.REPORT: frozenset({ReportState.NOT_ASKED, ReportState.ASKED}),
    LetterKind.PASS_ON: REPORT_MOVES["passed_on"].sources,
}


def office_of(kind: str, visit: Visit) -> Office | None:
    """Who gets the letter. Select the visit's office."""
    if kind in REFERRALS:
        doctor = referral_letters.addressee(kind, referral_letters.doctors_of(visit.case))
        return doctor.office if doctor else None
    if kind == LetterKind.PASS_ON:
        primary = offices.doctor(visit.case, CaseClinician.Role.PRIMARY)
        return primary.clinician.office if primary else None
    return visit.office


def is_open(kind: str, visit: Visit) -> bool:
    """Whether there is still something to say with it. What a cover lies beside is looked at by itself."""
    if kind in REFERRALS:
        referral = referral_of(visit)
        return referral is not None and is_asked_for(referral)
    if kind in REPORT_OPEN:
        loop = loop_of(visit)
        return loop is not None and visit.state == VisitState.HAPPENED and loop.state in REPORT_OPEN[LetterKind(kind)]
    return True


def why_not(kind: str, visit: Visit) -> str:
    """What is missing for it besides that we may ask; empty where nothing is."""
    loop = loop_of(visit) if kind == LetterKind.PASS_ON else None
    return passing.why_not(loop) if loop else ""


def report_files(visit: Visit) -> list[Version]:
    """The report as it is with us, while it may be passed on."""
    loop = loop_of(visit)
    return passing.versions_here(loop) if loop and keeping.may_ask(visit.case) else []


def loop_of(visit: Visit) -> ReportLoop | None:
    return ReportLoop.objects.select_related("visit__case__patient", "visit__case__key").filter(visit=visit).first()


def referral_of(visit: Visit) -> Referral | None:
    return Referral.objects.select_related("visit__case__key").filter(visit=visit).first()
