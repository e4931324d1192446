"""Choosing, booking, moving, canceling: effects, history, and what is planned to be said."""

from datetime import timedelta

import pytest

from bookings import actions, availability, rules, week
from bookings.models import Consultation, Hold, Reservation, Service
from bookings.preparing import actions as preparing
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.models import Assignment, Consent
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def by(user):
    return Actor.person(user)


def free(case, practice, code="plan"):
    return availability.free_starts(case, practice, Service.objects.get(code=code), clock.now())


def verbs(case):
    return list(Event.objects.filter(case_id=case.pk).order_by("id").values_list("verb", flat=True))


def open_kinds(consultation, user):
    rows = Reminder.objects.about(consultation).to_person(user).unsettled()
    return {row.kind.removeprefix("bookings.") for row in rows}


def stretches(consultation):
    return [
        (r.kind, r.starts_at - consultation.starts_at, r.ends_at - consultation.starts_at)
        for r in consultation.reservations.order_by("starts_at")
    ]


# Holding


def test_a_held_time_is_offered_to_nobody_else(case, practice):
    kept = factories.hold(case)
    other = factories.open_case(people.person("grace"))
    assert kept.starts_at in free(case, practice)
    assert kept.starts_at not in free(other, practice)


def test_a_held_time_keeps_preparation_and_rest(case):
    kept = factories.hold(case)
    (reservation,) = kept.reservations.all()
    assert reservation.starts_at == kept.starts_at - timedelta(minutes=60)
    assert reservation.ends_at == kept.starts_at + timedelta(minutes=70)


def test_choosing_another_time_lets_the_first_go(case, practice):
    first = factories.hold(case)
    other_time = free(case, practice)[-1]
    second = factories.hold(case, starts_at=other_time)
    assert first.pk == second.pk
    assert [r.hold.starts_at for r in Reservation.objects.all()] == [other_time]


def test_the_same_time_twice_is_one_hold(case):
    assert factories.hold(case).made_at == factories.hold(case).made_at
    assert Hold.objects.count() == Reservation.objects.count() == 1


def test_a_hold_ends_after_30_minutes(case, practice, monday):
    kept = factories.hold(case)
    other = factories.open_case(people.person("grace"))
    monday.shift(timedelta(minutes=29, seconds=59))
    assert kept.starts_at not in free(other, practice)
    monday.shift(timedelta(seconds=1))
    assert kept.starts_at in free(other, practice)


def test_the_same_time_chosen_again_after_its_hold_ended_is_a_new_hold(case, monday):
    factories.hold(case)
    monday.shift(timedelta(minutes=110))
    assert factories.hold(case).expires_at == clock.now() + timedelta(minutes=30)


def test_typing_renews_a_hold_up_to_2_hours(case, monday):
    kept = factories.hold(case)
    for _ in range(6):
        monday.shift(timedelta(minutes=20))
        kept = actions.renew(kept, by=by(case.patient))
    assert kept.expires_at == kept.made_at + timedelta(hours=2)


def test_a_hold_that_is_over_is_not_renewed(case, monday):
    kept = factories.hold(case)
    monday.shift(timedelta(minutes=31))
    assert actions.renew(kept, by=by(case.patient)).expires_at < clock.now()


def test_a_taken_time_is_refused_with_its_reason(case):
    kept = factories.hold(case)
    other = factories.open_case(people.person("grace"))
    with pytest.raises(JustTaken) as refused:
        factories.hold(other, starts_at=kept.starts_at)
    assert refused.value.code == Why.TAKEN
    assert "just taken" in refused.value.message


@pytest.mark.parametrize(("shift", "why"), [(timedelta(days=-30), Why.PAST), (timedelta(minutes=7), Why.NO_HOURS)])
def test_a_time_that_is_not_offered_cannot_be_held(case, practice, shift, why):
    with pytest.raises(JustTaken) as refused:
        factories.hold(case, starts_at=free(case, practice)[0] + shift)
    assert refused.value.code == why
    assert not Hold.objects.exists()


