"""What stays behind of a file that was taken back, and what is said of versions: who, when, what is other."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.models import Consent
from cases.documents import actions, lists
from cases.documents.worker import checking
from portal import clock, when
from portal.actors import Actor
from tests import people, plan_files
from tests.documents.files import added, read, upload

pytestmark = pytest.mark.django_db


def by(key):
    return Actor.person(people.person(key))


def files(case):
    return reverse("documents:list", args=[case.pk])


def seen(key, case):
    return people.browser(people.person(key)).get(files(case)).content.decode()


def taken_back(case, *, opened_by=(), only_me=False):
    document = read(case, "Lump.pdf").document
    for key in opened_by:
        people.browser(people.person(key)).get(document.get_absolute_url())
    if only_me:
        actions.mark_only_me(document, by=by("rosa"))
    return actions.withdraw(document, by=by("rosa"))


def test_patient_reads_who_took_it_back_and_until_when_it_can_be_put_back(case):
    document = taken_back(case)
    gone = document.withdrawn_at.astimezone(case.patient.zone).date()
    page = seen("rosa", case)
    assert f"You took it back on {when.month_day(gone, year=True)}." in page
    assert f"It can be put back until {when.month_day(gone + dt.timedelta(days=30), year=True)}." in page


def test_staff_who_put_it_in_read_who_took_it_back(case):
    document = added(case, by=people.person("theo")).document
    actions.withdraw(document, by=by("rosa"))
    assert "A file that you added was taken back by Rosa Delgado on" in seen("theo", case)


def test_those_who_had_opened_it_read_that_it_is_gone_and_not_what_it_was(case):
    taken_back(case, opened_by=["joanne"])
    page = seen("joanne", case)
    assert "A file that you opened was taken back by Rosa Delgado on" in page
    assert "Lump" not in page
    assert "A file that you opened" not in seen("theo", case)
    assert "A file that you opened" not in seen("rosa", case)


def test_no_trace_of_what_was_hidden_before_or_once_permission_ended(case):
    taken_back(case, opened_by=["joanne"], only_me=True)
    assert "A file that you opened" not in seen("joanne", case)
    case_actions.withdraw_consent(Consent.objects.get(case=case, kind=Consent.Kind.READ), by=by("rosa"))
    assert lists.traces(case, people.person("joanne")) == []


def test_a_file_put_back_leaves_no_trace(case):
    document = taken_back(case, opened_by=["joanne"])
    actions.restore(document, by=by("rosa"))
    assert "A file that you opened" not in seen("joanne", case)


@pytest.mark.full
@pytest.mark.parametrize(
    ("pages", "words"),
    [(3, "1 page more than version 1"), (1, "1 page fewer than version 1"), (2, "As many pages as version 1")],
)
def test_each_version_says_who_added_it_when_and_what_is_other(case, pages, words):
    first = read(case, "plan.pdf", plan_files.pdf(2))
    newer = plan_files.pdf(pages, patient="Rosa Delgado")
    second = actions.add_version(first.document, upload("new.pdf", newer), by=by("theo"))
    checking.check(second.pk)
    page = people.browser(case.patient).get(first.document.get_absolute_url()).content.decode()
    day = when.month_day(clock.now(), case.patient.zone, year=True)
    assert f"Added by Theo Lindqvist on {day} · {words}" in page
    assert f"Version 1 · Added by you on {day}" in page


def test_nothing_is_said_to_be_other_while_one_cannot_be_read(case):
    first = read(case)
    actions.add_version(first.document, upload("new.pdf", plan_files.pdf(5)), by=by("rosa"))
    assert lists.rows_of(case, case.patient)[0].changed == ""


@pytest.mark.full
@pytest.mark.parametrize("files_gone", [1, 6])
def test_traces_take_the_same_number_of_queries(case, files_gone, django_assert_max_num_queries):
    joanne = people.person("joanne")
    client = people.browser(joanne)
    for number in range(files_gone):
        document = read(case, f"{number}.pdf", plan_files.pdf(patient=str(number))).document
        client.get(document.get_absolute_url())
        actions.withdraw(document, by=by("rosa"))
    with django_assert_max_num_queries(5):
        assert len(lists.traces(case, joanne)) == files_gone
