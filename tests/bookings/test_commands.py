"""What is run from a shell: free starts, and calls kept at their hour after a law changed the clocks."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from bookings import actions, asked_moves, asking, availability, changed_laws, reminders
from bookings.changed_laws import Outcome, found, put_right
from bookings.models import AskedHold, Consultation, Reservation, Service
from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.history.models import Event
from portal.reminders import emails
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import factories, people
from tests.bookings import test_asking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
HOUR = timedelta(hours=1)


def printed(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue().splitlines()


# free_slots


def test_free_slots_are_what_the_page_offers_in_utc(case, practice):
    shown = printed("free_slots", "joanne@example.org", "2026-11-17", "--service", "first_talk", "--days", "2")
    service = Service.objects.get(code="first_talk")
    offered = availability.free_starts(case, practice, service, clock.now())
    days = {date(2026, 11, 17), date(2026, 11, 18)}
    expected = [start for start in offered if start.astimezone(practice.zone).date() in days]
    assert shown == [f"{start:%Y-%m-%dT%H:%M:%SZ}" for start in expected]
    assert shown[0] == "2026-11-17T14:00:00Z"


def test_free_slots_leave_out_what_is_booked(case):
    booked = factories.book(case, service="first_talk")
    day = booked.starts_at.date().isoformat()
    shown = printed("free_slots", str(booked.consultant_id), day, "--service", "first_talk")
    assert f"{booked.starts_at:%Y-%m-%dT%H:%M:%SZ}" not in shown
    assert shown


@pytest.mark.parametrize(
    "words",
    [("nobody@example.org", "2026-11-17"), ("joanne@example.org", "tomorrow"), ("rosa@example.org", "2026-11-17"),
     ("joanne@example.org", "2026-11-17", "--days", "0")],
)  # fmt: skip
def test_free_slots_say_what_they_do_not_understand(words):
    with pytest.raises(CommandError):
        printed("free_slots", *words)


def test_free_slots_of_a_day_without_any_are_no_line():
    assert printed("free_slots", "joanne@example.org", "2026-11-15") == []


# changed_clocks


def moved_by_a_law(call, by=HOUR):
    """The rows as they would stand had the zone another offset when it was booked."""
    Reservation.objects.filter(consultation=call).delete()
    Consultation.objects.filter(pk=call.pk).update(starts_at=call.starts_at + by, ends_at=call.ends_at + by)
    for kind, begins, ends in [
        ("consultation", call.starts_at, call.ends_at + timedelta(minutes=10)),
        ("preparation", call.starts_at - HOUR, call.starts_at),
    ]:
        Reservation.objects.create(
            consultant=call.consultant, kind=kind, starts_at=begins + by, ends_at=ends + by, consultation=call
        )
    return call


def test_a_call_at_its_hour_is_left_alone(case):
    factories.book(case)
    assert printed("changed_clocks") == ["0 moved, 0 left for a person"]


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_call_comes_back_to_the_hour_that_was_promised(case, by):
    call = moved_by_a_law(factories.book(case), by)
    assert printed("changed_clocks", look=True)[-1] == "1 found"
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    now = Consultation.objects.get()
    assert (now.starts_at, now.ends_at, now.version) == (call.starts_at, call.ends_at, 1)
    stretches = {row.kind: (row.starts_at, row.ends_at) for row in now.reservations.all()}
    assert stretches["consultation"] == (call.starts_at, call.ends_at + timedelta(minutes=10))
    assert stretches["preparation"] == (call.starts_at - HOUR, call.starts_at)
    assert printed("changed_clocks") == ["0 moved, 0 left for a person"]


@pytest.mark.parametrize(("gap", "stays"), [(3, True), (0.5, False)])
def test_a_preparation_elsewhere_stays_unless_the_call_would_lie_over_it(case, gap, stays):
    call = moved_by_a_law(factories.book(case))
    ends = call.starts_at + HOUR - gap * HOUR
    Reservation.objects.filter(consultation=call, kind="preparation").update(starts_at=ends - HOUR, ends_at=ends)
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    row = Reservation.objects.get(consultation=call, kind="preparation")
    assert row.ends_at == (ends if stays else ends - HOUR)


def test_both_people_are_told_once(case, rosa, joanne):
    call = moved_by_a_law(factories.book(case))
    printed("changed_clocks")
    printed("changed_clocks")
    open_rows = Reminder.objects.about(call).unsettled()
    assert open_rows.to_person(rosa).filter(kind="bookings.clocks_changed").count() == 1
    assert open_rows.to_person(joanne).filter(kind="bookings.told_consultant", version=1).count() == 1
    assert Event.objects.filter(verb="consultation.clocks_changed").count() == 1


def test_who_is_asked_for_another_time_is_asked_still_and_told_of_both(case, rosa, joanne):
    call = factories.book(case)
    asked_moves.ask_to_move(call, by=Actor.person(joanne))
    moved_by_a_law(call)
    printed("changed_clocks")
    still = Reminder.objects.about(call).unsettled().to_person(rosa).filter(version=1)
    assert {"bookings.clocks_changed", "bookings.please_move"} <= set(still.values_list("kind", flat=True))
    assert reminders.still_asked_to_move(list(still.filter(kind="bookings.please_move")), clock.now())
    assert ToDo.objects.open().filter(kind=asked_moves.ASK_TO_MOVE).count() == 1


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_calls_one_after_the_other_make_room_for_each_other(case, practice, joanne, by):
    first = factories.book(case)
    free = availability.free_starts(case, practice, first.service, clock.now())
    other = factories.open_case(people.person("grace"))
    second = factories.book(other, starts_at=min(start for start in free if start > first.starts_at))
    for call in (second, first) if by > timedelta() else (first, second):
        moved_by_a_law(call, by)
    assert [outcome for _one, outcome in put_right(joanne, by=SYSTEM)] == [Outcome.MOVED, Outcome.MOVED]
    assert not found(clock.now())


def test_one_whose_place_is_taken_is_left_for_a_person(case, joanne):
    call = moved_by_a_law(factories.book(case))
    Reservation.objects.filter(consultation=call, kind="preparation").delete()
    Reservation.objects.create(
        consultant=joanne, kind="blocked", starts_at=call.starts_at - HOUR, ends_at=call.starts_at + HOUR
    )
    before = Consultation.objects.values().get()
    assert printed("changed_clocks")[-1] == "0 moved, 1 left for a person"
    assert Consultation.objects.values().get() == before


def test_a_time_that_does_not_exist_any_more_is_left_for_a_person(case):
    call = factories.book(case)
    Consultation.objects.filter(pk=call.pk).update(wall_at="2027-03-14T02:30")
    assert printed("changed_clocks")[-1] == "0 moved, 1 left for a person"


def test_a_hold_that_is_over_is_in_nobodys_way(case, monday):
    call = moved_by_a_law(factories.book(case))
    kept = factories.hold(factories.open_case(people.person("grace")))
    Reservation.objects.filter(hold=kept).update(starts_at=call.starts_at - HOUR, ends_at=call.starts_at)
    monday.shift(HOUR)  # a hold is kept for half an hour
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"


def at(case, consultant, starts_at):
    call = factories.book(case, consultant, service="first_talk", starts_at=starts_at)
    Reservation.objects.filter(consultation=call).update(starts_at=F("starts_at") + HOUR, ends_at=F("ends_at") + HOUR)
    Consultation.objects.filter(pk=call.pk).update(starts_at=F("starts_at") + HOUR, ends_at=F("ends_at") + HOUR)
    return call


@pytest.mark.parametrize("is_first_with_joanne", [True, False])
def test_calls_of_one_patient_with_two_consultants_both_move(case, practice, joanne, is_first_with_joanne):
    """The later one stands where the earlier one belongs until it has moved, whoever is put right first."""
    amir = people.person("amir")
    his = factories.open_hours(amir, time_zone=practice.time_zone)
    service, now = Service.objects.get(code="first_talk"), clock.now()
    free = set(availability.free_starts(case, practice, service, now))
    early = min(
        start for start in free & set(availability.free_starts(case, his, service, now)) if start + HOUR in free
    )
    first, second = (joanne, amir) if is_first_with_joanne else (amir, joanne)
    late = at(case, second, early + HOUR)  # kept an hour later than promised; so is the one before it
    call = at(case, first, early)
    assert printed("changed_clocks")[-1] == "2 moved, 0 left for a person"
    assert set(Consultation.objects.values_list("pk", "starts_at")) == {
        (call.pk, call.starts_at),
        (late.pk, late.starts_at),
    }
    assert not ToDo.objects.filter(kind=asked_moves.CLOCKS_LEFT).exists()


def test_a_call_that_was_kept_too_early_moves_though_that_hour_has_passed(case, monday):
    call = moved_by_a_law(factories.book(case), -HOUR)
    monday.move_to(call.starts_at - timedelta(minutes=20))
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    assert Consultation.objects.get().starts_at == call.starts_at
    monday.move_to(call.starts_at + timedelta(minutes=20))
    assert not found(clock.now())


def test_one_whose_two_hours_have_passed_is_not_found(case, monday):
    call = moved_by_a_law(factories.book(case), -HOUR)
    monday.move_to(call.starts_at + timedelta(minutes=20))
    assert not found(clock.now())


# What is left for a person


@pytest.fixture
def left(case, joanne):
    """A call whose place is taken."""
    call = moved_by_a_law(factories.book(case))
    Reservation.objects.filter(consultation=call, kind="preparation").delete()
    Reservation.objects.create(
        consultant=joanne, kind="blocked", starts_at=call.starts_at - HOUR, ends_at=call.starts_at + HOUR
    )
    return call


def asked():
    return ToDo.objects.filter(kind=asked_moves.CLOCKS_LEFT)


def test_a_coordinator_is_asked_once_for_each_call(left):
    printed("changed_clocks", look=True)
    assert not asked().exists()
    printed("changed_clocks")
    printed("changed_clocks")
    todo = asked().get()
    assert (todo.case_id, todo.for_role) == (left.case_id, "coordinator")
    promised = left.starts_at.astimezone(left.zone)
    assert f"{promised:%A}, {promised:%B} {promised.day} at {promised.hour % 12 or 12}:{promised:%M}" in todo.note
    assert "Another call is at that time now." in todo.note
    settle_to_do(todo, by=Actor.person(people.person("theo")))
    printed("changed_clocks")
    assert asked().count() == 1


def test_the_board_names_it_and_leads_to_the_call(left):
    printed("changed_clocks")
    page = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert "Clocks changed: settle an hour" in page
    assert reverse("bookings:detail", args=[left.pk]) in page


def test_a_call_that_can_move_after_all_or_is_canceled_asks_nobody(left, rosa):
    printed("changed_clocks")
    Reservation.objects.filter(kind="blocked").delete()
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    assert not asked().open().exists()
    moved_by_a_law(left)
    Consultation.objects.filter(pk=left.pk).update(wall_at="2027-03-14T02:30")
    printed("changed_clocks")
    assert "skips that time" in asked().open().get().note
    actions.cancel(left, by=Actor.person(rosa))
    assert not asked().open().exists()


# Times that wait for the patient's yes


@pytest.fixture
def held(case, practice):
    """A time that Ama chose for Rosa, and that waits."""
    test_asking.helps(case)
    return test_asking.ask(case, practice)


def held_by_a_law(held, by=HOUR):
    Reservation.objects.filter(asked=held).update(starts_at=F("starts_at") + by, ends_at=F("ends_at") + by)
    AskedHold.objects.filter(pk=held.pk).update(starts_at=F("starts_at") + by)
    return held


def test_what_was_answered_meanwhile_is_left_alone(held, rosa):
    asking.decline(held, by=Actor.person(rosa))
    with transaction.atomic():
        outcome = changed_laws._move_asked(held_by_a_law(held), -HOUR, clock.now(), SYSTEM)
    assert outcome == Outcome.ANSWERED
    assert AskedHold.objects.get(pk=held.pk).version == held.version


def test_what_is_held_at_its_hour_is_left_alone(held):
    assert printed("changed_clocks") == ["0 moved, 0 left for a person"]


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_time_that_waits_comes_back_to_the_hour_that_was_said(held, by):
    stretch = Reservation.objects.values_list("starts_at", "ends_at").get(asked=held)
    held_by_a_law(held, by)
    assert printed("changed_clocks", look=True)[-1] == "1 found"
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    now = AskedHold.objects.get()
    assert (now.starts_at, now.version, now.is_waiting) == (held.starts_at, 1, True)
    assert Reservation.objects.values_list("starts_at", "ends_at").get(asked=held) == stretch
    assert printed("changed_clocks") == ["0 moved, 0 left for a person"]


def test_who_is_asked_and_who_asked_are_told_once(held, rosa):
    held_by_a_law(held)
    printed("changed_clocks")
    printed("changed_clocks")
    told = Reminder.objects.about(held).unsettled().filter(kind="bookings.asked_clocks", version=1)
    assert {row.recipient_id for row in told} == {str(rosa.pk), str(people.person("ama").pk)}
    assert Reminder.objects.about(held).unsettled().filter(kind="bookings.asked").count() == 1
    assert Event.objects.filter(verb="hold.clocks_changed").count() == 1
    reader = reader_of(("user", str(rosa.pk)), clock.now())
    (words,) = emails.words_of([told.get(recipient_id=str(rosa.pk))], reader, clock.now()).values()
    assert words.at == held.starts_at
    asking.decline(AskedHold.objects.get(), by=Actor.person(rosa))
    assert not told.all().exists()


def test_what_waits_makes_room_for_a_call_behind_it(held, practice, joanne):
    other = factories.open_case(people.person("grace"))
    service = Service.objects.get(code="first_talk")
    after = min(at for at in availability.free_starts(other, practice, service, clock.now()) if at > held.starts_at)
    call = factories.book(other, service="first_talk", starts_at=after)
    for row in Reservation.objects.filter(consultation=call):
        Reservation.objects.filter(pk=row.pk).update(starts_at=row.starts_at + HOUR, ends_at=row.ends_at + HOUR)
    Consultation.objects.filter(pk=call.pk).update(starts_at=call.starts_at + HOUR, ends_at=call.ends_at + HOUR)
    held_by_a_law(held)
    assert [outcome for _one, outcome in put_right(joanne, by=SYSTEM)] == [Outcome.MOVED, Outcome.MOVED]


def test_one_that_nobody_could_answer_any_more_is_free_again(case, practice, joanne, rosa, monday):
    test_asking.helps(case)
    held = test_asking.ask(case, practice, ahead=timedelta(hours=24))
    held_by_a_law(held, timedelta(hours=3))
    AskedHold.objects.filter(pk=held.pk).update(until=F("starts_at") - timedelta(hours=2))
    monday.shift(held.starts_at - clock.now() - HOUR)  # its own last hour for an answer is over
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    assert AskedHold.objects.get().state == "expired"
    assert not Reservation.objects.filter(asked=held).exists()
    told = {row.kind for row in Reminder.objects.about(held).unsettled()}
    assert told == {"bookings.asked_over", "bookings.asked_answer"}


def test_what_was_said_is_what_is_booked(held, rosa):
    held_by_a_law(held)
    call = test_asking.accept(AskedHold.objects.select_related("case").get())
    assert call.wall_at == held.wall_at
    assert printed("changed_clocks")[-1] == "1 moved, 0 left for a person"
    assert Consultation.objects.get().starts_at == held.starts_at


def test_an_older_one_without_its_hour_stays_where_it_is(held):
    AskedHold.objects.filter(pk=held.pk).update(wall_at="", time_zone="")
    assert printed("changed_clocks") == ["0 moved, 0 left for a person"]


def test_one_that_waits_and_cannot_move_is_asked_of_a_coordinator(held, rosa):
    held_by_a_law(held)
    AskedHold.objects.filter(pk=held.pk).update(wall_at="2027-03-14T02:30", time_zone="America/Toronto")
    printed("changed_clocks")
    page = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert reverse("bookings:asked", args=[held.pk]) in page
    asking.decline(held, by=Actor.person(rosa))
    assert not asked().open().exists()


def test_an_hour_is_kept_with_its_zone(held):
    with pytest.raises(IntegrityError, match="askedhold_wall_time_has_its_zone"), transaction.atomic():
        AskedHold.objects.filter(pk=held.pk).update(time_zone="")
