"""From the first call to "report confirmed" for someone who has no email: every act is the coordinator's, for him.

Nobody signs in for him, nothing waits for a mailbox, and his pages go out by post.
"""

import datetime as dt
from datetime import UTC

import pytest
from django.urls import reverse

from bookings import availability
from bookings.models import Consultation, Hold, Practice, Service
from cases.case.models import Case, Consent
from cases.records.models import RecordItem, Visit
from portal import clock
from portal.history.models import Event
from portal.reminders import sender
from portal.reminders.models import Delivery
from portal.texts.words import text
from tests import factories
from tests.documents.files import folder as folder
from tests.journeys.paths import TORONTO, Theo, name_offices, the_loop, the_record
from tests.pages.test_first_call import said
from tests.records.builders import VISIT_ON, on_november_5
from tests.records.report_builders import DAY_AFTER

pytestmark = [pytest.mark.django_db, pytest.mark.full]


@pytest.fixture(autouse=True)
def traveller(folder, settings):
    settings.TEXT_ENGINE = ""
    with on_november_5() as traveller:
        yield traveller


def rings(theo: Theo) -> Case:
    """The first call: the notice is read out, and the page opens."""
    theo.presses("pages:new_case", **said(time_zone="America/Toronto"))
    return Case.objects.get(patient__name="Walter Ames")


def arranges_the_visit(theo: Theo, case: Case) -> None:
    """On his pages, for him: the doctor, the day, and which records count."""
    name_offices(case)
    theo.presses("records:name_doctor", case.pk, doctor="Dr. Raman", office="Northfield", region="US-PA")
    theo.presses("records:save_day", case.pk, save=str(VISIT_ON))
    assert Visit.objects.get(case=case).on_date == VISIT_ON
    for item in RecordItem.objects.filter(visit__case=case).exclude(kind="pathology_report"):
        theo.presses("records:tell", item.pk, "not_wanted")


def books(theo: Theo, case: Case) -> None:
    """A first talk, by phone; the scope is read out."""
    practice, service = factories.open_hours(), Service.objects.get(code="first_talk")
    assert isinstance(practice, Practice)
    start = availability.free_starts(case, practice, service, clock.now())[-1]  # far enough for a letter
    slot = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    theo.presses("bookings:pick", case.pk, slot=slot, how="phone", service="first_talk")
    version = str(text("scope_tick").version)
    theo.presses("bookings:check", Hold.objects.get().pk, scope="on", said="phone", version=version)


def posts(theo: Theo, case: Case) -> None:
    """What waits, in one envelope."""
    sender.run()
    printed = theo.page.post(reverse("pages:print_bundle", args=[case.pk]))
    assert printed.content.startswith(b"%PDF")
    letters = theo.page.get(reverse("pages:to_post", args=[case.pk])).context["letters"]
    theo.presses("pages:post_bundle", case.pk, letter=letters)


def test_from_the_first_call_to_report_confirmed(traveller):
    theo = Theo()
    case = rings(theo)
    arranges_the_visit(theo, case)
    books(theo, case)
    posts(theo, case)
    record = the_record(case)
    theo.files_permissions(case, record)
    letter = theo.sends("records", record.pk)
    traveller.shift(dt.timedelta(days=5))
    theo = Theo()
    theo.files_strip(letter, "fax", said="sent", on=str(clock.today(TORONTO)))
    posts(theo, case)
    theo.hears(record, "arrived")
    traveller.move_to(DAY_AFTER)
    theo = Theo()
    theo.presses("records:move_visit", record.visit_id, "took_place")
    theo.sends("report", record.visit_id)
    traveller.shift(dt.timedelta(days=6))
    theo = Theo()
    theo.files(theo.puts_in("The report", "post"), case, "report")
    letter = theo.sends("pass_on", record.visit_id)
    traveller.shift(dt.timedelta(days=3))
    theo = Theo()
    theo.files_strip(letter, "fax", said="came")
    posts(theo, case)
    assert the_loop(case).state == "confirmed"
    is_all_on_record_as_done_for(case)


def is_all_on_record_as_done_for(case: Case) -> None:
    patient = case.patient
    assert (patient.email, patient.can_sign_in) == (None, False)
    own = Delivery.objects.filter(recipient_type="user", recipient_id=str(patient.pk))
    assert own.filter(channel="letter")
    assert not own.exclude(channel__in=["letter", "call"])
    assert {(each.kind, each.how) for each in Consent.objects.filter(person=patient)} == {
        ("privacy", "phone"),
        ("scope", "phone"),
    }
    assert Consultation.objects.get().patient == patient
    assert not Event.objects.filter(actor_id=patient.pk).exists()
    done = {"consent.given", "consultation.booked", "visit.date_set", "report.confirmed", "authority.signed"}
    acts = Event.objects.filter(patient=patient.pk, verb__in=done, actor_kind="user")
    assert acts
    assert not acts.exclude(for_patient=patient.pk)
