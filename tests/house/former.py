"""The database of the former version, with a case in it: `python -m tests.house.former make`, and later `… look`.

Run with PORTAL_VAR while its database runs. `make` writes rows as the former version's tables were; `look` opens
the patient's and the coordinator's pages with the present code and says what each answered.
"""

import datetime as dt
import json
import sys
import uuid

import django

# The last migration of each room in the former version. Raised with each release.
FORMER = {
    "accounts": "0001_initial",
    "bookings": "0002_services",
    "case": "0001_initial",
    "documents": "0001_initial",
    "history": "0002_insert_only",
    "records": "0002_kinds_of_record",
    "reminders": "0001_initial",
    "reviews": "0001_initial",
    "texts": "0002_first_words",
    "vault": "0001_initial",
}
PATIENT, COORDINATOR = "former-patient@example.org", "former-coordinator@example.org"


def make() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    for room, last in FORMER.items():
        call_command("migrate", room, last, verbosity=0, interactive=False)
    nodes = list(FORMER.items())
    write(MigrationLoader(connection).project_state(nodes).apps.get_model)


def write(model) -> None:
    """A patient, a coordinator, and a case with a visit, its referral, a record asked for and a reminder."""
    from portal import clock
    from portal.vault import keys

    now, by_hand = clock.now(), {"name": "Former Person", "called": "Former", "password": "!"}
    patient = model("accounts", "User").objects.create(email=PATIENT, **by_hand)
    model("accounts", "User").objects.create(email=COORDINATOR, role="coordinator", **by_hand)
    key = model("vault", "DataKey")(id=uuid.uuid4(), purpose="case", made_at=now)
    keys.wrap(key, b"a data key of the former version"[:32])
    key.save()
    case = model("case", "Case").objects.create(reference="RS 777 777", patient=patient, key=key, opened_at=now)
    office = model("case", "Office").objects.create(name="Former Clinic", for_case=case)
    doctor = model("case", "Clinician").objects.create(name="Dr. Former", office=office)
    model("case", "CaseClinician").objects.create(case=case, role="second", clinician=doctor, put_in_by=patient)
    visit = model("records", "Visit").objects.create(
        case=case, office=office, clinician=doctor, state="booked", on_date=now.date() + dt.timedelta(days=20),
        booked_at=now, named_at=now,
    )  # fmt: skip
    model("records", "Referral").objects.create(visit=visit)
    for kind in model("records", "RecordKind").objects.all():
        model("records", "RecordItem").objects.create(
            visit=visit, kind=kind, is_core=kind.is_core, state="asked", known_by="patient", asked_on=now.date(),
        )  # fmt: skip
    model("reminders", "Reminder").objects.create(
        kind="records.before_visit", message_class="reminder", about_type="records.visit", about_id=visit.pk,
        version=1, case_id=case.pk, recipient_type="user", recipient_id=str(patient.pk), step=7,
        due_at=now + dt.timedelta(days=13), useful_until=now + dt.timedelta(days=20),
    )  # fmt: skip


def look() -> None:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from cases.case.models import Case
    from portal.accounts.models import User
    from tests import people

    case = Case.objects.get(patient__email=PATIENT)
    coordinator = User.objects.get(email=COORDINATOR)
    people.second_factor(coordinator)
    answers = {}
    for person, pages in (
        (case.patient, ("pages:case_home", "records:list", "records:visit", "pages:ledger", "pages:privacy")),
        (coordinator, ("pages:case_file",)),
    ):
        browser = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
        browser.force_login(person, backend="portal.accounts.backend.Backend")
        answers |= {page: browser.get(reverse(page, args=[case.pk])).status_code for page in pages}
    print(json.dumps(answers))


if __name__ == "__main__":
    django.setup()
    {"make": make, "look": look}[sys.argv[1]]()
