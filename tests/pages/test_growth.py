"""Pages that list or gather ask the database as often with many rows as with few, and walk indexes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.records import actions as records
from cases.records.models import RecordItem
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import reminder_log
from portal.reminders.models import Outcome, Reminder
from tests import factories, people

pytestmark = pytest.mark.django_db

# Session and person; for staff the second factor and the numbers beside two tabs: what every page costs.
SIGNING_IN = {"rosa": 2, "theo": 5, "joanne": 4}
PAGES = ["pages:case_home", "records:list", "pages:ledger", "pages:reminder_log"]
OWN_AT_MOST = 12


def own_queries(key: str, address: str) -> int:
    """The SELECTs of a page that was opened before: then only they are counted, not the word that one was here."""
    browser = people.browser(people.person(key))
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return sum(query["sql"].startswith(("SELECT", "(")) for query in asked) - SIGNING_IN[key]


def others(count: int) -> None:
    """Cases of other people, in the same database."""
    for number in range(count):
        person = User.objects.create_user(email=f"p{number}@example.org", name=f"Patient {number:02}")
        factories.case_with_visit(days=20 + number, patient=person)


@pytest.mark.full
@pytest.mark.parametrize("page", PAGES)
def test_at_most_12_queries_of_its_own_however_many_cases(page):
    case = factories.case_with_visit(days=30)
    key = "theo" if page == "pages:reminder_log" else "rosa"
    address = reverse(page, args=[] if key == "theo" else [case.pk])
    few = own_queries(key, address)
    others(3)
    assert own_queries(key, address) == few <= OWN_AT_MOST


def test_the_ledger_reads_what_its_rows_are_about_once_however_many_they_are():
    case = factories.case_with_visit(days=60)
    address = reverse("pages:ledger", args=[case.pk])
    few = own_queries("rosa", address)
    for item in RecordItem.objects.filter(visit__case=case, state="needed"):
        records.tell(item, "asked", by=Actor.person(case.patient))
    assert own_queries("rosa", address) <= few


@pytest.fixture
def plans():
    """How PostgreSQL goes about a query, were reading the whole table out of the question."""

    def explain(rows) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        return rows.explain()

    return explain


def test_the_staff_are_found_along_an_index(plans):
    assert "user_staff_by_role" in plans(User.objects.filter(role="coordinator", can_sign_in=True).order_by("name"))


def test_what_passed_is_counted_along_an_index(plans):
    assert "reminder_passed" in plans(Reminder.objects.filter(settled_as=Outcome.PASSED))
    assert "reminder_paused" in plans(reminder_log._paused(people.person("theo")))


def test_counting_ends_where_nobody_counts_on():
    factories.case_with_visit(days=30)
    rows, most = Reminder.objects.all(), reminder_log.COUNTED_AT_MOST
    some = rows.count()
    assert reminder_log._counts({"here": rows, "nowhere": rows.none()}) == {"here": str(some), "nowhere": "0"}
    row = rows[0]
    copies = [{"pk": None, "step": step, "version": row.version + 7} for step in range(most - some + 1)]
    Reminder.objects.bulk_create(
        [Reminder(**{f.attname: getattr(row, f.attname) for f in Reminder._meta.fields if f.name != "id"} | values)
         for values in copies]
    )  # fmt: skip
    assert reminder_log._counts({"here": Reminder.objects.all()}) == {"here": f"{most}+"}
