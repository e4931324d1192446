"""Opening a case and changing its people, as the person sees it."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases.case import actions, directory
from cases.case.forms import TreatmentField
from cases.case.models import Case, Office, ToDo
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people

pytestmark = pytest.mark.django_db

OPEN = "/cases/open/"
TYPED = {
    "whom": "me",
    "patient_name": "",
    "diagnosis": "They found something in my left breast",
    "first_doctor": "Dr. Keller",
    "first_office": "Lakeside Cancer Clinic",
    "primary_doctor": "Dr. Abara",
    "primary_office": "Elm Street",
    "region": "US-PA",
    "treatment_on": "2026-12-15",
}


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel("2026-11-05T15:00:00Z", tick=False):
        yield


def test_opening_a_case_saves_words_doctors_offices_and_date():
    rosa = people.browser(people.person("rosa"))
    answer = rosa.post(OPEN, TYPED)
    case = Case.objects.get()
    assert answer.url == reverse("pages:case_home", args=[case.pk])
    assert case.patient == people.person("rosa")
    assert case.diagnosis == TYPED["diagnosis"]
    assert case.treatment_on == date(2026, 12, 15)
    doctors = {link.role: (link.clinician.name, link.clinician.office.name) for link in case.clinicians.all()}
    assert doctors == {"first": ("Dr. Keller", "Lakeside Cancer Clinic"), "primary": ("Dr. Abara", "Elm Street")}
    assert {(office.region, office.time_zone) for office in Office.objects.all()} == {("US-PA", "America/New_York")}


def test_a_case_opens_with_nothing_but_for_whom():
    people.browser(people.person("rosa")).post(OPEN, {"whom": "me"})
    assert Case.objects.get().clinicians.count() == 0


def test_a_helper_opens_one_for_someone_who_has_no_account():
    people.browser(people.person("ama")).post(OPEN, {**TYPED, "whom": "someone", "patient_name": "Walter Osei"})
    case = Case.objects.get()
    assert (case.patient.name, case.patient.can_sign_in) == ("Walter Osei", False)
    assert case.starter == people.person("ama")


def test_a_helper_who_leaves_the_name_out_is_asked_for_it_and_loses_nothing():
    answer = people.browser(people.person("ama")).post(OPEN, {**TYPED, "whom": "someone"})
    assert answer.status_code == 422
    assert "Enter the name of the person you help." in answer.content.decode()
    assert TYPED["diagnosis"] in answer.content.decode()
    assert not Case.objects.exists()


def test_a_coordinator_opens_one_for_a_caller_and_is_not_the_helper():
    theo = people.browser(people.person("theo"))
    theo.post(OPEN, {**TYPED, "whom": "someone", "patient_name": "Walter Osei"})
    assert Case.objects.get().starter is None


@pytest.mark.parametrize("key", ["joanne", "mara"])
def test_other_staff_open_no_cases(key):
    assert people.browser(people.person(key)).get(OPEN).status_code == 404


def test_a_second_case_is_fine_and_says_that_there_is_one():
    rosa = people.browser(people.person("rosa"))
    factories.open_case()
    assert "You have a page already." in rosa.get(OPEN).content.decode()
    rosa.post(OPEN, TYPED)
    assert Case.objects.filter(patient=people.person("rosa")).count() == 2


def test_treatment_within_10_business_days_puts_a_call_on_the_board():
    people.browser(people.person("rosa")).post(OPEN, {**TYPED, "treatment_on": "2026-11-12"})
    todo = ToDo.objects.get(kind="treatment_soon")
    assert todo.due_on == date(2026, 11, 5)


def test_a_treatment_that_moves_away_asks_for_no_call_any_more():
    case = factories.open_case(treatment_on=date(2026, 11, 12))
    actions.change_case(case, treatment_on=date(2027, 1, 12), by=Actor.person(case.patient))
    assert not ToDo.objects.open().filter(kind="treatment_soon").exists()


def test_a_treatment_in_some_other_century_is_refused():
    form = TreatmentField()
    with pytest.raises(ValidationError, match="Check the year"):
        form.clean("9999-12-31")


def test_the_words_of_the_case_are_sealed_in_the_row():
    from django.db import connection

    people.browser(people.person("rosa")).post(OPEN, TYPED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT diagnosis FROM case_case")
        assert b"breast" not in bytes(cursor.fetchone()[0])


def people_page(case):
    return reverse("case:people", args=[case.pk])


def test_changing_the_date_and_a_doctor():
    case = factories.open_case()
    rosa = people.browser(people.person("rosa"))
    assert rosa.get(people_page(case)).status_code == 200
    rosa.post(people_page(case), {"diagnosis": "Other words", "first_doctor": "Dr. Lin", "treatment_on": "2026-12-01"})
    case.refresh_from_db()
    assert (case.diagnosis, case.treatment_on) == ("Other words", date(2026, 12, 1))
    assert case.clinicians.get(role="first").clinician.name == "Dr. Lin"


def test_saving_the_same_again_makes_no_second_office_or_doctor():
    case = factories.open_case()
    rosa = people.browser(people.person("rosa"))
    for _ in range(2):
        rosa.post(people_page(case), {"first_doctor": "Dr. Lin", "first_office": "Bay Clinic"})
    assert Office.objects.filter(name="Bay Clinic").count() == 1


def test_a_bad_date_keeps_what_was_typed():
    case = factories.open_case()
    answer = people.browser(people.person("rosa")).post(
        people_page(case), {"first_doctor": "Dr. Lin", "treatment_on": "soon"}
    )
    assert answer.status_code == 422
    assert "Dr. Lin" in answer.content.decode()


@pytest.mark.parametrize("stranger", ["grace", "amir", "mara"])
def test_people_of_a_case_are_missing_for_strangers(stranger):
    case = factories.open_case()
    assert people.browser(people.person(stranger)).get(people_page(case)).status_code == 404


def test_a_consultant_reads_the_doctors_and_changes_nothing():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    joanne = people.browser(people.person("joanne"))
    assert 'name="first_doctor"' not in joanne.get(people_page(case)).content.decode()
    assert joanne.post(people_page(case), {"first_doctor": "Dr. No"}).status_code == 422
    assert not case.clinicians.exists()


def typed_office(case, name="Bay Clinic"):
    return actions.add_office(case, name=name, phone="(555) 010-0170", by=Actor.person(case.patient))


def test_an_office_of_the_case_can_be_completed_until_it_is_checked():
    office = typed_office(factories.open_case())
    rosa = people.browser(people.person("rosa"))
    page = reverse("case:office", args=[office.pk])
    rosa.post(page, {"name": "Bay Clinic", "phone": "(555) 010-0178", "region": ""})
    office.refresh_from_db()
    assert office.phone == "(555) 010-0178"
    directory.check_office(office, by=Actor.person(people.person("theo")))
    assert rosa.get(page).status_code == 404
    with pytest.raises(Refused):
        actions.change_office(office, phone="1", by=Actor.person(people.person("rosa")))


def test_only_a_coordinator_checks_an_office():
    office = typed_office(factories.open_case())
    with pytest.raises(Refused):
        directory.check_office(office, by=Actor.person(people.person("rosa")))


def test_others_find_an_office_while_typing_only_once_it_is_checked():
    office = typed_office(factories.open_case())
    grace = people.browser(people.person("grace"))
    names = reverse("case:office_names") + "?first_office=bay"
    assert "Bay Clinic" not in grace.get(names).content.decode()
    assert "Bay Clinic" in people.browser(people.person("rosa")).get(names).content.decode()
    people.browser(people.person("theo")).post(reverse("pages:check_office", args=[office.pk]))
    assert "Bay Clinic" in grace.get(names).content.decode()


def test_a_coordinator_is_offered_checked_offices_only():
    office = typed_office(factories.open_case())
    theo = people.browser(people.person("theo"))
    names = reverse("case:office_names") + "?first_office=bay"
    assert "Bay Clinic" not in theo.get(names).content.decode()
    directory.check_office(office, by=Actor.person(people.person("theo")))
    assert "Bay Clinic" in theo.get(names).content.decode()


def test_an_unchecked_office_is_missing_for_strangers():
    office = typed_office(factories.open_case())
    page = reverse("case:office", args=[office.pk])
    assert people.browser(people.person("grace")).get(page).status_code == 404
    assert people.browser(people.person("grace")).post(page, {"name": "x"}).status_code == 404
