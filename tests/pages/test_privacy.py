"""What the patient reads about who did what with the records."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.models import Consent
from cases.case.people import has_consent_to_read, who_can_open
from portal.actors import Actor
from portal.history.actions import record
from portal.history.models import Event
from portal.history.words import known_verbs, why
from tests import factories, people
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db


def address(case) -> str:
    return reverse("pages:privacy", args=[case.pk])


def read(case) -> str:
    return people.browser(case.patient).get(address(case)).content.decode()


def test_a_look_by_staff_is_told_with_its_reason():
    case = factories.open_case()
    people.browser(people.person("theo")).get(reverse("pages:case_file", args=[case.pk]))
    html = read(case)
    assert "Theo Lindqvist" in html
    assert "Looked at the case" in html
    assert "Keeping your records moving" in html


def test_the_file_that_was_opened_is_named_and_the_line_holds_no_name():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    version = plan(case, name="Plan of Dr. Keller.pdf")
    people.browser(people.person("joanne")).get(version.get_absolute_url())
    people.browser(people.person("amir")).get(version.get_absolute_url())
    assert read(case).count("Plan of Dr. Keller.pdf") == 2  # once opened, once refused
    assert not [line for line in Event.objects.values_list() if "Keller" in str(line)]


def test_who_can_open_is_the_rule_itself():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    html = read(case)
    for user, _words in who_can_open(case):
        assert user.name in html
    assert "Amir Haddad" not in html


def test_a_permission_is_taken_back_at_once():
    joanne = people.person("joanne")
    case = factories.assign(factories.open_case(), joanne)
    given = Consent.objects.get(case=case, kind="read")
    browser = people.browser(case.patient)
    browser.post(reverse("pages:withdraw_consent", args=[case.pk, given.pk]))
    assert not has_consent_to_read(case, joanne)
    assert "Taken back on" in read(case)


def test_what_our_calls_are_cannot_be_taken_back():
    case = factories.open_case()
    from cases.case.actions import give_consent

    given = give_consent("scope", person=case.patient, case=case, by=Actor.person(case.patient))
    browser = people.browser(case.patient)
    assert browser.post(reverse("pages:withdraw_consent", args=[case.pk, given.pk])).status_code == 404


@pytest.mark.parametrize("key", ["ama", "theo", "joanne", "grace", "mara"])
def test_the_page_is_the_patients_alone(key):
    case = factories.assign(factories.open_case(starter=people.person("ama")), people.person("joanne"))
    assert people.browser(people.person(key)).get(address(case)).status_code == 404


def test_nothing_of_another_case_is_told():
    other = factories.open_case(people.person("grace"))
    people.browser(people.person("theo")).get(reverse("pages:case_file", args=[other.pk]))
    assert "Looked at the case" not in read(factories.open_case())


def test_long_histories_are_paged_with_as_many_queries():
    case, theo = factories.open_case(), Actor.person(people.person("theo"))

    def queries(page: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            people.browser(case.patient).get(f"{address(case)}?page={page}")
        return len(seen)

    record(theo, "case.seen", case, patient=case.patient_id, case=case.pk, why="care")
    queries(1)
    one = queries(1)
    for _look in range(60):
        record(theo, "case.seen", case, patient=case.patient_id, case=case.pk, why="care")
    assert queries(1) == one
    assert queries(3) == one
    assert "Page 1 of 3" in read(case)


def test_every_verb_that_was_recorded_has_words():
    factories.assign(factories.case_with_visit(days=30), people.person("joanne"))
    assert set(Event.objects.values_list("verb", flat=True)) <= known_verbs()
    reasons = set(Event.objects.exclude(why="").values_list("why", flat=True))
    assert [reason for reason in reasons if why(reason) == reason] == []
