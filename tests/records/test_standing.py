"""Standings of one visit or many, in a fixed number of queries; closed days; what changes by the hour."""

from datetime import date

import pytest

from cases.records import actions
from cases.records.days.closed_days import ClosedDays, closed_days
from cases.records.days.verdict import Answer
from cases.records.models import Visit
from cases.records.standing import standing, standings, verdicts
from portal import clock
from portal.texts.models import Holiday
from tests import factories, people
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5
from tests.records.worked_example import CLOSED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def test_the_region_of_the_worked_example_is_closed_on_its_days():
    autumn = {day for day in closed_days(["US-PA"], date(2026, 11, 5))["US-PA"] if day.month == 11 and day.year == 2026}
    assert autumn == CLOSED


def test_a_row_for_the_country_closes_its_parts():
    Holiday.objects.create(region="US", on_date=date(2026, 11, 10), name="flood")
    Holiday.objects.create(region="US-NY", on_date=date(2026, 11, 12), name="strike")
    found = closed_days(["US-PA", "US-NY"], date(2026, 11, 5))
    assert date(2026, 11, 10) in found["US-PA"]
    assert date(2026, 11, 12) in found["US-NY"] - found["US-PA"]


def test_several_regions_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        closed_days(["US-PA", "CA-ON", "PL"], date(2026, 11, 5))


def test_a_closed_day_moves_the_dates():
    visit = booked_visit()
    before = standing(visit, clock.now()).safe_on
    Holiday.objects.create(region="US-PA", on_date=date(2026, 11, 10), name="flood")
    after = standing(visit, clock.now()).safe_on
    assert (before, after) == (date(2026, 11, 20), date(2026, 11, 23))


def test_counts_of_a_visit():
    visit = booked_visit()
    actions.tell(item(visit), "arrived", by=actor("rosa"))
    actions.tell(item(visit, "imaging_reports"), "sent", by=actor("rosa"))
    stands = standing(visit, clock.now())
    assert (len(stands.core), stands.core_sent, stands.core_there) == (4, 2, 1)
    assert {line.item.kind_id for line in stands.moving} == {"pathology_report", "imaging_reports"}


def test_without_a_day_there_is_no_verdict():
    stands = standing(named_visit(), clock.now())
    assert (stands.verdict, stands.act_by) == (None, None)


def test_what_can_follow_presses_the_board_only_once_asked_for():
    visit = booked_visit()
    # Slides should have been asked for on October 27; the board's date is that of the core records.
    assert standing(visit, clock.now()).act_by == date(2026, 11, 6)


def visit_of(key):
    case = factories.open_case(people.person(key), treatment_on=None)
    visit = actions.name_visit(case, doctor="Dr. Raman", office_name="Bay", by=actor(key))
    return actions.set_visit_date(visit, on=date(2026, 11, 24), by=actor(key))


def test_many_visits_cost_as_many_queries_as_one(django_assert_num_queries):
    for key in ("rosa", "grace", "ama"):
        visit_of(key)
    visits = list(Visit.objects.select_related("office", "case__key"))
    for given in (visits[:1], visits):
        with django_assert_num_queries(2):
            found = standings(given, clock.now())
            assert [line.item.called for each in found.values() for line in each.items]
        with django_assert_num_queries(2):
            assert len(verdicts(given, clock.now())) == len(given)


def test_pages_cost_the_same_however_much_was_said(django_assert_max_num_queries):
    visit = booked_visit()
    rosa = people.browser(people.person("rosa"))
    for kind in ("pathology_report", "imaging_reports", "clinic_notes"):
        actions.tell(item(visit, kind), "asked", by=actor("theo"))
    with django_assert_max_num_queries(20):
        rosa.get(f"/cases/{visit.case_id}/records/")
    with django_assert_max_num_queries(10):
        rosa.get(f"/cases/{visit.case_id}/visit/?day=2026-11-10&day=2026-11-13&day=2026-11-24&look=2026-11-13")


def test_the_answer_changes_once_everything_is_there():
    visit = booked_visit(on=date(2026, 11, 9))
    assert standing(visit, clock.now()).verdict.answer == Answer.SOME_WILL_FOLLOW
    for kind in ("pathology_report", "imaging_reports", "treatment_plan", "referral_letter"):
        actions.tell(item(visit, kind), "arrived", by=actor("theo"))
    stands = standing(visit, clock.now())
    assert (stands.verdict.answer, stands.safe_on) == (Answer.COMFORTABLE, None)


def test_closed_days_read_for_any_region_are_those_read_for_that_one(django_assert_num_queries):
    for day, region in enumerate(("US", "US-PA", "CA-ON"), 12):
        Holiday.objects.create(region=region, on_date=date(2026, 11, day))
    today, regions = date(2026, 11, 10), ("US", "US-PA", "CA-ON", "FR")
    expected = closed_days(regions, today)
    with django_assert_num_queries(1):
        found = ClosedDays(today)
        assert {region: found[region] for region in regions} == expected
