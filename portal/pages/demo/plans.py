"""Invented treatment plans, page by page. Sample text, written for this demo: no real person, no advice."""

from dataclasses import dataclass
from typing import Final

FOOT: Final = "Sample document for a demonstration. The person, the clinic and the findings are invented."


@dataclass(frozen=True)
class DemoPlan:
    key: str
    title: str
    clinic: str
    pages: tuple[str, ...]
    kind: str = "pdf"  # pdf, photos or docx


PLANS: Final = (
    DemoPlan(
        "rosa",
        "Treatment plan",
        "Lakeside Cancer Clinic",
        (
            """Treatment plan
Patient: Rosa Delgado. Born 1968.
Prepared by: Dr. Conrad Hale, surgery, with Dr. Miriam Weiss, oncology.

Diagnosis
Invasive ductal carcinoma of the left breast, upper outer part. Size on ultrasound 24 mm.
Grade 2. Estrogen receptor positive (90 %), progesterone receptor positive (60 %), HER2 negative.
One lymph node under the arm looked enlarged; the needle sample of it was clear.
A second, smaller area of 6 mm was seen on MRI and has not been sampled.
Stage: IIA (T2 N0 M0).

Goal of treatment
To remove the cancer and lower the chance that it comes back.""",
            """What we propose, in order
1. Operation: removal of the whole left breast, with sentinel node biopsy. Held for December 15.
2. Meeting about four weeks after the operation to go over the final pathology report.
3. Hormone tablets (an aromatase inhibitor) for at least five years.
4. Chemotherapy: to be decided after a gene test on the removed tissue.

Why the whole breast
The second area has not been explained. If it is cancer too, two areas in one breast are
harder to remove with a smaller operation.

Recovery
One night in hospital. Drain for about ten days. Most people are back to light work in four weeks.""",
            """Side effects we talked about
Operation: pain, bleeding, infection, fluid, numbness, a stiff shoulder, swelling of the arm.
Hormone tablets: hot flushes, joint pain, thinner bones. A bone scan comes first.

Still needed before the operation
Biopsy of the second area, if Ms. Delgado wishes. Blood tests. Bone density scan.

Whom to call
Nurse line, Lakeside Cancer Clinic: 416-555-0130, Monday to Friday.""",
        ),
    ),
    DemoPlan(
        "grace",
        "Plan for treatment of the lung",
        "Bay Oncology",
        (
            """Plan of care
Patient: Grace Tanaka. Born 1961. Interpreter: Japanese.
Prepared by: Dr. Peter Moss, oncology.

Diagnosis
Adenocarcinoma of the right upper lung, 41 mm. Lymph nodes in the middle of the chest on the
same side are involved (biopsy by bronchoscope). Brain MRI clear. PET scan: no spread beyond the chest.
Stage IIIA (T2b N2 M0). PD-L1 40 %. Gene panel: still running, expected in ten working days.

Goal of treatment
Cure is the aim. We spoke about how likely that is, in numbers, at the visit.""",
            """What we propose
1. Radiation to the chest, 30 sessions over six weeks, together with weekly chemotherapy
   (carboplatin and paclitaxel).
2. A scan four weeks later.
3. If nothing has grown: immunotherapy (durvalumab) every four weeks for up to a year.

Other ways that were discussed
Chemotherapy with immunotherapy first and then an operation. The surgical team here does not offer it
for this stage; other centers do.

Why not wait for the gene panel
We can begin with radiation planning while it runs. If a change in the EGFR or ALK gene is found, the year
of immunotherapy would be replaced by tablets.""",
            """Side effects
During radiation: tiredness, sore throat on swallowing, cough. Later: inflammation of the lung in about
one in ten, sometimes serious. Chemotherapy: low blood counts, numb fingers, hair loss.
Immunotherapy: inflammation of the thyroid, lung, bowel or skin.

Daily life
She looks after her grandson two days a week. We advised help on treatment days.

Start
Planning scan on the date the clinic calls with. First session about two weeks later.""",
        ),
    ),
    DemoPlan(
        "daniel",
        "Letter with the plan, photographed",
        "Lakeside Cancer Clinic",
        (
            """Lakeside Cancer Clinic
Dear Mr. Brandt,
this letter says what we agreed at your visit.
You had part of your large bowel removed. The report shows an adenocarcinoma, 52 mm, that had
grown through the wall. 3 of 18 lymph nodes contained cancer. The edges were clear.
Stage IIIB (T3 N1b M0). Mismatch repair proteins: present.""",
            """We advise chemotherapy to lower the chance that the cancer comes back.
The usual choice is capecitabine tablets with oxaliplatin by drip, every three weeks, for three months.
Six months is the other length that is used; for your stage three months did nearly as well in trials,
with far less numbness of hands and feet.
Treatment starts within eight weeks of the operation. Please call 416-555-0130 to fix the day.
Dr. Miriam Weiss""",
        ),
        kind="photos",
    ),
    DemoPlan(
        "lena",
        "Treatment plan after operation",
        "Lakeside Cancer Clinic",
        (
            """Treatment plan
Patient: Lena Fischer. Born 1979.
Prepared by: Dr. Miriam Weiss.

Diagnosis
Papillary carcinoma of the thyroid, 18 mm, in the left half. No growth beyond the capsule of the gland.
Two of six lymph nodes contained small deposits (under 2 mm).

What was done
Removal of the left half of the thyroid, October.""",
            """What we propose
1. A second operation to remove the right half.
2. Radioactive iodine, one dose, six weeks later.
3. Thyroid hormone tablets for life, with a blood test every six months.

Other options
Watching with ultrasound and blood tests every six months, without a second operation.

Not decided yet
Whether the iodine is needed at all: depends on the blood test after the second operation.

Whom to call
Nurse line: 416-555-0130.""",
        ),
    ),
    DemoPlan(
        "ana",
        "Plan from Bay Oncology",
        "Bay Oncology",
        (
            """Plan
Patient: Ana Ruiz. Born 1982.
Diagnosis: Hodgkin lymphoma, nodular sclerosing, neck and chest, stage IIA, no bulk.
Goal: cure.
Proposed: four cycles of ABVD, then radiation to the places that were involved.
A PET scan after two cycles decides how it goes on.""",
            """Side effects: tiredness, sickness, low blood counts, effects on the lungs and the heart.
Fertility: she asked about it; a visit with the fertility team is being arranged before the first cycle.
Start: within three weeks.
Responsible: Dr. Peter Moss, 416-555-0138.""",
        ),
    ),
    DemoPlan(
        "ana_new",
        "New plan from Bay Oncology",
        "Bay Oncology",
        (
            """Plan, second version
Patient: Ana Ruiz. Born 1982.
Changed after the tumor board: two cycles of ABVD, PET scan, and, when it is clear, four cycles of AVD
without radiation.
Reason: heart and breast are spared the radiation.""",
            """All else stays as in the first plan. The visit with the fertility team took place.
Start: Monday after next. Responsible: Dr. Peter Moss, 416-555-0138.""",
        ),
        kind="docx",
    ),
    DemoPlan(
        "marcus",
        "Care plan",
        "Millbrook Hospital",
        (
            """Care plan
Patient: Marcus Bell. Born 1966.
Diagnosis: adenocarcinoma of the prostate, Gleason 3 + 4 = 7, PSA 8.2, 4 of 12 samples. Stage T2a.
Goal: cure, with as few lasting effects as possible.""",
            """Offered: removal of the prostate by robot; or radiation in 20 sessions with 6 months of hormone
treatment; or active watching with PSA every 3 months and a new biopsy after one year.
Dr. Luis Reyes advises an operation.
Effects on continence and sexual function differ between the three and were explained.""",
        ),
    ),
)


def plan(key: str) -> DemoPlan:
    return next(each for each in PLANS if each.key == key)
