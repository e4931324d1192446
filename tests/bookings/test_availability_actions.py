"""Hours and time off: what changes, and that nothing booked moves by itself."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings import actions, availability, availability_actions, slots
from bookings.availability_actions import Unanswered
from bookings.models import Consultation, Reservation, Service
from bookings.rules import JustTaken
from bookings.slots import Span
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
SUNDAYS = [slots.Span(6, time(9), time(12))]
TERMS = {"buffer_minutes": 20, "daily_cap": None, "notice_hours": 24, "horizon_days": 90, "region": ""}
TERMS |= {"gives": ["first_talk", "plan", "after_second"]}


@pytest.fixture
def joannes_hand(joanne):
    return Actor.person(joanne)


def spans(practice):
    return [Span(h.weekday, h.from_time, h.until_time) for h in practice.hours.holding(clock.today(practice.zone))]


def test_hours_are_replaced_and_recorded(practice, joannes_hand):
    availability_actions.set_hours(practice, spans=SUNDAYS, by=joannes_hand)
    assert spans(practice) == SUNDAYS
    assert Event.objects.filter(verb="hours.set").exists()


def test_only_the_consultant_sets_them(practice):
    with pytest.raises(Refused):
        availability_actions.set_hours(practice, spans=SUNDAYS, by=Actor.person(people.person("theo")))


def test_a_call_left_outside_needs_an_answer_and_nothing_is_saved(case, practice, joannes_hand):
    booked, before = factories.book(case), spans(practice)
    with pytest.raises(Unanswered) as asked:
        availability_actions.set_hours(practice, spans=SUNDAYS, by=joannes_hand)
    assert asked.value.calls == [booked]
    assert spans(practice) == before


def test_kept_it_stays_where_it_is_and_is_not_asked_about_again(case, practice, joannes_hand):
    booked = factories.book(case)
    availability_actions.set_hours(practice, spans=SUNDAYS, answers={booked.pk: ("keep", "")}, by=joannes_hand)
    availability_actions.set_hours(practice, spans=[], by=joannes_hand)
    assert Consultation.objects.get() == booked
    assert Consultation.objects.get().state == "booked"


def test_canceled_the_patient_hears_of_it(case, practice, rosa, joannes_hand):
    booked = factories.book(case)
    answers = {booked.pk: ("cancel", "I am ill that week")}
    availability_actions.set_hours(practice, spans=SUNDAYS, answers=answers, by=joannes_hand)
    booked.refresh_from_db()
    assert (booked.state, booked.note) == ("cancelled", "I am ill that week")
    kinds = Reminder.objects.about(booked).to_person(rosa).unsettled().values_list("kind", flat=True)
    assert list(kinds) == ["bookings.told_patient"]


def test_hours_that_still_hold_the_call_ask_nothing(case, practice, joannes_hand):
    factories.book(case)
    wider = [slots.Span(day, time(8), time(18)) for day in range(5)]
    availability_actions.set_hours(practice, spans=wider, by=joannes_hand)
    assert spans(practice) == wider


def test_time_off_asks_about_calls_on_those_days(case, practice, joannes_hand):
    booked = factories.book(case)
    day = booked.starts_at.date()
    with pytest.raises(Unanswered):
        availability_actions.add_time_off(practice, from_on=day, until_on=day, by=joannes_hand)
    answers = {booked.pk: ("keep", "")}
    availability_actions.add_time_off(practice, from_on=day, until_on=day, answers=answers, by=joannes_hand)
    assert practice.time_off.count() == 1


def test_a_chosen_time_outside_new_hours_is_let_go(case, practice, joannes_hand):
    kept = factories.hold(case)
    availability_actions.set_hours(practice, spans=SUNDAYS, by=joannes_hand)
    assert not Reservation.objects.exists()
    with pytest.raises(JustTaken):
        actions.book(hold=kept, accepts_scope=True, may_read=True, by=Actor.person(case.patient))


def test_a_chosen_time_inside_new_hours_stays(case, practice, joannes_hand):
    factories.hold(case)
    wider = [slots.Span(day, time(8), time(18)) for day in range(5)]
    availability_actions.set_hours(practice, spans=wider, by=joannes_hand)
    assert Reservation.objects.count() == 1


def test_time_off_is_taken_back_by_its_owner_only(practice, joannes_hand):
    first = date(2026, 12, 21)
    availability_actions.add_time_off(practice, from_on=first, until_on=first + timedelta(days=9), by=joannes_hand)
    row = practice.time_off.get()
    with pytest.raises(Refused):
        availability_actions.remove_time_off(row, by=Actor.person(people.person("amir")))
    availability_actions.remove_time_off(row, by=joannes_hand)
    assert not practice.time_off.exists()


def test_terms_change_what_is_offered_next(practice, joannes_hand):
    availability_actions.set_terms(practice, **TERMS | {"daily_cap": 3}, by=joannes_hand)
    practice.refresh_from_db()
    assert (practice.buffer_minutes, practice.daily_cap, practice.notice_hours) == (20, 3, 24)
    assert Event.objects.filter(verb="hours.terms_set").exists()


def test_only_the_consultant_sets_terms(practice):
    with pytest.raises(Refused):
        availability_actions.set_terms(practice, **TERMS, by=Actor.person(people.person("theo")))


def test_a_lower_cap_asks_about_the_calls_booked_last(case, practice, joannes_hand, monday):
    first = factories.book(case)
    monday.shift(60)
    other = factories.open_case(people.person("ama"))
    free = availability.free_starts(other, practice, Service.objects.get(code="first_talk"), clock.now())
    same_day = [at for at in free if at.date() == first.starts_at.date()]
    last = factories.book(other, service="first_talk", starts_at=same_day[0])
    with pytest.raises(Unanswered) as asked:
        availability_actions.set_terms(practice, **TERMS | {"daily_cap": 1}, by=joannes_hand)
    assert asked.value.calls == [last]


def test_own_public_holidays_close_a_day_and_ask_about_its_calls(case, practice, joannes_hand):
    boxing_day = datetime(2026, 12, 28, 15, tzinfo=UTC)  # observed in Ontario, a working day where we are
    booked = factories.book(case, service="first_talk", starts_at=boxing_day)
    with pytest.raises(Unanswered):
        availability_actions.set_terms(practice, **TERMS | {"region": "CA-ON"}, by=joannes_hand)
    answers = {booked.pk: ("keep", "")}
    availability_actions.set_terms(practice, **TERMS | {"region": "CA-ON"}, answers=answers, by=joannes_hand)
    practice.refresh_from_db()
    assert boxing_day.date() in availability.calendar_of(practice, clock.now()).closed


def test_every_friday_afternoon_is_off_and_the_other_days_are_not(case, practice, joannes_hand):
    friday = date(2026, 11, 13)
    times = {"from_time": time(13), "until_time": time(17)}
    availability_actions.add_time_off(
        practice, from_on=friday, until_on=friday + timedelta(days=60), every_weeks=1, **times, by=joannes_hand
    )
    free = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())
    walls = [at.astimezone(practice.zone) for at in free]
    afternoons = {wall.date() for wall in walls if wall.weekday() == 4 and wall.hour >= 13}
    assert min(afternoons) == date(2027, 1, 15)
    assert any(wall.weekday() == 3 and wall.hour >= 13 for wall in walls)


def test_repeated_time_off_asks_about_the_calls_on_its_days_only(case, practice, joannes_hand):
    booked = factories.book(case)
    day = booked.starts_at.date()
    off = {"from_on": day - timedelta(days=7), "until_on": day + timedelta(days=30)}
    availability_actions.add_time_off(practice, **off, every_weeks=2, by=joannes_hand)
    with pytest.raises(Unanswered):
        availability_actions.add_time_off(practice, **off, every_weeks=1, by=joannes_hand)


def beyond(case, practice, starts_at):
    """Booked by a coordinator with a reason."""
    theo, service = Actor.person(people.person("theo")), Service.objects.get(code="first_talk")
    wish = {"case": case, "consultant": practice.consultant, "service": service, "starts_at": starts_at, "how": "phone"}
    kept = actions.hold(**wish, reason="Her treatment begins then", by=theo)
    return actions.book(hold=kept, accepts_scope=True, how="phone", by=theo)


def asked_about(change, *args, **said):
    with pytest.raises(Unanswered) as asked:
        change(*args, **said)
    return asked.value.calls


def test_a_call_booked_beyond_the_horizon_is_asked_about_when_hours_change(case, practice, joannes_hand):
    far = beyond(case, practice, datetime(2027, 3, 15, 15, tzinfo=UTC))
    off = {"from_on": far.starts_at.date(), "until_on": far.starts_at.date(), "by": joannes_hand}
    assert asked_about(availability_actions.set_hours, practice, spans=SUNDAYS, by=joannes_hand) == [far]
    assert asked_about(availability_actions.add_time_off, practice, **off) == [far]
    availability_actions.set_terms(practice, **TERMS | {"horizon_days": 30}, by=joannes_hand)


def test_a_call_booked_over_the_cap_is_asked_about_when_hours_change(case, practice, joannes_hand, monday):
    availability_actions.set_terms(practice, **TERMS | {"daily_cap": 1}, by=joannes_hand)
    first = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    monday.shift(60)
    second = beyond(case, practice, first.starts_at + timedelta(hours=2))
    asked = asked_about(availability_actions.set_hours, practice, spans=SUNDAYS, by=joannes_hand)
    assert asked == [first, second]


def test_a_call_once_kept_is_asked_about_for_what_is_new(case, practice, joannes_hand):
    booked = factories.book(case, service="first_talk", starts_at=datetime(2026, 11, 20, 15, tzinfo=UTC))
    day = booked.starts_at.date()
    answers = {booked.pk: ("keep", "")}
    availability_actions.set_hours(practice, spans=SUNDAYS, answers=answers, by=joannes_hand)
    near = TERMS | {"horizon_days": 5}
    assert asked_about(availability_actions.set_terms, practice, **near, by=joannes_hand) == [booked]
    off = {"from_on": day, "until_on": day, "by": joannes_hand}
    assert asked_about(availability_actions.add_time_off, practice, **off) == [booked]
    late = {"from_time": time(20), "until_time": time(21)}
    availability_actions.add_time_off(practice, **off, **late)


def test_time_off_around_extra_hours_asks_nothing_about_a_call_in_them(case, practice, joannes_hand):
    day = date(2026, 11, 15)  # a Sunday
    hours = {"on_date": day, "from_time": time(9), "until_time": time(11)}
    availability_actions.add_extra_hours(practice, **hours, by=joannes_hand)
    factories.book(case, service="first_talk", starts_at=datetime(2026, 11, 15, 14, tzinfo=UTC))
    availability_actions.add_time_off(practice, from_on=day, until_on=day, by=joannes_hand)


def test_the_first_hours_make_the_practice(db, monday):
    amir = people.person("amir")
    practice = factories.open_hours(amir)
    assert practice.time_zone == "America/Vancouver"
    assert practice.hours.count() == 10
