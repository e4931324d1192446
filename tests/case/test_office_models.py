"""The database itself refuses entries that cannot be."""

import pytest
from django.db import IntegrityError, transaction

from cases.case.office_models import MOST_USUAL_DAYS, Office
from portal import clock
from tests import people
from tests.case.offices import checked, typed_in

pytestmark = pytest.mark.django_db


def refused(constraint: str, office: Office, **fields) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Office.objects.filter(pk=office.pk).update(**fields)


def test_who_merged_stands_beside_into_what_and_when():
    office, other = typed_in(), checked()
    pair = {"merged_at": clock.now(), "merged_by": people.person("theo")}
    for wanting in ({"merged_into": other}, pair, {"merged_into": other, "merged_at": clock.now()}):
        refused("office_merged_into_at_and_by_together", office, **wanting)
    Office.objects.filter(pk=office.pk).update(merged_into=other, **pair)


def test_an_entry_does_not_lead_to_itself():
    office = typed_in()
    merged = {"merged_into": office, "merged_at": clock.now(), "merged_by": people.person("theo")}
    refused("office_is_not_merged_into_itself", office, **merged)


def test_a_form_that_is_described_is_there():
    refused("office_own_form_is_there_when_described", typed_in(), own_form="ROI-3", has_own_form=False)


@pytest.mark.parametrize(
    "days", [[], "soon", 5, {"slides": "11"}, {"slides": 0}, {"slides": 2.5}, {"slides": MOST_USUAL_DAYS + 1}]
)
def test_usual_days_are_whole_days_by_kind(days):
    refused("office_usual_days_are_days", typed_in(), usual_days=days)


@pytest.mark.parametrize("days", [{}, {"slides": 1}, {"slides": 11, "clinic_notes": MOST_USUAL_DAYS}])
def test_days_that_can_be_are_kept(days):
    office = typed_in()
    Office.objects.filter(pk=office.pk).update(usual_days=days)
    office.refresh_from_db()
    assert office.usual_days == days


@pytest.mark.parametrize(
    ("words", "found"),
    [("north", 1), ("RECORDS", 1), ("erie", 1), ("0150", 1), ("555-0101", 1), ("010", 1), ("55", 0), ("south", 0)],
)
def test_an_entry_is_found_by_name_desk_place_and_digits(words, found):
    typed_in(desk="Records desk", place="Erie, Pennsylvania", phone="(555) 010-0150", fax="555.010.1999")
    assert Office.objects.matching(words).count() == found
