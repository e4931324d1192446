"""The records of all open visits as a table: safe against formulas, readable anywhere, streamed, on record."""

import csv
import datetime as dt
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.records import actions
from cases.records.board import export
from portal import clock
from portal.history.models import Event
from tests import factories, people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def body(key="theo"):
    return b"".join(export.table(people.person(key), clock.now(), by=actor(key)))


def rows(key="theo"):
    return list(csv.reader(StringIO(body(key).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+15550100", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|'/c calc'!A1", "\uff1d1+1", "\uff201"],
)
def test_what_could_start_a_formula_stands_behind_an_apostrophe(typed):
    assert export.cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["Dr. Raman", "RS 4T7 29K", "O'Brien, Ann", "5 = five", "", "Nguyễn"])
def test_plain_words_stay_as_they_are(typed):
    assert export.cell(typed) == typed


def test_each_record_of_each_open_visit_is_a_row():
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    heads, *found = rows()
    assert len(found) == visit.items.count()
    row = dict(zip(heads, next(row for row in found if "Pathology report" in row), strict=True))
    assert row["Visit"] == "2026-11-24"
    assert row["Asked"] == "2026-11-05"
    assert (row["State"], row["How known"], row["Who has it"]) == ("Asked", "You told us", "Lakeside")


def test_hostile_words_are_cells_not_formulas():
    case = case_of_rosa()
    visit = booked_visit(case)
    actions.set_holder(item(visit), office_name='=HYPERLINK("http://x","y")', by=actor("rosa"))
    assert any('\'=HYPERLINK("http://x","y")' in row for row in rows())


def test_it_opens_as_utf_8():
    booked_visit()
    assert body().startswith(b"\xef\xbb\xbf")


def test_each_case_in_it_is_on_record_once():
    case = booked_visit().case
    factories.open_case(people.person("grace"))  # without a visit: no row, no line
    rows()
    assert list(Event.objects.filter(verb="case.exported").values_list("case_id", flat=True)) == [case.pk]


@pytest.mark.full
def test_as_many_reads_for_six_visits_as_for_two():
    for _case in range(2):
        booked_visit(case_of_rosa())
    body()
    with CaptureQueriesContext(connection) as two:
        body()
    for _case in range(4):
        booked_visit(case_of_rosa())
    with CaptureQueriesContext(connection) as six:
        body()
    reads = [sum(query["sql"].startswith("SELECT") for query in each) for each in (two, six)]
    assert reads[0] == reads[1]


# --- the page


def test_it_asks_again_who_one_is(november_5):
    browser = people.browser(people.person("theo"))
    browser.get("/account/")
    november_5.shift(dt.timedelta(minutes=11))
    answer = browser.get(reverse("records:export"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/check/")
    assert not Event.objects.filter(verb="case.exported").exists()


def test_after_that_it_comes_as_a_file_with_its_day_in_the_name():
    booked_visit()
    browser = people.browser(people.person("theo"))
    browser.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    answer = browser.get(reverse("records:export"))
    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="records-2026-11-05.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "Pathology report" in b"".join(answer.streaming_content).decode("utf-8-sig")
    assert Event.objects.filter(verb="case.exported").count() == 1


@pytest.mark.parametrize("who", ["rosa", "joanne", "mara"])
def test_for_others_there_is_no_such_page(who):
    assert people.browser(people.person(who)).get(reverse("records:export")).status_code == 404
