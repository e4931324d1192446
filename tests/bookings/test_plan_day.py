"""The last day for a plan leaves the consultant her reading days, by the holidays of the region where she is."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from bookings import anyone, availability, follow_up, picker, slots
from bookings.models import Consultation, Service
from portal import clock
from portal.pages import facts
from portal.reminders.models import Reminder
from portal.texts.models import Organisation
from tests import factories, people

pytestmark = pytest.mark.django_db
# Thanksgiving of the United States is on Thursday, November 26, and in some states the day after it.
MONDAY_AFTER = datetime(2026, 11, 30, 19, tzinfo=UTC)


@pytest.fixture
def abroad(practice):
    practice.region = "US-PA"
    practice.save(update_fields=["region"])
    Organisation.objects.create(from_at=clock.now(), region="CA-ON")
    return practice


def words(answer):
    return " ".join(answer.content.decode().split())


def test_page_call_and_reminder_name_the_same_day(case, abroad, rosa):
    closed = availability.closed(clock.now(), "US-PA")
    assert date(2026, 11, 26) in closed
    assert date(2026, 11, 26) not in availability.closed(clock.now())
    day = date(2026, 11, 24) if date(2026, 11, 27) in closed else date(2026, 11, 25)
    kept = factories.hold(case, starts_at=MONDAY_AFTER)
    said = f"November {day.day}"
    assert f"Please add your plan by {day:%A}, {said}." in words(people.browser(rosa).get(kept.get_absolute_url()))
    Reminder.objects.all().delete()
    call = factories.book(case, starts_at=MONDAY_AFTER)
    assert availability.plan_by(Consultation.objects.get(pk=call.pk), clock.now()) == day
    due = Reminder.objects.get(kind=follow_up.PLAN_DUE).due_at
    assert due.astimezone(rosa.zone).date() == day
    page = words(people.browser(rosa).get(reverse("bookings:detail", args=[call.pk])))
    assert f"By {day:%A}, {said}" in page


@pytest.mark.parametrize("is_with_anyone", [False, True])
def test_a_start_is_offered_until_its_last_day_for_a_plan_and_not_after_it(case, abroad, monday, is_with_anyone):
    wish = {"case": case, "practice": abroad, "service": Service.objects.get(code="plan")}
    last = availability.due_on(MONDAY_AFTER, wish["service"], abroad, clock.now())
    for now, is_offered in ((last, True), (last + timedelta(days=1), False)):
        monday.move_to(datetime.combine(now, time(12), abroad.zone))
        offer = picker.Offer(**wish, now=clock.now(), zone=abroad.zone)
        if is_with_anyone:
            offer = anyone.offer_of(offer, anyone.taking_bookings(case.patient, case, clock.now()), anyone.Fit())
        assert (MONDAY_AFTER in offer.free) is is_offered
        asked = availability.asked_by_anyone(abroad, wish["service"], clock.now())
        assert (slots.why_not(offer.calendar, asked, MONDAY_AFTER) is slots.Why.FREE) is is_offered


def test_the_home_of_the_case_names_the_same_last_day(case, abroad):
    call = factories.book(case, starts_at=MONDAY_AFTER)
    day = availability.plan_by(Consultation.objects.get(pk=call.pk), clock.now())
    assert facts.of_case(case, clock.now()).facts.consultation.plan_by == day
