"""A second doctor's report of the demo: here as a file, and the patient has signed that we may pass it on."""

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.case.authority_actions import sign_authority
from cases.case.models import Case, CaseClinician
from cases.case.offices import doctor
from cases.case.signatures import Signature, SignedHow
from cases.desk.letters import actions as letters
from cases.desk.links.actions import link_for
from cases.documents import actions as documents
from cases.records.models import Visit
from cases.records.report.passing import SECOND_REPORT
from portal import clock
from portal.actors import Actor
from portal.pages.demo.plan_files import make_plan_pdf
from portal.texts.models import Text
from portal.texts.words import text

PARAGRAPHS = (
    "Thank you for sending this patient, whom I saw today for a second opinion.",
    "I went over the pathology and the pictures. I agree with the diagnosis.",
    "Both ways that were offered are open. The choice hangs on how each weighs the side effects.",
)


def write_cover(visit: Visit, theo: Actor) -> None:
    """The page to go with it, by post or fax: made, and not out yet."""
    if letters.request_of("pass_on", visit, clock.now()):
        letters.make("pass_on", visit, by=theo)


def arrives(case: Case, visit: Visit, theo: Actor) -> None:
    """The patient brings the report; the primary doctor's office has a page on which it can take it."""
    by = Actor.person(case.patient)
    name = Signature(SignedHow.TYPED, case.patient.name)
    sign_authority(case, name, version=text(Text.Kind.AUTHORITY).version, by=by)
    content = make_plan_pdf("Second opinion", PARAGRAPHS, patient=case.patient.name)
    documents.add_file(case, SimpleUploadedFile("report.pdf", content), kind=SECOND_REPORT, by=by)
    primary = doctor(case, CaseClinician.Role.PRIMARY)
    if primary and primary.clinician.office:
        link_for(visit, primary.clinician.office, by=theo)
