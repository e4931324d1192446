"""A coordinator does for the patient what she could do herself, and she reads who did it."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.records.models import RecordItem, Visit
from portal import clock
from portal.history.models import Event
from tests import factories, people

pytestmark = pytest.mark.django_db

PAGES = ["records:list", "records:visit", "records:referral", "case:people", "documents:add_plan", "pages:ledger"]


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_the_coordinator_and_says_for_whom(name):
    case = factories.case_with_visit(days=40)
    page = people.browser(people.person("theo")).get(reverse(name, args=[case.pk]))
    assert page.status_code == 200
    assert "You act for Rosa." in page.content.decode()
    hers = people.browser(people.person("rosa")).get(reverse(name, args=[case.pk])).content.decode()
    assert "You act for" not in hers


def privacy_of(case) -> str:
    return people.browser(case.patient).get(reverse("pages:privacy", args=[case.pk])).content.decode()


def test_what_the_coordinator_says_of_a_record_was_done_for_the_patient():
    case = factories.case_with_visit(days=40)
    item = RecordItem.objects.get(visit__case=case, kind="pathology_report")
    people.browser(people.person("theo")).post(reverse("records:tell", args=[item.pk, "asked"]), {"told": "staff_call"})
    event = Event.objects.get(verb="item.asked")
    assert (event.actor_id, event.for_patient) == (people.person("theo").pk, case.patient_id)
    assert "Theo did this for you" in privacy_of(case)


def test_moving_the_visit_was_done_for_the_patient():
    case = factories.case_with_visit(days=40)
    visit = Visit.objects.get(case=case)
    people.browser(people.person("theo")).post(reverse("records:move_visit", args=[visit.pk, "cancel"]))
    assert Event.objects.get(verb="visit.cancel").for_patient == case.patient_id
    people.browser(people.person("theo")).post(reverse("records:move_referral", args=[case.pk, "asked"]))
    assert Event.objects.get(verb="referral.asked").for_patient == case.patient_id


def test_a_helper_acts_for_the_patient_too():
    case = factories.open_case(starter=people.person("ama"))
    people.browser(people.person("ama")).post(reverse("records:move_referral", args=[case.pk, "asked"]))
    assert Event.objects.get(verb="referral.asked").for_patient == case.patient_id
    assert "Ama did this for you" in privacy_of(case)


def test_what_the_patient_does_and_what_is_only_looked_at_is_for_nobody():
    case = factories.case_with_visit(days=40)
    people.browser(people.person("theo")).get(reverse("pages:case_file", args=[case.pk]))
    assert not Event.objects.exclude(for_patient=None).exists()
    assert "did this for you" not in privacy_of(case)
    assert Visit.objects.get(case=case).on_date == clock.today(case.patient.zone) + dt.timedelta(days=40)
