"""The last day for a plan leaves the consultant her reading days, by the holidays of the region where she is."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bookings import availability, follow_up
from bookings.models import Consultation
from portal import clock
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