@pytest.mark.parametrize("who", ["grace", "joanne", "ama"])
def test_nobody_but_the_patient_and_a_coordinator_chooses_a_time(case, practice, who):
    case.starter = people.person("ama")
    case.save()
    with pytest.raises(Refused):
        actions.hold(
            case=case,
            consultant=practice.consultant,
            service=Service.objects.get(code="plan"),
            starts_at=free(case, practice)[0],
            how="video",
            by=by(people.person(who)),
        )


# Booking


def test_a_booking_takes_the_held_time_and_says_so(case, joanne):
    consultation = factories.book(case)
    assert consultation.state == "booked"
    assert stretches(consultation) == [
        ("preparation", timedelta(minutes=-60), timedelta()),
        ("consultation", timedelta(), timedelta(minutes=70)),
    ]
    assert not Hold.objects.exists()
    assert verbs(case)[-1] == "consultation.booked"
    assert Assignment.objects.filter(case=case, user=joanne, ended_at=None, why="booking").exists()


def test_a_booking_keeps_wall_time_and_zone_beside_the_instant(case):
    consultation = factories.book(case)
    local = consultation.starts_at.astimezone(consultation.zone)
    assert consultation.time_zone == "America/Toronto"
    assert consultation.wall_at == local.strftime("%Y-%m-%dT%H:%M")


def test_the_reference_can_be_said_over_the_phone(case):
    assert not set("0O1I") & set(factories.book(case).reference)


def test_pressed_twice_it_is_booked_once(case):
    kept = factories.hold(case)
    press = {"hold": kept, "accepts_scope": True, "may_read": True, "by": by(case.patient)}
    assert actions.book(**press) == actions.book(**press)
    assert Consultation.objects.count() == 1
    assert verbs(case).count("consultation.booked") == 1


@pytest.mark.parametrize(("ticks", "missing"), [({"may_read": True}, "scope"), ({"accepts_scope": True}, "may_read")])
def test_each_tick_is_asked_for_by_name(case, ticks, missing):
    kept = factories.hold(case)
    with pytest.raises(Refused) as refused:
        actions.book(hold=kept, **ticks, by=by(case.patient))
    assert refused.value.code == missing
    assert not Consultation.objects.exists()
    assert not Consent.objects.exists()


def test_scope_and_permission_are_given_once(case, joanne):
    factories.book(case)
    kept = factories.hold(case, service="first_talk")
    again = actions.book(hold=kept, by=by(case.patient))
    assert again.scope.kind == "scope"
    assert Consent.objects.count() == 2


def test_a_talk_without_a_plan_needs_no_permission_to_read(case):
    kept = factories.hold(case, service="first_talk")
    actions.book(hold=kept, accepts_scope=True, by=by(case.patient))
    assert list(Consent.objects.values_list("kind", flat=True)) == ["scope"]


def test_a_time_chosen_in_another_tab_is_not_booked_by_the_first(case, practice):
    first = factories.hold(case)
    seen = first.choice
    factories.hold(case, starts_at=free(case, practice)[-1])
    with pytest.raises(Refused) as refused:
        actions.book(hold=first, seen=seen, accepts_scope=True, may_read=True, by=by(case.patient))
    assert refused.value.code == "chosen_again"


def test_a_hold_that_ran_out_still_books_a_time_nobody_took(case, monday):
    kept = factories.hold(case)
    monday.shift(timedelta(hours=3))
    booked = actions.book(hold=kept, accepts_scope=True, may_read=True, by=by(case.patient))
    assert booked.starts_at == kept.starts_at


def test_a_hold_that_ran_out_loses_to_who_came_meanwhile(case, monday):
    kept = factories.hold(case)
    monday.shift(timedelta(hours=3))
    factories.hold(factories.open_case(people.person("grace")), starts_at=kept.starts_at)
    with pytest.raises(JustTaken):
        actions.book(hold=kept, accepts_scope=True, may_read=True, by=by(case.patient))
    assert Hold.objects.filter(pk=kept.pk).exists()


