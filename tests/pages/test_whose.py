"""Whose page it is: one color for each patient, and one's own case apart from those one helps with."""

import uuid

import pytest
from django.urls import reverse

from cases.case import whose
from tests import factories, people

pytestmark = pytest.mark.django_db


def test_ones_own_page_bears_no_mark():
    case = factories.open_case(starter=people.person("ama"))
    assert "rs-whose--" not in people.browser(case.patient).get(case.get_absolute_url()).content.decode()


def test_colors_hold_and_differ_while_there_are_enough():
    patients = [uuid.UUID(int=whose.COLORS * number) for number in range(1, whose.COLORS + 1)]
    given = whose.colors(patients)
    assert sorted(given.values()) == list(range(1, whose.COLORS + 1))
    assert whose.colors(patients[:1])[patients[0]] == given[patients[0]]
    more = whose.colors([*patients, uuid.UUID(int=7)])
    assert more.items() >= given.items()


def test_each_patient_has_one_color_on_the_home_and_on_her_pages():
    ama = people.person("ama")
    cases = [factories.open_case(people.person(key), starter=ama) for key in ("rosa", "grace")]
    browser = people.browser(ama)
    home = browser.get(reverse("pages:home")).content.decode()
    colors = set()
    for case in cases:
        color = whose.whose(case, ama).color
        colors.add(color)
        assert f'rs-avatar--whose{color}" aria-hidden="true">{case.patient.initials}' in home
        page = browser.get(case.get_absolute_url()).content.decode()
        assert f"rs-whose--{color}" in page
        assert "Change to another page" in page
    assert len(colors) == 2


def test_ones_own_case_stands_apart_from_those_one_helps_with():
    ama = people.person("ama")
    factories.open_case(starter=ama)
    factories.open_case(ama)
    html = people.browser(ama).get(reverse("pages:home")).content.decode()
    assert html.index("For me") < html.index("My own page") < html.index("People I help") < html.index("Rosa Delgado")


def test_with_one_page_there_is_none_to_change_to():
    ama = people.person("ama")
    case = factories.open_case(starter=ama)
    assert "Change to another page" not in people.browser(ama).get(case.get_absolute_url()).content.decode()
