"""The coordinator's list and page of a case."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.actions import ask_to_do
from cases.case.models import ToDo
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.history.models import Event
from portal.pages import actions, caseload
from tests import factories, people

pytestmark = pytest.mark.django_db


def patient(number: int) -> User:
    return User.objects.create_user(email=f"p{number}@example.org", name=f"Patient {number:02}", time_zone="UTC")


def page(address: str = "") -> str:
    return people.browser(people.person("theo")).get(address or reverse("pages:caseload")).content.decode()


def names(**filters) -> list[str]:
    theo = people.person("theo")
    found = caseload.filtered(theo, clock.today(theo.zone), **filters)
    return [case.patient.name for case in found]


def test_the_nearest_visit_comes_first_then_those_without_one():
    factories.open_case(patient(1))
    factories.case_with_visit(days=30, patient=patient(2))
    factories.case_with_visit(days=7, patient=patient(3))
    assert names() == ["Patient 03", "Patient 02", "Patient 01"]


@pytest.mark.parametrize(
    ("visit", "found"),
    [("7", ["Patient 03"]), ("14", ["Patient 03"]), ("none", ["Patient 01"]), ("over", []), ("nonsense", 3)],
)
def test_filters_by_the_visit(visit, found):
    factories.open_case(patient(1))
    factories.case_with_visit(days=30, patient=patient(2))
    factories.case_with_visit(days=7, patient=patient(3))
    assert names(visit=visit) == found if isinstance(found, list) else len(names(visit=visit)) == found


def test_finds_by_name_and_by_reference_however_it_is_typed():
    case = factories.open_case(patient(1))
    factories.open_case(patient(2))
    bare = case.reference.replace("RS ", "").replace(" ", "").lower()
    for typed in ("patient 01", case.reference, bare, f"rs{bare}"):
        assert names(find=typed) == ["Patient 01"]


def test_as_many_queries_for_thirty_cases_as_for_one():
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page()
        return len(seen)

    case = factories.case_with_visit(days=30, patient=patient(0))
    actions.ask_for_a_call(case, by=Actor.person(case.patient))
    page()
    one = queries()
    for number in range(1, 20):
        case = factories.case_with_visit(days=20 + number, patient=patient(number))
        actions.ask_for_a_call(case, by=Actor.person(case.patient))
    assert queries() == one


def test_the_list_is_paged():
    for number in range(caseload.CASES_ON_A_PAGE + 1):
        factories.open_case(patient(number))
    assert "Patient 00" in page()
    assert "Patient 25" not in page()
    assert "Patient 25" in page(reverse("pages:caseload") + "?page=2")


def test_a_call_that_is_wanted_stands_on_top_with_its_case_in_three_lines():
    case = factories.case_with_visit(days=30)
    User.objects.filter(pk=case.patient_id).update(phone="+15550100110", safe_to_ring="Mornings")
    todo = actions.ask_for_a_call(case, by=Actor.person(case.patient))
    ToDo.objects.update(due_on=clock.today(people.person("theo").zone))
    html = page()
    assert "Call back" in html
    assert "Visit: " in html
    assert "Mornings. Do not leave a message." in html
    assert 'href="tel:+15550100110"' in html
    assert reverse("pages:settle_to_do", args=[todo.pk]) in html


def test_what_is_for_later_waits():
    case = factories.open_case()
    later = clock.today(people.person("theo").zone) + dt.timedelta(days=3)
    ask_to_do("call", case, case=case, due_on=later, by=SYSTEM)
    assert "Call back" not in page()


def test_done_takes_it_off_the_list_and_is_written_down():
    case = factories.open_case()
    todo = actions.ask_for_a_call(case, by=Actor.person(case.patient))
    theo = people.browser(people.person("theo"))
    for _press in range(2):
        theo.post(reverse("pages:settle_to_do", args=[todo.pk]))
    assert ToDo.objects.get().done_by == people.person("theo")
    assert Event.objects.filter(verb="todo.done").count() == 1


def test_each_look_at_a_case_is_on_record():
    case = factories.case_with_visit(days=30)
    html = page(reverse("pages:case_file", args=[case.pk]))
    assert "Pathology report" in html
    looked = Event.objects.get(verb="case.seen", case_id=case.pk)
    assert (looked.actor_id, looked.why) == (people.person("theo").pk, "care")


def test_the_words_of_the_diagnosis_are_not_on_the_list():
    factories.open_case()
    assert "Breast cancer" not in page()