def test_a_booking_plans_what_is_said_and_when(case, rosa, joanne):
    consultation = factories.book(case)
    # The plan's last day is today, so that the page says it and no reminder has to.
    assert open_kinds(consultation, rosa) == {"booked", "day_before", "same_day", "plan_missing"}
    assert open_kinds(consultation, joanne) == {"told_consultant", "plan_missing"}


# Moving


def moved(case, practice, consultation):
    later = free(case, practice)[-1]
    kept = factories.hold(case, starts_at=later, moving=consultation)
    return actions.move(hold=kept, by=by(case.patient)), kept


def test_a_move_takes_the_new_time_and_frees_the_old(case, practice):
    consultation = factories.book(case)
    old = consultation.starts_at
    consultation, kept = moved(case, practice, consultation)
    assert consultation.starts_at == kept.starts_at
    assert consultation.version == 1
    assert Reservation.objects.count() == 2
    assert old in free(factories.open_case(people.person("grace")), practice)
    assert verbs(case)[-1] == "consultation.moved"


def test_a_move_pressed_twice_moves_once(case, practice):
    consultation, kept = moved(case, practice, factories.book(case))
    again = actions.move(hold=kept, by=by(case.patient))
    assert again.version == consultation.version == 1


def test_a_move_rewrites_what_was_planned(case, practice, rosa):
    consultation, _ = moved(case, practice, factories.book(case))
    rows = Reminder.objects.about(consultation).unsettled()
    assert {row.version for row in rows} == {1}
    assert {row.useful_until for row in rows.filter(kind="bookings.same_day")} == {consultation.starts_at}


def test_a_call_may_move_over_its_own_time(case, practice):
    consultation = factories.book(case)
    assert consultation.starts_at in availability.free_starts(
        case, practice, consultation.service, clock.now(), moving=consultation
    )


def call_at_3(case, practice, code):
    """A call in the middle of an afternoon next week."""
    day = free(case, practice, code)[0] + timedelta(days=7)
    return factories.book(case, service=code, starts_at=day.astimezone(practice.zone).replace(hour=15, minute=0))


@pytest.mark.parametrize("code", ["first_talk", "plan"])
@pytest.mark.parametrize("minutes", [-60, -30, 30, 60])
def test_a_call_moves_to_a_time_near_its_own(case, practice, code, minutes):
    call = call_at_3(case, practice, code)
    wanted = call.starts_at + timedelta(minutes=minutes)
    assert wanted in availability.free_starts(case, practice, call.service, clock.now(), moving=call)
    for _press in range(2):
        kept = factories.hold(case, service=code, starts_at=wanted, moving=call)
    assert wanted not in free(factories.open_case(people.person("grace")), practice, code)
    moved = actions.move(hold=kept, by=by(case.patient))
    assert moved.starts_at == wanted
    rows = moved.reservations.order_by("starts_at")
    assert (rows.first().starts_at, rows.last().ends_at) == call.service.talk.stretch(wanted, practice.buffer_minutes)
    assert not Reservation.objects.filter(kind="hold").exists()


def test_a_moving_call_held_in_parts_is_one_call_of_the_day(case, practice):
    call = call_at_3(case, practice, "plan")
    preparing.move(call, starts_at=call.starts_at - timedelta(hours=5), by=by(call.consultant))
    kept = factories.hold(case, starts_at=call.starts_at + timedelta(minutes=30), moving=call)
    assert kept.reservations.count() == 2
    taken = availability.calendar_of(practice, clock.now()).taken
    assert sum(each.is_call for each in taken) == 2  # the call, and where it would go
    shown = week.of(practice, week.monday_of(call.starts_at.date()), clock.now())
    assert [line["title"] for line in shown.lines()].count("Somebody is booking") == 1
    factories.hold(case, starts_at=call.starts_at + timedelta(days=1), moving=call)
    assert kept.reservations.count() == 1


