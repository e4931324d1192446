"""Days that are closed, opened or counted elsewhere move the last day for a plan: what is said of it moves, too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings import availability, availability_actions, follow_up
from bookings.closed import actions, place
from bookings.models import Consultation
from portal import clock
from portal.actors import Actor
from portal.reminders import sender
from portal.reminders.models import Reminder
from tests import factories, people
from tests.bookings.test_availability_actions import TERMS

pytestmark = pytest.mark.django_db
BEGINS = datetime(2026, 11, 19, 19, tzinfo=UTC)  # a Thursday afternoon: two days to read, so the plan by Tuesday
TUESDAY, MONDAY = date(2026, 11, 17), date(2026, 11, 16)
THEO = "theo"


def by(key=THEO):
    return Actor.person(people.person(key))


@pytest.fixture
def call(case, practice):
    return factories.book(case, starts_at=BEGINS)


def planned(call):
    """What is still to be said: each kind with its reader's role and day."""
    call = Consultation.objects.select_related("patient", "consultant").get(pk=call.pk)
    rows = Reminder.objects.about(call).unsettled().filter(kind__in=follow_up.ABOUT_THE_PLAN)
    return {
        (row.kind.split("_")[-1], "patient" if row.recipient_id == str(call.patient_id) else "consultant"):
            row.due_at.astimezone(call.zone).date()
        for row in rows
    }  # fmt: skip


def said_by(day):
    after = day + timedelta(days=1)
    return {("due", "patient"): day, ("missing", "patient"): after, ("missing", "consultant"): after}


def others(call):
    rows = Reminder.objects.about(call).exclude(kind__in=follow_up.ABOUT_THE_PLAN)
    return list(rows.order_by("pk").values())


def close(on, region="US"):
    return actions.close_day(region=region, on_date=on, by=by())


def test_a_day_that_is_closed_or_opened_moves_them(call):
    assert planned(call) == said_by(TUESDAY)
    rest = others(call)
    for _twice in range(2):
        day = close(date(2026, 11, 18))
        assert planned(call) == said_by(MONDAY)
    assert availability.plan_by(Consultation.objects.get(pk=call.pk), clock.now()) == MONDAY
    for _twice in range(2):
        actions.open_day(day, by=by())
        assert planned(call) == said_by(TUESDAY)
    assert others(call) == rest


def test_the_place_of_the_house_and_her_own_move_them(call, practice, joanne):
    actions.close_day(region="CA-ON", on_date=date(2026, 11, 18), by=by())
    assert planned(call) == said_by(TUESDAY)
    place.set_place(region="CA-ON", by=by())
    assert planned(call) == said_by(MONDAY)
    practice.refresh_from_db()
    for region, day in (("US-PA", TUESDAY), ("US-PA", TUESDAY), ("", MONDAY)):
        availability_actions.set_terms(practice, **TERMS | {"region": region}, by=Actor.person(joanne))
        assert planned(call) == said_by(day)


def test_calls_of_others_and_calls_that_need_no_plan_stay_as_they_are(call, practice):
    close(date(2026, 11, 18), region="CA-ON")
    assert planned(call) == said_by(TUESDAY)
    talk = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    close(date(2026, 11, 12))
    assert planned(talk) == {}


def test_what_went_out_is_not_said_again(call, monday):
    monday.move_to(datetime.combine(TUESDAY, time(12), tzinfo=UTC) + timedelta(hours=3))
    sender.run(clock.now())
    assert ("due", "patient") not in planned(call)
    day = close(date(2026, 11, 18))
    actions.open_day(day, by=by())
    sender.run(clock.now())
    assert planned(call) == {key: day for key, day in said_by(TUESDAY).items() if key[0] == "missing"}
    assert Reminder.objects.about(call).filter(kind=follow_up.PLAN_DUE).count() == 1


def test_one_whose_day_is_today_now_is_said_today(call, monday):
    monday.move_to(datetime.combine(MONDAY, time(12), tzinfo=UTC) + timedelta(hours=5))
    close(date(2026, 11, 18))
    sender.run(clock.now())
    assert Reminder.objects.get(kind=follow_up.PLAN_DUE).settled_as == "sent"


def test_one_whose_day_is_over_now_becomes_word_that_no_plan_is_there(call, monday):
    monday.move_to(datetime.combine(TUESDAY, time(5, 30), tzinfo=UTC))
    close(date(2026, 11, 18))
    assert set(planned(call)) == {("missing", "patient"), ("missing", "consultant")}
    monday.move_to(datetime.combine(TUESDAY, time(18), tzinfo=UTC))
    sender.run(clock.now())
    assert Reminder.objects.filter(kind=follow_up.PLAN_MISSING, settled_as="sent").count() == 2
    assert Reminder.objects.get(kind=follow_up.PLAN_DUE).settled_as == "withdrawn"


def test_what_the_booking_itself_said_is_not_said_later(call, monday):
    """Booked by somebody with a reason when the day had come already: nothing of it was planned."""
    Reminder.objects.about(call).filter(kind__in=follow_up.ABOUT_THE_PLAN).delete()
    monday.move_to(datetime.combine(TUESDAY, time(20), tzinfo=UTC))
    close(TUESDAY + timedelta(days=1))
    assert planned(call) == {}


def test_few_questions_however_many_calls(call, django_assert_max_num_queries):
    for key in ("grace", "ama"):
        factories.book(factories.open_case(people.person(key)))
    with django_assert_max_num_queries(9):
        follow_up.closed_days_changed([call.consultant_id], clock.now())
