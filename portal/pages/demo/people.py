"""The invented organisation: its people, the clinics around it and their doctors. No one here exists.

Phone numbers are of the range kept for fiction (555-01xx), addresses of example.org.
"""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class DemoPerson:
    key: str
    name: str
    says: str  # the line under the name in the backstage
    zone: str
    role: str = ""
    called: str = ""
    email: str = ""
    phone: str = ""
    birth_year: int = 0
    safe_to_ring: str = ""


@dataclass(frozen=True)
class DemoOffice:
    key: str
    name: str
    phone: str
    desk: str = ""
    fax: str = ""
    email: str = ""
    hours: str = "Monday to Friday, 9 am to 4 pm"
    zone: str = "America/Toronto"
    region: str = "CA-ON"
    place: str = ""
    likes_to_be_asked: str = ""
    own_form: str = ""
    wants_with_it: str = ""
    fee: str = ""
    never_releases: str = ""
    asks_for: tuple[str, ...] = ()
    usual_days: dict[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class DemoDoctor:
    key: str
    name: str
    office: str
    field: str


EASTERN: Final = "America/Toronto"
CENTRAL: Final = "America/Chicago"
PACIFIC: Final = "America/Vancouver"

STAFF: Final = (
    DemoPerson(
        "mara",
        "Mara Okafor",
        "Director and administrator",
        EASTERN,
        "administrator",
        "Mara",
        "mara@example.org",
    ),
    DemoPerson(
        "priti",
        "Priti Olsen",
        "Privacy officer, an administrator",
        EASTERN,
        "administrator",
        "Priti",
        "priti@example.org",
    ),
    DemoPerson(
        "theo",
        "Theo Lindqvist",
        "Coordinator",
        EASTERN,
        "coordinator",
        "Theo",
        "theo@example.org",
        "+1 416 555 0101",
    ),
    DemoPerson(
        "joanne",
        "Joanne Pike",
        "Consultant, nurse, Toronto",
        EASTERN,
        "consultant",
        "Joanne",
        "joanne@example.org",
        "+1 416 555 0102",
    ),
    DemoPerson(
        "amir",
        "Amir Haddad",
        "Consultant, pharmacist, Vancouver",
        PACIFIC,
        "consultant",
        "Amir",
        "amir@example.org",
        "+1 416 555 0103",
    ),
    DemoPerson(
        "sofie",
        "Sofie Brandvold",
        "Consultant, nurse, Chicago",
        CENTRAL,
        "consultant",
        "Sofie",
        "sofie@example.org",
        "+1 416 555 0104",
    ),
    DemoPerson(
        "nathan",
        "Nathan Oyelaran",
        "Consultant, radiation therapist, Toronto",
        EASTERN,
        "consultant",
        "Nathan",
        "nathan@example.org",
        "+1 416 555 0105",
    ),
    DemoPerson(
        "keiko",
        "Keiko Mori",
        "Consultant, social worker, Vancouver",
        PACIFIC,
        "consultant",
        "Keiko",
        "keiko@example.org",
        "+1 416 555 0106",
    ),
)

PATIENTS: Final = (
    DemoPerson(
        "rosa",
        "Rosa Delgado",
        "Talk booked, visit in two weeks, plan not added yet",
        EASTERN,
        called="Rosa",
        email="rosa@example.org",
        phone="+1 416 555 0110",
        birth_year=1968,
        safe_to_ring="Mornings. Tired after 2 pm",
    ),
    DemoPerson(
        "ivy",
        "Ivy Sorensen",
        "New here, no referral yet",
        EASTERN,
        called="Ivy",
        email="ivy@example.org",
        phone="+1 416 555 0111",
        birth_year=1985,
    ),
    DemoPerson(
        "amina",
        "Amina Yusuf",
        "Her doctor was asked for a referral",
        CENTRAL,
        called="Amina",
        email="amina@example.org",
        phone="+1 416 555 0112",
        birth_year=1990,
    ),
    DemoPerson(
        "peter",
        "Peter Novak",
        "Referral refused, his plan is locked",
        EASTERN,
        called="Peter",
        email="peter@example.org",
        phone="+1 416 555 0113",
        birth_year=1957,
    ),
    DemoPerson(
        "grace",
        "Grace Tanaka",
        "Talk soon, her plan is being read",
        PACIFIC,
        called="Grace",
        email="grace@example.org",
        phone="+1 416 555 0114",
        birth_year=1961,
    ),
    DemoPerson(
        "daniel",
        "Daniel Brandt",
        "Photos of his plan wait to be read",
        EASTERN,
        called="Dan",
        email="daniel@example.org",
        phone="+1 416 555 0115",
        birth_year=1972,
    ),
    DemoPerson(
        "harold",
        "Harold Whitt",
        "Visit in days, a core record not found",
        EASTERN,
        called="Mr. Whitt",
        email="harold@example.org",
        phone="+1 416 555 0116",
        birth_year=1948,
        safe_to_ring="Any time",
    ),
    DemoPerson(
        "walter",
        "Walter Osei",
        "No email; his daughter Ama began for him; asked for a call",
        EASTERN,
        called="Walter",
        phone="+1 416 555 0117",
        birth_year=1944,
        safe_to_ring="Best before noon",
    ),
    DemoPerson(
        "edith",
        "Edith Lind",
        "No email: by phone and post. A message waits to be read out to her",
        EASTERN,
        called="Mrs. Lind",
        phone="+1 416 555 0126",
        birth_year=1939,
        safe_to_ring="After 10 am. Let it ring long",
    ),
    DemoPerson(
        "lena",
        "Lena Fischer",
        "Has her summary, visit next week",
        EASTERN,
        called="Lena",
        email="lena@example.org",
        phone="+1 416 555 0118",
        birth_year=1979,
    ),
    DemoPerson(
        "marcus",
        "Marcus Bell",
        "Visit is over, the report is next",
        CENTRAL,
        called="Marcus",
        email="marcus@example.org",
        phone="+1 416 555 0119",
        birth_year=1966,
    ),
    DemoPerson(
        "helen",
        "Helen Marsh",
        "Canceled her talk, slides need her signature",
        EASTERN,
        called="Helen",
        email="helen@example.org",
        phone="+1 416 555 0120",
        birth_year=1953,
    ),
    DemoPerson(
        "ana",
        "Ana Ruiz",
        "New plan after her summary",
        PACIFIC,
        called="Ana",
        email="ana@example.org",
        phone="+1 416 555 0121",
        birth_year=1982,
    ),
    DemoPerson(
        "nora",
        "Nora Whelan",
        "Visit over, report confirmed, asks a third doctor",
        EASTERN,
        called="Nora",
        email="nora@example.org",
        phone="+1 416 555 0124",
        birth_year=1964,
    ),
    DemoPerson(
        "omar",
        "Omar Farah",
        "Signed up, no case yet",
        EASTERN,
        called="Omar",
        email="omar@example.org",
        phone="+1 416 555 0122",
        birth_year=1975,
    ),
    DemoPerson(
        "ines",
        "Inés Delgado",
        "Helps her sister Rosa: everything but private words",
        EASTERN,
        called="Inés",
        email="ines@example.org",
        phone="+1 416 555 0125",
        birth_year=1971,
    ),
    DemoPerson(
        "carl",
        "Carl Jensen",
        "Drives his neighbor Edith: dates only",
        EASTERN,
        called="Carl",
        email="carl@example.org",
        phone="+1 416 555 0127",
        birth_year=1960,
    ),
    DemoPerson(
        "ama",
        "Ama Osei",
        "Began for her father Walter",
        EASTERN,
        called="Ama",
        email="ama@example.org",
        phone="+1 416 555 0123",
        birth_year=1974,
    ),
)

PEOPLE: Final = STAFF + PATIENTS

OFFICES: Final = (
    DemoOffice(
        "lakeside",
        "Lakeside Cancer Clinic",
        "+1 416 555 0130",
        "Records desk",
        "+1 416 555 0131",
        "records@lakeside.example.org",
        "Monday to Thursday, 9 am to 4 pm; Friday until noon",
        place="40 Harbor Street, Toronto",
        likes_to_be_asked="Fax, one page. They don’t use links",
        own_form="Lakeside ROI-3, 2 pages. We fill it in and attach it",
        wants_with_it="A copy of an ID. A signature by hand: typed names come back",
        fee="$15 for slides, paid by the patient. Asked before anything is spent",
        never_releases="Tissue blocks. Recut slides only",
        usual_days={"pathology_report": 3, "imaging_reports": 3, "clinic_notes": 9, "slides": 11},
        note="The lab’s courier leaves at 3 pm. Ask before 2.",
    ),
    DemoOffice(
        "northfield",
        "Northfield Medical Center",
        "+1 416 555 0132",
        "Dr. Raman’s desk",
        "+1 416 555 0133",
        "secondopinion@northfield.example.org",
        place="1 Northfield Avenue, Toronto",
        likes_to_be_asked="By phone, before 11 am",
        asks_for=("pathology_report", "imaging_reports", "treatment_plan", "referral_letter"),
    ),
    DemoOffice("abara", "Elm Street Family Practice", "+1 416 555 0134", "Front desk", "+1 416 555 0135"),
    DemoOffice(
        "harbor",
        "Harbor University Hospital",
        "+1 416 555 0136",
        "Cancer referrals",
        "+1 416 555 0137",
        "referrals@harbor.example.org",
        zone="America/Vancouver",
        region="CA-BC",
    ),
    DemoOffice(
        "bay",
        "Bay Oncology",
        "+1 416 555 0138",
        "Records",
        "+1 416 555 0139",
        zone="America/Vancouver",
        region="CA-BC",
    ),
    DemoOffice(
        "prairie",
        "Prairie Cancer Institute",
        "+1 416 555 0140",
        "Second opinions",
        "+1 416 555 0141",
        zone="America/Chicago",
        region="US",
    ),
    DemoOffice(
        "millbrook",
        "Millbrook Hospital",
        "+1 416 555 0142",
        "Health records",
        "+1 416 555 0143",
        zone="America/Chicago",
        region="US",
        likes_to_be_asked="Fax, or their own page for patients",
        usual_days={"pathology_report": 4, "clinic_notes": 12},
    ),
    DemoOffice(
        "cedar",
        "Cedar Family Health",
        "+1 416 555 0144",
        "Front desk",
        zone="America/Chicago",
        region="US",
    ),
)

DOCTORS: Final = (
    DemoDoctor("dr_abara", "Dr. Helen Abara", "abara", "Family doctor"),
    DemoDoctor("dr_lin", "Dr. Susan Lin", "cedar", "Family doctor"),
    DemoDoctor("dr_hale", "Dr. Conrad Hale", "lakeside", "Surgeon"),
    DemoDoctor("dr_weiss", "Dr. Miriam Weiss", "lakeside", "Oncologist"),
    DemoDoctor("dr_raman", "Dr. Vikram Raman", "northfield", "Breast and general oncology"),
    DemoDoctor("dr_okoye", "Dr. Chidi Okoye", "northfield", "Oncologist"),
    DemoDoctor("dr_castel", "Dr. Anne Castel", "harbor", "Lung and thyroid clinic"),
    DemoDoctor("dr_moss", "Dr. Peter Moss", "bay", "Oncologist"),
    DemoDoctor("dr_ivers", "Dr. Johanna Ivers", "prairie", "Oncologist"),
    DemoDoctor("dr_reyes", "Dr. Luis Reyes", "millbrook", "Oncologist"),
)
