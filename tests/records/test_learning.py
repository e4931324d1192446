"""How fast an office is, learned from its finished requests: median, 90th percentile, always with their count."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case import directory
from cases.case.models import Office
from cases.records import actions
from cases.records.days import learning
from cases.records.days.lead_times import Lead
from cases.records.models import RecordItem
from cases.records.standing import lead_of
from portal import clock
from portal.reminders.models import Reminder
from tests import people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("waits", "says"),
    [
        ([], None),
        ([3] * 7, None),
        ([3] * 8, [3, 3, 8]),
        ([1, 2, 3, 4, 5, 6, 7, 8], [4, 8, 8]),
        ([9, 1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 10]),
        (range(1, 21), [10, 18, 20]),
    ],
)
def test_median_and_90th_percentile_from_8_on(waits, says):
    assert learning.typical(waits) == says


def finished(count, *, days=4, office=None):
    """Reports of so many cases, each asked for on October 1 and there some business days later."""
    for _case in range(count):
        visit = named_visit(case_of_rosa())
        record = item(visit)
        if office:
            RecordItem.objects.filter(pk=record.pk).update(holder=office)
            record.refresh_from_db()
        actions.tell(record, "asked", on=date(2026, 10, 1), by=actor("rosa"))
        record.refresh_from_db()
        actions.tell(record, "arrived", on=date(2026, 10, 1) + timedelta(days=days), by=actor("rosa"))


@pytest.fixture
def lakeside():
    office = case_actions.add_office(
        case_of_rosa(), name="Lakeside Records", phone="555 010 0100", region="US-PA", by=actor("rosa")
    )
    return directory.check_office(office, by=actor("theo"))


@pytest.mark.full
def test_seven_requests_say_nothing_yet(lakeside):
    finished(7, office=lakeside)
    assert learning.learn(clock.now()) == 0
    lakeside.refresh_from_db()
    assert lakeside.learned_days == {}


@pytest.mark.full
def test_eight_say_how_long_in_its_own_business_days_and_plan_open_visits_anew(lakeside):
    finished(8, days=13, office=lakeside)  # October 1 to 14, with Columbus Day between: 8 business days
    visit = booked_visit()
    actions.set_holder(item(visit), office=lakeside, by=actor("rosa"))
    before = Reminder.objects.get(about_id=item(visit).pk, settled_at=None).due_at
    assert learning.learn(clock.now()) == 1
    lakeside.refresh_from_db()
    assert lakeside.learned_days == {"pathology_report": [8, 8, 8]}
    record = RecordItem.objects.select_related("holder", "kind").get(pk=item(visit).pk)
    assert lead_of(record) == Lead(8, 8)
    assert Reminder.objects.get(about_id=record.pk, settled_at=None).due_at > before
    assert learning.learn(clock.now()) == 0


@pytest.mark.full
def test_a_record_that_came_without_an_asking_says_nothing_of_the_office(lakeside):
    for _case in range(9):
        record = item(named_visit(case_of_rosa()))
        RecordItem.objects.filter(pk=record.pk).update(holder=lakeside)
        actions.tell(record, "arrived", by=actor("rosa"))
    assert learning.learn(clock.now()) == 0


@pytest.mark.full
def test_what_was_learned_long_ago_is_forgotten(lakeside, november_5):
    finished(8, office=lakeside)
    learning.learn(clock.now())
    november_5.move_to("2028-12-01T15:00:00Z")
    assert learning.learn(clock.now()) == 1
    lakeside.refresh_from_db()
    assert lakeside.learned_days == {}


def test_what_staff_know_gives_way_to_what_was_seen(lakeside):
    lakeside.usual_days = {"pathology_report": 20}
    lakeside.learned_days = {"pathology_report": [4, 9, 12]}
    record = item(named_visit())
    record.holder = lakeside
    assert lead_of(record) == Lead(4, 9)


def test_the_page_shows_it_with_its_count(lakeside):
    visit = booked_visit()
    Office.objects.filter(pk=lakeside.pk).update(learned_days={"pathology_report": [4, 9, 12]})
    actions.set_holder(item(visit), office=lakeside, by=actor("rosa"))
    answer = people.browser(people.person("rosa")).get(reverse("records:list", args=[visit.case.pk]))
    shown = " ".join(answer.content.decode().split())
    assert "Lakeside Records usually takes 4 business days; from 12 requests." in shown
