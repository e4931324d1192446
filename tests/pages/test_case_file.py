"""The case file: its history goes on by key, and what to post has a page of its own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.actors import Actor
from portal.history.actions import record
from portal.history.models import Event
from portal.pages import privacy
from tests import factories, people

pytestmark = pytest.mark.django_db


def theo():
    return people.browser(people.person("theo"))


def file_of(case) -> str:
    return reverse("pages:case_file", args=[case.pk])


def happened(case, times):
    """One line each, by two people in turn: equal ones of a day would stand together."""
    for number in range(times):
        by = Actor.person(people.person("joanne" if number % 2 else "rosa"))
        record(by, "case.seen", case, patient=case.patient_id, case=case.pk)


def test_each_line_of_the_history_stands_on_one_page():
    case = factories.open_case()
    happened(case, 20)
    first = theo().get(file_of(case))
    assert "Newest first" not in first.content.decode()
    second = theo().get(f"{file_of(case)}?before={first.context['older']}")
    assert "Newest first" in second.content.decode()
    assert second.context["older"] == ""
    count = privacy.events_of(case).filter(pk__lte=Event.objects.latest("pk").pk).count() - 1  # less the second look
    assert len(first.context["happened"]) + len(second.context["happened"]) == count


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999999999", "%0B", "0"])
def test_a_line_that_is_none_is_not_there(before):
    case = factories.open_case()
    assert theo().get(f"{file_of(case)}?before={before}").status_code == 404


def test_older_lines_cost_no_more():
    case = factories.open_case()
    happened(case, 60)
    browser = theo()
    older = browser.get(file_of(case)).context["older"]
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"{file_of(case)}?before={older}").context["older"]
    assert len(asked) <= 15


def test_what_to_post_is_reached_from_the_file():
    case = factories.open_case()
    page = reverse("pages:to_post", args=[case.pk])
    assert page in theo().get(file_of(case)).content.decode()
    shown = theo().get(page).content.decode()
    assert "No letter waits." in shown
    assert "Print what to post today" in shown
    assert ">Posted<" not in shown
