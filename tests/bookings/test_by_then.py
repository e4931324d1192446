"""What records will be in by a call: in already, expected by their own days, or later; and who reads it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import by_then
from bookings.by_then import By, by
from cases.records import actions as records
from cases.records.days.lead_times import Lead
from cases.records.days.verdict import Thing, dates_of
from cases.records.models import RecordItem
from portal import clock
from portal.actors import Actor
from tests import factories, people

MONDAY = datetime(2026, 11, 9, 14, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 12, 15, tzinfo=UTC)
ASKED_TODAY = {"state": "asked", "asked_on": date(2026, 11, 9)}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"state": "arrived"}, By.IN),
        ({"state": "held", "route": "through_us", "asked_on": date(2026, 11, 2)}, By.IN),
        ({"state": "sent", "route": "carried", "asked_on": date(2026, 11, 2)}, By.IN),
        (ASKED_TODAY, By.EXPECTED),  # there on Wednesday
        (ASKED_TODAY | {"lead": Lead(3, 5)}, By.AFTER),  # on the day itself, at no known hour
        ({}, By.IF_ASKED),
        ({"lead": Lead(3, 5)}, By.AFTER),
        ({"state": "not_located", "asked_on": date(2026, 11, 2)}, By.AFTER),
        ({"state": "asked", "asked_on": date(2026, 10, 1)}, By.AFTER),  # no word for longer than it ever takes
        (ASKED_TODAY | {"zone": ZoneInfo("Pacific/Auckland"), "lead": Lead(3, 5)}, By.EXPECTED),  # Friday there
    ],
)
def test_one_record_by_the_day_of_a_call(facts, expected):
    thing = Thing(**{"key": "one", "lead": Lead(2, 5), "zone": UTC} | facts)
    assert by(dates_of(thing, MONDAY), THURSDAY) == expected


def known_of(case, person):
    return by_then.known_of(case, list(by_then.items_of(case, person)), clock.now())


@pytest.fixture
def with_visit(practice):
    return factories.case_with_visit(days=20)


def item(case, kind):
    return RecordItem.objects.get(visit__case=case, kind=kind)


def say(case, kind, verb, **more):
    return records.tell(item(case, kind), verb, **more, by=Actor.person(case.patient))


@pytest.mark.django_db
def test_the_sentence_names_each_group(with_visit):
    say(with_visit, "pathology_report", "asked")
    known = known_of(with_visit, with_visit.patient)
    said = known.sentence(clock.now() + timedelta(days=3))
    assert "Expected by then: Pathology report." in said
    assert "By then, if asked for now: Scan reports" in said
    assert "Later: " in said
    assert "Tissue slides" in said.partition("Later: ")[2]
    assert known.sentence(clock.now()).startswith("Later: ")


@pytest.mark.django_db
def test_times_of_one_answer_are_said_together(with_visit):
    known, noon = known_of(with_visit, with_visit.patient), datetime(2026, 11, 18, 17, tzinfo=UTC)
    (only,) = known.sentences([noon, noon + timedelta(minutes=30)], UTC)
    assert only["days"] == "Wed, Nov 18"
    assert len(known.sentences([noon, noon + timedelta(days=14)], UTC)) == 2


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.django_db
def test_it_stands_beside_the_times_and_on_the_check_page(with_visit):
    rosas = people.browser(with_visit.patient)
    say(with_visit, "pathology_report", "asked")
    page = words(rosas.get(reverse("bookings:pick", args=[with_visit.pk])))
    assert "What records will be in by then" in page
    assert "Expected by then: Pathology report" in page
    known, offer = (
        known_of(with_visit, with_visit.patient),
        rosas.get(address := reverse("bookings:pick", args=[with_visit.pk])).context["offer"],
    )
    for day in (min(offer.days), max(offer.days)):
        for headers in ({}, {"HX-Request": "true"}):
            shown = words(rosas.get(address, {"day": day.isoformat()}, headers=headers))
            assert f"Records: {known.sentence(offer.days[day][0])}" in shown
    assert known.sentence(offer.days[min(offer.days)][0]) != known.sentence(offer.days[max(offer.days)][0])
    assert "Records: " not in words(rosas.get(address, {"day": "2026-11-14"}))  # a Saturday
    kept = factories.hold(with_visit)
    page = words(rosas.get(kept.get_absolute_url()))
    assert "Records by then" in page
    assert "Expected by then: Pathology report" in page


@pytest.mark.django_db
def test_without_a_visit_nothing_is_said(practice, case):
    assert known_of(case, case.patient).sentence(clock.now()) == ""
    page = words(people.browser(case.patient).get(reverse("bookings:pick", args=[case.pk])))
    assert "What records will be in" not in page


@pytest.mark.django_db
def test_who_may_not_see_the_records_is_told_nothing(with_visit):
    stranger = people.person("grace")
    assert known_of(with_visit, stranger).records == []
    assert known_of(with_visit, people.person("joanne")).records == []