def test_patient_cannot_move_inside_2_hours(case, practice, monday):
    consultation = factories.book(case)
    monday.move_to(consultation.starts_at - timedelta(hours=2) + timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        factories.hold(case, moving=consultation, starts_at=free(case, practice)[-1])
    assert "2 hours" in refused.value.message


# Canceling


def test_a_cancel_frees_the_time_and_keeps_the_reason_sealed(case, practice, rosa):
    consultation = factories.book(case)
    actions.cancel(consultation, reason="too tired", by=by(rosa))
    consultation = Consultation.objects.get()
    assert (consultation.state, consultation.cancelled_by) == ("cancelled", rosa)
    assert consultation.cancel_reason == "too tired"
    assert not Reservation.objects.exists()
    assert open_kinds(consultation, rosa) == {"cancelled"}
    assert verbs(case)[-1] == "consultation.cancelled"


def test_cancel_pressed_twice_is_once(case, rosa):
    consultation = factories.book(case)
    for _ in range(2):
        actions.cancel(consultation, by=by(rosa))
    assert verbs(case).count("consultation.cancelled") == 1
    assert Consultation.objects.get().version == 1


def test_patient_may_cancel_until_the_call_is_over(case, rosa, monday):
    consultation = factories.book(case)
    monday.move_to(consultation.ends_at - timedelta(seconds=1))
    assert actions.cancel(consultation, by=by(rosa)).state == "cancelled"


def test_the_consultant_leaves_a_case_of_which_nothing_was_opened(case, rosa, joanne):
    actions.cancel(factories.book(case), by=by(rosa))
    assert not Assignment.objects.filter(case=case, user=joanne, ended_at=None).exists()


def place_after_a_look(case, rosa, joanne, **line):
    call = factories.book(case)
    record(by(joanne), "document.opened", case, patient=rosa.pk, case=case.pk, **line)
    actions.cancel(call, by=by(rosa))
    return Assignment.objects.filter(case=case, user=joanne, ended_at=None)


@pytest.mark.parametrize(("why", "stays"), [("preparing", True), ("urgent", False), ("reading_along", False)])
def test_only_what_was_opened_as_her_consultant_keeps_the_place(case, rosa, joanne, why, stays):
    assert place_after_a_look(case, rosa, joanne, why=why).exists() == stays


def test_what_was_opened_in_an_earlier_time_keeps_no_place(case, rosa, joanne, monday):
    record(by(joanne), "document.opened", case, patient=rosa.pk, case=case.pk, why="preparing")
    monday.shift(60)
    actions.cancel(factories.book(case), by=by(rosa))
    assert not Assignment.objects.filter(case=case, user=joanne, ended_at=None).exists()


def test_the_consultant_stays_while_another_call_is_booked(case, rosa, joanne):
    first = factories.book(case)
    factories.book(case, service="first_talk")
    actions.cancel(first, by=by(rosa))
    assert Assignment.objects.filter(case=case, user=joanne, ended_at=None).exists()


@pytest.mark.parametrize(("act", "state"), [(actions.complete, "completed"), (actions.no_show, "no_show")])
def test_the_consultant_says_how_it_went(case, joanne, monday, act, state):
    consultation = factories.book(case)
    monday.move_to(consultation.starts_at)
    assert act(consultation, by=by(joanne)).state == state


@pytest.mark.parametrize("who", ["grace", "amir"])
@pytest.mark.parametrize("act", [actions.cancel, actions.complete, actions.no_show])
def test_strangers_can_do_nothing(case, act, who):
    with pytest.raises(Refused):
        act(factories.book(case), by=by(people.person(who)))


def test_one_patient_cannot_be_in_two_calls_at_once(case, practice):
    consultation = factories.book(case)
    factories.open_hours(people.person("amir"))
    amir = availability.Practice.objects.get(consultant=people.person("amir"))
    assert consultation.starts_at not in free(case, amir)
    assert rules.sentence(availability.judge(case, amir, consultation.service, consultation.starts_at, clock.now()))
