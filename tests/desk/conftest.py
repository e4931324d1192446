"""A store for each test, and a visit of Rosa's, whose records Lakeside has, as the worked example begins."""

import datetime as dt

import pytest

from cases.desk.links import codes
from cases.desk.links.actions import link_for
from tests.documents.conftest import text_engine
from tests.documents.files import folder
from tests.records.builders import actor, booked_visit, item, on_november_5

__all__ = ["folder", "text_engine"]

BORN = dt.date(1961, 5, 2)


@pytest.fixture
def november_5(db):
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def visit(november_5):
    found = booked_visit()
    patient = found.case.patient
    patient.birth_date = BORN
    patient.save(update_fields=["birth_date"])
    return found


@pytest.fixture
def link(visit):
    """Lakeside's: it has the records."""
    return link_for(visit, item(visit).holder, by=actor("theo"))


@pytest.fixture
def second_link(visit):
    return link_for(visit, visit.office, by=actor("theo"))


@pytest.fixture
def paper(link):
    """What a clerk types from the letter."""
    return {"code": codes.paper_code(link), "born": "5 2 1961"}


@pytest.fixture
def address(link):
    """The address in a mail."""
    return f"/o/{codes.mailed_token(link)}/"


@pytest.fixture(autouse=True)
def own_store(folder):
    """No test leaves files behind."""
