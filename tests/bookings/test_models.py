"""The database refuses what may never be, whoever writes it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Consultation, ExtraHours, Hold, Hours, Practice, Reservation, Service, TimeOff
from portal import clock
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
AT = datetime(2026, 12, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = date(2027, 1, 2)


def refused(constraint, write):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


def block(consultant, starts_at=AT, ends_at=AT + HOUR, **more):
    return Reservation.objects.create(
        consultant=consultant, starts_at=starts_at, ends_at=ends_at, **{"kind": "blocked", **more}
    )


def test_a_consultant_is_in_one_place(joanne):
    block(joanne)
    refused("reservation_consultant_is_in_one_place", lambda: block(joanne, AT + HOUR / 2, AT + HOUR * 2))


def test_what_touches_does_not_overlap_and_others_have_their_own_time(joanne):
    block(joanne)
    block(joanne, AT + HOUR, AT + 2 * HOUR)
    block(people.person("amir"))
    assert Reservation.objects.count() == 3


def test_a_reservation_ends_after_it_starts(joanne):
    refused("reservation_ends_after_start", lambda: block(joanne, AT, AT))


@pytest.mark.parametrize("kind", ["hold", "consultation", "preparation", "nonsense"])
def test_a_reservation_says_what_it_is_for(joanne, kind):
    refused("reservation_says_what_it_is_for", lambda: block(joanne, kind=kind))


def test_a_patient_is_in_one_place(case):
    first = factories.book(case)
    second = factories.book(case, service="first_talk")
    refused(
        "consultation_patient_is_in_one_place",
        lambda: Consultation.objects.filter(pk=second.pk).update(starts_at=first.starts_at, ends_at=first.ends_at),
    )


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("consultation_ends_after_start", {"ends_at": AT - 9000 * HOUR}),
        ("consultation_state_is_known", {"state": "lost"}),
        ("consultation_how_is_known", {"how": "smoke"}),
        ("consultation_cancelled_has_time_and_person", {"state": "cancelled"}),
        ("consultation_cancelled_has_time_and_person", {"cancelled_at": AT}),
    ],
)
def test_a_consultations_fields_agree(case, constraint, change):
    booked = factories.book(case)
    # PostgreSQL may name the range itself when it cannot even be made.
    refused(f"{constraint}|range", lambda: Consultation.objects.filter(pk=booked.pk).update(**change))


def test_one_hold_a_patient(case):
    kept = factories.hold(case)
    kept.pk, kept._state.adding = None, True
    refused("patient", lambda: Hold.objects.bulk_create([kept]))


def test_a_hold_ends_after_it_is_made(case):
    factories.hold(case)
    refused("hold_ends_after_start", lambda: Hold.objects.update(expires_at=clock.now() - HOUR))


@pytest.mark.parametrize(
    ("constraint", "make"),
    [
        ("hours_end_after_start", lambda p: Hours(practice=p, weekday=6, from_time=time(9), until_time=time(9))),
        ("hours_weekday_is_a_day", lambda p: Hours(practice=p, weekday=7, from_time=time(9), until_time=time(10))),
        ("hours_start_once_a_day", lambda p: Hours(practice=p, weekday=0, from_time=time(9), until_time=time(10))),
        (
            "time_off_ends_after_start",
            lambda p: TimeOff(practice=p, from_on=LATER, until_on=date(2027, 1, 1)),
        ),
        (
            "time_off_times_are_a_pair",
            lambda p: TimeOff(practice=p, from_on=LATER, until_on=LATER, from_time=time(9)),
        ),
        (
            "extra_hours_end_after_start",
            lambda p: ExtraHours(practice=p, on_date=LATER, from_time=time(9), until_time=time(8)),
        ),
    ],
)
def test_hours_and_days_off_are_in_order(practice, constraint, make):
    refused(constraint, lambda: make(practice).save())


def test_a_practice_leaves_room_for_a_call(practice):
    refused("practice_cap_leaves_a_call", lambda: Practice.objects.update(daily_cap=0))
    refused("practice_leaves_out_known_services", lambda: Practice.objects.update(left_out=["massage"]))
    refused("practice_horizon_leaves_a_day", lambda: Practice.objects.update(horizon_days=0))
    refused("practice_region_is_a_code", lambda: Practice.objects.update(region="Ontario"))


def test_a_service_takes_time():
    refused("service_takes_time", lambda: Service.objects.update(minutes=0))
    refused("service_code_is_known", lambda: Service.objects.filter(code="plan").update(code="other"))


def test_the_three_services_are_there_from_the_start():
    found = Service.objects.values_list("code", "minutes", "preparation_minutes", "needs_plan")
    assert list(found) == [("first_talk", 30, 0, False), ("plan", 60, 60, True), ("after_second", 30, 0, False)]


def test_nothing_printed_tells_about_a_person(case):
    booked = factories.book(case)
    for thing in (booked, *booked.reservations.all(), booked.service):
        assert "Rosa" not in str(thing)
