"""An office's link: one for an office and a visit, its code and address made, never kept."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from cases.desk.links import actions, codes, rules
from cases.desk.links.actions import link_for
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Ended, Standing
from portal.vault import links
from tests.records.builders import actor, named_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    visit = named_visit()
    return link_for(visit, visit.office, by=actor("theo"))


def test_one_office_has_one_link_to_a_visit(link):
    again = link_for(link.visit, link.office, by=actor("theo"))
    assert again.pk == link.pk


def test_database_refuses_a_second_standing_link(link):
    twin = OfficeLink(visit=link.visit, office=link.office, made_at=link.made_at, awake_since=link.made_at)
    twin.code_digest = codes.digest_of(twin)
    with pytest.raises(IntegrityError, match="officelink_one_standing"), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"tries": 6}, "officelink_tries_are_few"),
        ({"birth_date_tries": 6}, "officelink_birth_date_tries_are_few"),
        ({"ended_why": Ended.STAFF}, "officelink_ended_says_why"),
    ],
)
def test_database_refuses_a_bad_row(link, change, refused):
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        OfficeLink.objects.filter(pk=link.pk).update(**change)


def test_code_can_be_printed_again_and_typed_as_people_type(link):
    code = codes.paper_code(link)
    assert re.fullmatch(r"([A-HJ-NP-Z]{4} ){2}[A-HJ-NP-Z]{4}", code)
    assert code == codes.paper_code(OfficeLink.objects.get(pk=link.pk))
    assert codes.digest(code.lower().replace(" ", "-")) == link.code_digest


def test_a_new_generation_makes_code_and_address_false(link):
    code, token = codes.paper_code(link), codes.mailed_token(link)
    link.generation += 1
    assert codes.paper_code(link) != code
    assert links.read(codes.PURPOSE, token).generation != link.generation


def test_a_code_names_its_link_also_once_there_is_a_newer_one(link):
    former = link.code_digest
    for _time in range(2):
        actions.make_new_code(link, by=actor("theo"))
    link.refresh_from_db()
    found = [OfficeLink.objects.of_code(digest).get() for digest in (former, link.code_digest)]
    assert found == [link, link]
    assert not OfficeLink.objects.of_code("").exists()


NOW = dt.datetime(2026, 11, 10, 15, tzinfo=dt.UTC)
OPEN = {
    "ended_at": None,
    "is_live": True,
    "visit_on": dt.date(2026, 11, 24),
    "awake_since": NOW,
    "tries": 0,
    "today": NOW.date(),
    "now": NOW,
}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, Standing.OPEN),
        ({"visit_on": None}, Standing.OPEN),
        ({"today": dt.date(2026, 12, 24)}, Standing.OPEN),
        ({"today": dt.date(2026, 12, 25)}, Standing.OVER),
        ({"is_live": False}, Standing.OVER),
        ({"ended_at": NOW}, Standing.OVER),
        ({"tries": 4}, Standing.OPEN),
        ({"tries": 5}, Standing.LOCKED),
        ({"now": NOW + dt.timedelta(days=13)}, Standing.OPEN),
        ({"now": NOW + dt.timedelta(days=14)}, Standing.ASLEEP),
        ({"now": NOW + dt.timedelta(days=14), "tries": 5}, Standing.LOCKED),
    ],
)
def test_when_a_link_opens(facts, said):
    assert rules.standing(**(OPEN | facts)) == said
