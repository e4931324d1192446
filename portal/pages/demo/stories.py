"""A dozen cases, each at another step. Days count from the day of loading; visits fall on business days."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Story:
    """One case. `records` maps a kind's code to the hop it has reached, in the order of the hops."""

    patient: str
    diagnosis: str
    began: int  # days ago
    primary: str
    first: str
    second: str = ""
    starter: str = ""
    helper: str = ""  # a sister, whom the patient lets do everything but see private words
    referral: str = ""  # "", not_needed, asked, agreed, refused, sent
    visit_in: int | None = None  # days; negative: it is over
    moved: int = 0  # days ago the visit was moved to its day; it was ten days later before
    treatment_in: int | None = None
    records: dict[str, str] = field(default_factory=dict)
    report: str = ""  # after the visit: "", asked, announced, received, confirmed
    report_here: bool = False  # as a file, to be passed on
    plan: str = ""  # a key of plans.PLANS, or "locked"
    new_plan: str = ""
    consultant: str = ""
    service: str = ""
    talk_in: int | None = None  # days; negative: it is over
    talk_canceled: bool = False
    review: str = ""  # "", draft, shared
    call: str = ""  # why a person should call
    letters_to: str = ""  # the address of one who wants letters
    by_phone: str = ""  # the postal address of one who signs in nowhere; the coordinator does it for them
    neighbor: str = ""  # who sees dates only, by a yes on the phone
    messages: str = ""  # since yesterday: "", refused, rest, held_back
    assigned: bool = False
    matters: str = ""
    typed_office: tuple[str, str] = ("", "")  # name and phone of a holder that the directory does not know so
    signs: bool = False  # that the first clinic may send records, and that we may ask
    slides_back_in: int | None = None  # days, until the lab wants its slides back
    third: str = ""  # a third doctor, asked two days ago
    third_in: int = 0  # days, until that visit
    over_in: int | None = None  # days, until the talk with the primary doctor
    thread: str = ""  # "", told, asked
    asks: str = ""  # what to ask in the talk, a line each; empty: what matters


CORE_THERE: Final = {
    "pathology_report": "opens_fine",
    "imaging_reports": "opens_fine",
    "treatment_plan": "arrived",
}

