"""A month is counted once when it is over, from the real record, and stays as it was; administrators alone read it."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.records import actions as records
from cases.records.items import telling
from cases.records.models import RecordItem
from portal import clock
from portal.accounts.models import User
from portal.history.models import Event
from portal.pages.month.actions import count_finished
from portal.pages.month.models import Month
from portal.pages.month.rules import Counts
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.records.builders import actor, booked_visit, on_november_5
from tests.records.report_builders import past_visit

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)
IN_DECEMBER = "2026-12-01T12:00:00Z"


@pytest.fixture
def traveller():
    with on_november_5() as traveller:
        yield traveller


def november(traveller) -> Counts:
    traveller.move_to(IN_DECEMBER)
    assert count_finished(clock.now()) == 1
    return Month.objects.get(first_day=NOVEMBER).figures


def everything_comes(visit) -> None:
    for item in RecordItem.objects.filter(visit=visit, is_core=True):
        for verb in ("asked", "sent", "arrived"):
            item = telling.tell(item, verb, by=actor("theo"))


def test_a_visit_with_its_records_and_its_report(traveller):
    visit = booked_visit()
    everything_comes(visit)
    traveller.move_to("2026-11-25T15:00:00Z")
    visit = records.say_took_place(visit, by=actor("rosa"))
    records.tell_report(visit.report, "confirmed", by=actor("rosa"))
    counts = november(traveller)
    assert (counts.started, counts.started_by_helper, counts.visits) == (1, 0, 1)
    assert (counts.visits_complete, counts.timed, counts.days) == (1, 1, 0)
    assert (counts.reports, counts.reports_through_us) == (1, 0)


def test_a_record_that_never_came_makes_no_visit_complete(traveller):
    past_visit(traveller)
    counts = november(traveller)
    assert (counts.visits, counts.visits_complete, counts.timed) == (1, 0, 0)


def test_a_visit_that_is_said_in_december_counts_in_december(traveller):
    visit = booked_visit()
    assert november(traveller).visits == 0
    records.say_took_place(visit, by=actor("rosa"))
    traveller.move_to("2027-01-02T12:00:00Z")
    assert count_finished(clock.now()) == 1
    assert Month.objects.get(first_day=DECEMBER).figures.visits == 1


def test_a_helper_who_starts_and_a_person_without_email(traveller):
    patient = User.objects.create_user(name="Harold Quist", phone="+14165550134", channel="call")
    factories.open_case(patient, starter=people.person("ama"))
    counts = november(traveller)
    assert (counts.started, counts.started_by_helper, counts.without_email) == (1, 1, 1)


def test_a_month_begins_at_the_houses_own_midnight(traveller):
    traveller.move_to("2026-12-01T03:30:00Z")  # still November 30 in New York
    factories.open_case()
    assert count_finished(clock.now()) == 0  # October: nobody had started
    traveller.move_to("2026-12-01T05:00:00Z")
    assert count_finished(clock.now()) == 1
    assert Month.objects.get().figures.started == 1


def test_it_stays_as_it_was(traveller):
    case = factories.open_case()
    before = november(traveller)
    case.opened_at = clock.now()
    case.save()
    assert count_finished(clock.now()) == 0
    assert Month.objects.get().figures == before


def test_months_in_which_beat_was_away_are_counted_too(traveller):
    factories.open_case()
    traveller.move_to(IN_DECEMBER)
    count_finished(clock.now())
    traveller.move_to("2027-03-15T12:00:00Z")
    assert count_finished(clock.now()) == 3
    assert list(Month.objects.order_by("first_day").values_list("first_day__month", flat=True)) == [11, 12, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_workers_count_it_once():
    with on_november_5():
        factories.open_case()
    with time_machine.travel(IN_DECEMBER, tick=True):
        at_once(lambda: count_finished(clock.now()), lambda: count_finished(clock.now()))
    assert Month.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"first_day": dt.date(2026, 10, 2)}, {"counted_at": dt.datetime(2026, 9, 1, tzinfo=dt.UTC)}]
)
def test_the_database_refuses_months_that_are_none(wrong):
    row = {"first_day": dt.date(2026, 10, 1), "time_zone": "UTC", "counted_at": clock.now(), "counts": {}} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Month.objects.create(**row)


def test_the_page_and_its_table(traveller):
    factories.open_case()
    november(traveller)
    mara = people.browser(people.person("mara"))
    page = mara.get(reverse("pages:month"))
    assert page.status_code == 200
    assert "November 2026" in page.content.decode()
    table = mara.get(reverse("pages:month_table"), {"m": "2026-11"})
    assert table.headers["Content-Disposition"] == 'attachment; filename="month-2026-11.csv"'
    assert "Fewer than 5" in table.content.decode()
    assert Event.objects.filter(verb="month.taken").count() == 1


@pytest.mark.parametrize("asked", ["2026-13", "2026-10", "x", "2026-11-01", "9" * 5000, "२०२६-११"])
def test_a_month_that_is_none_is_not_found(traveller, asked):
    factories.open_case()
    november(traveller)
    mara = people.browser(people.person("mara"))
    assert mara.get(reverse("pages:month"), {"m": asked}).status_code == 404


def test_before_the_first_month_the_page_says_when_it_comes(traveller):
    page = people.browser(people.person("mara")).get(reverse("pages:month"))
    assert "The first comes soon after December 1 has begun." in page.content.decode()
