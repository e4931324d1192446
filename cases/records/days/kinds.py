"""The kinds of record as they stand at the start: data that administrators edit later, each with its source.

Names and words are marked for translation here; the rows hold the English, and
`gettext(row.name)` shows the reader's.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.records.days.lead_times import Lead
from cases.records.states import Need

CHART_TIMES = _(
    "How long charts take: 71 of 83 large US hospitals named a time; about 54 % said 10 days or fewer, "
    "90 % said 20 or fewer (PMC6324595). A vendor's figures from Canada: 65 % delivered by day 30."
)
OPENING_DISCS = _("In two studies, 13 to 22 % of discs from outside did not open.")
HOUSE_RULE = _("Our own working figure. Tell us when an office is faster or slower.")


@dataclass(frozen=True)
class Kind:
    code: str
    name: str
    what: str
    holder: str
    travels: str
    lead: Lead
    is_core: bool = False
    need: str = ""
    is_laid_at_start: bool = False
    is_lent: bool = False  # tracked and due back, never kept by us
    # The code of the kind that this one stands in for: a disc instead of an electronic exchange.
    instead_of: str = ""
    source: str = CHART_TIMES


DEFAULT_KINDS = (
    Kind(
        code="pathology_report",
        name=_("Pathology report"),
        what=_("The lab's report on the tissue: diagnosis, grade, margins, receptors."),
        holder=_("Records desk"),
        travels=_("From the patient portal or the records desk, as a PDF."),
        lead=Lead(2, 10),
        is_core=True,
        is_laid_at_start=True,
    ),
    Kind(
        code="imaging_reports",
        name=_("Scan reports"),
        what=_("The radiologist's words about each scan."),
        holder=_("Radiology"),
        travels=_("From the patient portal or radiology, as a PDF."),
        lead=Lead(2, 5),
        is_core=True,
        is_laid_at_start=True,
    ),
    Kind(
        code="treatment_plan",
        name=_("Treatment plan"),
        what=_("What your doctor proposes: drugs, surgery, schedule, and the start."),
        holder=_("Your doctor"),
        travels=_("You add it here, and it goes through us."),
        lead=Lead(2, 7),
        is_core=True,
        need=Need.PLAN,
        is_laid_at_start=True,
        source=HOUSE_RULE,
    ),
    Kind(
        code="referral_letter",
        name=_("Referral letter"),
        what=_("The reason for the visit and the questions to the second doctor."),
        holder=_("Primary doctor or specialist"),
        travels=_("Straight from the doctor who refers you."),
        lead=Lead(5, 10),
        is_core=True,
        is_laid_at_start=True,
        source=HOUSE_RULE,
    ),
    Kind(
        code="slides",
        name=_("Tissue slides"),
        what=_("Stained slides, fresh cuts or blocks of tissue, with the report. Some labs never send blocks."),
        holder=_("Pathology lab"),
        travels=_("By courier, with a form that you sign. They are lent and go back."),
        lead=Lead(10, 15, 3),
        need=Need.SIGNATURE,
        is_laid_at_start=True,
        is_lent=True,
    ),
    Kind(
        code="imaging_exchange",
        name=_("Scan images"),
        what=_("The CT, MRI, PET or mammogram pictures themselves, not photos of a screen."),
        holder=_("Radiology"),
        travels=_("From hospital to hospital, electronically."),
        lead=Lead(2, 5, 3),
        is_laid_at_start=True,
    ),
    Kind(
        code="imaging_disc",
        name=_("Scan images on a disc"),
        what=_("The CT, MRI, PET or mammogram pictures on a disc, where hospitals cannot exchange them."),
        holder=_("Radiology"),
        travels=_("On a disc, by courier or in your bag."),
        lead=Lead(5, 10, 3),
        is_lent=True,
        instead_of="imaging_exchange",
        source=OPENING_DISCS,
    ),
    Kind(
        code="clinic_notes",
        name=_("Clinic and hospital notes"),
        what=_("Operation notes, discharge summary, letters and clinic notes."),
        holder=_("Hospital records desk"),
        travels=_("From the records desk, by fax or as a PDF."),
        lead=Lead(10, 20),
        is_laid_at_start=True,
    ),
    Kind(
        code="lab_results",
        name=_("Lab results"),
        what=_("Blood tests and tumor markers, with earlier values."),
        holder=_("Records desk"),
        travels=_("From the patient portal or the records desk."),
        lead=Lead(2, 10),
    ),
    Kind(
        code="genomic_report",
        name=_("Gene or marker report"),
        what=_("The full report of gene and marker tests (NGS, IHC, FISH) that is already there."),
        holder=_("Lab or oncologist"),
        travels=_("From the lab or your oncologist, as a PDF."),
        lead=Lead(3, 7),
    ),
    Kind(
        code="genomic_running",
        name=_("Gene or marker test, still running"),
        what=_("A gene or marker test whose result is not out yet."),
        holder=_("Lab or oncologist"),
        travels=_("From the lab or your oncologist, once it is out."),
        lead=Lead(10, 15),
        instead_of="genomic_report",
    ),
    Kind(
        code="systemic_summary",
        name=_("Summary of drug treatment"),
        what=_("Which drugs, which doses, which dates."),
        holder=_("Oncology office"),
        travels=_("From the oncology office."),
        lead=Lead(5, 10),
    ),
    Kind(
        code="radiation_summary",
        name=_("Summary of radiation"),
        what=_("Dose, fields and plan of radiation treatment."),
        holder=_("Radiation department"),
        travels=_("From the radiation department."),
        lead=Lead(7, 15),
    ),
    Kind(
        code="medications",
        name=_("Your medicines and allergies"),
        what=_("Your own list of medicines, allergies and conditions."),
        holder=_("You"),
        travels=_("You write it and take it along."),
        lead=Lead(0, 2),
        source=HOUSE_RULE,
    ),
)