STORIES: Final = (
    Story(
        "rosa",
        "Breast cancer, left side",
        began=14,
        helper="ines",
        primary="dr_abara",
        first="dr_hale",
        second="dr_raman",
        referral="sent",
        visit_in=15,
        treatment_in=36,
        records={"pathology_report": "opens_fine", "imaging_reports": "sent", "referral_letter": "arrived"},
        consultant="joanne",
        service="plan",
        talk_in=8,
        matters="Keep as much of myself as I can. Be well for my sister’s wedding in May.",
        thread="told",
        asks="Is a smaller operation possible for me?\nWhat is the second area on my MRI?\n"
        "Would chemotherapy help me, and how do you know?",
    ),
    Story("ivy", "Thyroid nodule, to be judged", began=1, primary="dr_abara", first="dr_weiss"),
    Story(
        "amina",
        "Lymphoma",
        began=6,
        primary="dr_lin",
        first="dr_reyes",
        second="dr_ivers",
        referral="asked",
        typed_office=("Millbrook Hosp. records", "416-555-0142"),
    ),
    Story(
        "peter",
        "Prostate cancer",
        began=9,
        primary="dr_abara",
        first="dr_hale",
        referral="refused",
        plan="locked",
    ),
    Story(
        "grace",
        "Lung cancer, right side",
        began=20,
        thread="asked",
        primary="dr_lin",
        first="dr_moss",
        second="dr_castel",
        referral="sent",
        visit_in=16,
        records={
            "pathology_report": "opens_fine",
            "imaging_reports": "opens_fine",
            "referral_letter": "opens_fine",
            "imaging_exchange": "sent",
        },
        plan="grace",
        consultant="amir",
        service="plan",
        talk_in=2,
        review="draft",
    ),
    Story(
        "daniel",
        "Colon cancer, after operation",
        began=12,
        primary="dr_abara",
        first="dr_weiss",
        second="dr_raman",
        referral="sent",
        visit_in=20,
        signs=True,
        records={"pathology_report": "asked", "imaging_reports": "asked", "slides": "wants_first"},
        plan="daniel",
        messages="rest",
        consultant="joanne",
        service="plan",
        talk_in=5,
    ),
    Story(
        "harold",
        "Bladder cancer",
        began=25,
        primary="dr_abara",
        first="dr_hale",
        second="dr_okoye",
        referral="sent",
        visit_in=4,
        moved=2,
        treatment_in=18,
        records={
            "pathology_report": "not_located",
            "imaging_reports": "arrived",
            "referral_letter": "opens_fine",
        },
        consultant="joanne",
        service="first_talk",
        talk_in=0,
    ),
    Story(
        "walter",
        "Stomach cancer",
        began=18,
        primary="dr_abara",
        first="dr_weiss",
        second="dr_okoye",
        starter="ama",
        referral="sent",
        visit_in=3,
        records={
            "pathology_report": "opens_fine",
            "imaging_reports": "opens_fine",
            "treatment_plan": "arrived",
            "referral_letter": "arrived",
        },
        call="asked",
    ),
    Story(
        "edith",
        "Pancreatic cancer, early",
        began=17,
        primary="dr_abara",
        first="dr_weiss",
        second="dr_raman",
        referral="sent",
        visit_in=12,
        records={"pathology_report": "opens_fine", "imaging_reports": "sent", "referral_letter": "arrived"},
        by_phone="31 Orchard Lane\nPeterborough ON K9H 3B7",
        neighbor="carl",
        consultant="joanne",
        service="first_talk",
        talk_in=6,
        asks="What can I still eat?",
    ),
    Story(
        "lena",
        "Thyroid cancer",
        began=30,
        primary="dr_abara",
        first="dr_weiss",
        second="dr_raman",
        referral="sent",
        visit_in=7,
        records={
            "pathology_report": "opens_fine",
            "imaging_reports": "opens_fine",
            "referral_letter": "opens_fine",
            "slides": "sent",
        },
        signs=True,
        slides_back_in=28,
        plan="lena",
        consultant="joanne",
        service="plan",
        talk_in=-3,
        review="shared",
    ),
    Story(
        "marcus",
        "Prostate cancer",
        began=45,
        primary="dr_lin",
        first="dr_reyes",
        second="dr_ivers",
        referral="not_needed",
        visit_in=-8,
        report="asked",
        report_here=True,
        over_in=5,
        records={"pathology_report": "opens_fine", "imaging_reports": "opens_fine"},
        plan="marcus",
        consultant="sofie",
        service="plan",
        talk_in=-15,
        review="shared",
    ),
    Story(
        "nora",
        "Kidney tumor, left side",
        began=40,
        primary="dr_abara",
        first="dr_weiss",
        second="dr_raman",
        referral="sent",
        visit_in=-16,
        report="confirmed",
        records={
            "pathology_report": "opens_fine",
            "imaging_reports": "opens_fine",
            "referral_letter": "opens_fine",
            "slides": "opens_fine",
        },
        slides_back_in=6,
        third="dr_castel",
        third_in=19,
        letters_to="208 Wren Street, Apt 5\nToronto ON M5A 2K4",
    ),
    Story(
        "helen",
        "Ovarian cancer",
        began=16,
        primary="dr_abara",
        first="dr_hale",
        second="dr_raman",
        referral="agreed",
        visit_in=30,
        records={"pathology_report": "asked", "slides": "needs_you"},
        typed_office=("Queen Street Pathology", "416-555-0150"),
        consultant="nathan",
        service="first_talk",
        talk_in=6,
        talk_canceled=True,
        messages="refused",
    ),
    Story(
        "ana",
        "Hodgkin lymphoma",
        began=28,
        primary="dr_lin",
        first="dr_moss",
        second="dr_castel",
        referral="sent",
        visit_in=11,
        records={"pathology_report": "arrived", "imaging_reports": "sent", "referral_letter": "opens_fine"},
        plan="ana",
        new_plan="ana_new",
        messages="held_back",
        consultant="keiko",
        service="plan",
        talk_in=4,
        call="made",
        review="shared",
    ),
)
