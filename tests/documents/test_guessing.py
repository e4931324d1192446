"""What a file is, from whom, of which day: guessed by rules, from names and words made for it."""

import datetime as dt

import pytest

from cases.documents.describing import guessing

TODAY = dt.date(2026, 11, 25)
BORN = dt.date(1961, 3, 4)

PATHOLOGY = """Lakeside Laboratory
SURGICAL PATHOLOGY REPORT
Patient: Rosa Delgado  DOB: 03/04/1961
Collected: 10/28/2026  Received: 10/29/2026
Reported: 11/02/2026
GROSS DESCRIPTION
Specimen A: left breast, margins inked."""
RADIOLOGY = """Northfield Medical Center
Examination: CT chest with contrast
Findings: No nodule.
Impression: Stable."""
LABS = """Laboratory results
Hemoglobin 12.1  Reference range 11.5 - 15
Platelets 210
Creatinine 0.8"""
PLAN = """Lakeside Cancer Clinic
Treatment plan
We recommend surgery. Side effects are listed below."""
REFERRAL = """Dear Dr. Raman,
Thank you for seeing Rosa Delgado. I am referring her for a second opinion.
Letter of referral"""


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("scan001.pdf", PATHOLOGY, "pathology_report"),
        ("scan002.pdf", RADIOLOGY, "imaging_reports"),
        ("scan003.pdf", LABS, "lab_results"),
        ("scan004.pdf", PLAN, "plan"),
        ("scan005.pdf", REFERRAL, "referral_letter"),
        ("Discharge_summary.pdf", "", "clinic_notes"),
        ("operative-note.pdf", "Anesthesia: general", "clinic_notes"),
        ("foundationone.pdf", "Variants found: 3", "genomic_report"),
        ("a.pdf", "Chemotherapy summary\nCycle 4 of 6", "systemic_summary"),
        ("b.pdf", "Radiation treatment summary\n25 fractions, 50 Gy", "radiation_summary"),
        ("Medication list.docx", "Tamoxifen 20 mg daily by mouth", "medications"),
        ("Treatment plan, Dr. Keller.pdf", "", "plan"),
    ],
)
def test_kind_is_told_by_title_and_words(name, text, kind):
    assert guessing.kind(name, text) == kind


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("IMG_2291.jpg", ""),
        ("letter.pdf", "Dear Rosa, it was good to meet you. We spoke of your biopsy and your margins."),
        ("treatment plan and pathology report.pdf", ""),  # both alike
        ("explanation.pdf", "A replan of the kitchen"),
    ],
)
def test_what_is_not_told_is_not_guessed(name, text):
    assert guessing.kind(name, text) == ""


def test_pictures_of_a_scan_are_that_whatever_their_name():
    assert guessing.kind("treatment plan.dcm", "", "dicom") == "imaging_exchange"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (PATHOLOGY, "2026-11-02"),
        ("Date of service: 10/28/2026", "2026-10-28"),
        ("Collected: 10/28/2026\nNext visit: 11/20/2026", "2026-10-28"),
        ("Lakeside Cancer Clinic\nNovember 3, 2026\nDear Rosa", "2026-11-03"),
        ("Lakeside\n3 November 2026\nDear Rosa", "2026-11-03"),
        ("Dated 2026-11-03", "2026-11-03"),
        ("DOB: 03/04/1961 Date: 11/03/2026", "2026-11-03"),
        ("Date: Nov. 3rd, 2026", "2026-11-03"),
        ("Report date\n11/03/26", "2026-11-03"),
        ("Visit 25/10/2026. Reported 03/11/2026", "2026-11-03"),  # days first, as the 25 shows
        ("In this long line of a letter the day November 3, 2026 stands once.", "2026-11-03"),
    ],
)
def test_day_is_the_one_on_which_it_was_written(text, day):
    assert guessing.written_on(text, today=TODAY, born=BORN) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Date of birth: 11/03/2020",
        "DOB 3/4/1961",
        "Rosa Delgado\n03/04/1961",  # her birthday, without a word
        "Born\nMarch 9, 1958",
        "Date: 12/15/2026",  # still to come
        "Surgery is held for November 20, 2026",
        "Printed: 11/24/2026",
        "Date: 02/30/2026",
        "Call 555-0134-2210 or 10/10",
        "Date: 11/03/1931",
        "We met on November 3, 2026 and spoke at length, and then again on November 9, 2026 in my office.",
    ],
)
def test_birthdays_days_to_come_and_doubtful_ones_are_no_day_of_a_paper(text):
    assert guessing.written_on(text, today=TODAY, born=BORN) is None


DOCTORS = ["Dr. Keller", "Ana Maria Abara, MD", "Dr. Sunil Raman"]
OFFICES = ["Lakeside Cancer Clinic", "Northfield Medical Center"]


@pytest.mark.parametrize(
    ("name", "text", "author"),
    [
        ("a.pdf", "Dear Dr. Raman,\nThank you.\nSincerely,\nDr. Maria Keller", "Dr. Keller"),
        ("a.pdf", "To: Dr. Keller\ncc: Dr. Raman\nElectronically signed by Ana Maria Abara", "Ana Maria Abara, MD"),
        ("a.pdf", "Reported by: KELLER, MD", "Dr. Keller"),
        ("Treatment plan, Dr. Keller.pdf", "", "Dr. Keller"),
        ("a.pdf", "Lakeside Cancer Clinic\nDear patient", "Lakeside Cancer Clinic"),
        ("a.pdf", "Dear Dr. Raman,\nthank you for seeing her.", ""),
        ("a.pdf", "Dr. Keller and Dr. Raman spoke.", ""),
        ("a.pdf", "The Keller method was used.", ""),
        ("a.pdf", "", ""),
    ],
)
def test_author_is_one_of_the_cases_own_who_signs(name, text, author):
    assert guessing.author(name, text, DOCTORS, OFFICES) == author


@pytest.mark.parametrize("doctor", ["", "Dr.", "(.*)", "Dr. [a-z", "M.D."])
def test_odd_names_of_doctors_harm_nothing(doctor):
    assert guessing.author("a.pdf", "Signed by somebody", [doctor], [""]) == ""


def test_hostile_text_takes_no_time_that_matters():
    """Counted in letters looked at, not in seconds: what is past the bound is not read."""
    late = "x " * guessing.MOST_LETTERS + "\nSurgical pathology report\nDate: 11/03/2026"
    assert guessing.kind("a.pdf", late) == ""
    assert guessing.written_on(late, today=TODAY) is None
