"""Who asked hears of an earlier time once it is free, by one message, and the first to book has it."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions, availability_actions
from bookings.models import Consultation, Hold, Service, ToldTime, Wish
from bookings.waiting import actions as waiting
from bookings.waiting import looking, rules
from bookings.waiting.ending import EARLIER
from bookings.waiting.models import FreeTimes
from bookings.waiting.notices import EARLIER_TIME
from cases.case.models import Case, ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.pages.closing_actions import close_case
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
WORKDAYS = range(5)


def hand(user):
    return Actor.person(user)


@pytest.fixture
def grace_call(case):
    """Grace has the first time that Joanne has free."""
    return factories.book(factories.open_case(people.person("grace")), service="first_talk")


@pytest.fixture
def call(case, grace_call):
    """Rosa's call, two weeks later."""
    return factories.book(case, service="first_talk", starts_at=grace_call.starts_at + timedelta(days=14))


def ask(case, by=None, **wish):
    fields = {
        "service": Service.objects.get(code="first_talk"),
        "weekdays": WORKDAYS,
        "until_on": clock.today(case.patient.zone) + timedelta(days=60),
    }
    return waiting.ask(case, **(fields | wish), by=by or hand(case.patient))


def told(user):
    return Reminder.objects.to_person(user).unsettled().filter(kind=EARLIER_TIME.code)


def free_it(call):
    actions.cancel(call, by=hand(call.patient))
    return looking.look(clock.now())


def due(row):
    return bool(kinds.kind_of(row.kind).still_due([row], clock.now()))


def words(answer):
    return " ".join(answer.content.decode().split())


def test_a_canceled_call_is_told_once_to_all_who_asked_and_fit(call, grace_call, case):
    other = factories.open_case(people.person("ama"))
    ask(case), ask(other)
    assert looking.look(clock.now()) == 0
    assert free_it(grace_call) == 2
    assert looking.look(clock.now()) == 0
    assert told(case.patient).count() == told(other.patient).count() == 1
    assert due(told(case.patient).get())


def test_the_message_says_nothing_but_that(call, grace_call, case):
    ask(case)
    free_it(grace_call)
    row = told(case.patient).get()
    said = kinds.kind_of(row.kind).words([row], _Reader(case.patient), clock.now())[row.pk]
    assert said.subject == "An earlier time is free"
    assert said.at is None
    assert said.path == reverse("bookings:earlier", args=[case.pk])
    assert "Joanne" not in f"{said.lead} {said.line}"


class _Reader:
    def __init__(self, user):
        self.called, self.id = user.first_name, str(user.pk)


def test_what_is_free_already_is_no_news(call, grace_call, case):
    actions.cancel(grace_call, by=hand(grace_call.patient))
    ask(case)
    assert looking.look(clock.now()) == 0


@pytest.mark.parametrize("wish", [{"part": "afternoon"}, {"weekdays": [5, 6]}])
def test_a_time_that_does_not_suit_is_not_told(call, grace_call, case, wish):
    ask(case, **wish)
    assert free_it(grace_call) == 0


def test_after_her_last_day_she_is_not_told(call, case):
    later = call.starts_at - timedelta(days=7)
    ama = factories.book(factories.open_case(people.person("ama")), service="first_talk", starts_at=later)
    ask(case, until_on=later.astimezone(case.patient.zone).date() - timedelta(days=1))
    assert free_it(ama) == 0


def test_a_time_after_her_call_is_no_earlier_one(call, case):
    later = call.starts_at + timedelta(days=1)
    after = factories.book(factories.open_case(people.person("ama")), service="first_talk", starts_at=later)
    ask(case)
    assert free_it(after) == 0


def test_a_hold_that_ended_and_new_hours_free_times_too(call, case, practice, joanne, monday):
    first = factories.hold(factories.open_case(people.person("ama")), service="first_talk").starts_at
    free = first + timedelta(days=2)
    Hold.objects.all().delete()
    factories.hold(factories.open_case(people.person("grace")), service="first_talk", starts_at=free)
    ask(case)
    looking.look(clock.now())
    monday.shift(timedelta(minutes=31))
    until = clock.today(joanne.zone) + timedelta(days=2)
    availability_actions.add_extra_hours(
        practice, on_date=until, from_time=time(18), until_time=time(20), by=hand(joanne)
    )
    assert looking.look(clock.now()) == 1
    freed = set(ToldTime.objects.values_list("starts_at", flat=True))
    assert {free, datetime.combine(until, time(18), joanne.zone).astimezone(UTC)} <= freed


def test_a_time_that_comes_and_goes_is_told_once(call, grace_call, case):
    ask(case)
    free_it(grace_call)
    ama = factories.open_case(people.person("ama"))
    again = factories.book(ama, service="first_talk", starts_at=grace_call.starts_at)
    row = told(case.patient).get()
    looking.look(clock.now())
    assert not due(row)
    assert free_it(again) == 0
    assert due(row)
    assert Wish.objects.get(case=case).times_told == 1


def test_taken_before_the_message_went_it_is_told_when_it_is_free_again(call, grace_call, case):
    ask(case)
    free_it(grace_call)
    ama = factories.open_case(people.person("ama"))
    again = factories.book(ama, service="first_talk", starts_at=grace_call.starts_at)
    looking.look(clock.now())
    told(case.patient).update(settled_at=clock.now(), settled_as="not_needed")
    assert free_it(again) == 1
    assert told(case.patient).get().version == 2


def test_at_night_it_waits_for_the_morning(call, case, monday):
    sunday = factories.book(
        factories.open_case(people.person("ama")), service="first_talk", starts_at=call.starts_at - timedelta(days=7)
    )
    ask(case)
    monday.move_to(datetime(2026, 11, 10, 3, tzinfo=UTC))  # 10 pm
    looking.look(clock.now())
    free_it(sunday)
    assert told(case.patient).get().due_at == datetime(2026, 11, 10, 13, tzinfo=UTC)  # 8 am


def test_the_fourth_in_a_day_waits_for_the_next_morning(call, grace_call, case):
    ask(case)
    wish = Wish.objects.get()
    for version in range(1, rules.MOST_A_DAY + 1):
        Reminder.objects.create(
            kind=EARLIER_TIME.code, about_type="bookings.wish", about_id=wish.pk, version=version,
            recipient_type="user", recipient_id=str(case.patient_id), message_class="notice", due_at=clock.now(),
            useful_until=clock.now() + timedelta(days=1), settled_at=clock.now(), settled_as="sent",
        )  # fmt: skip
    Wish.objects.update(times_told=rules.MOST_A_DAY)
    free_it(grace_call)
    assert told(case.patient).get().due_at == datetime(2026, 11, 10, 13, tzinfo=UTC)


def test_booking_it_moves_the_call_and_ends_the_wait(call, grace_call, case, rosa):
    ask(case)
    free_it(grace_call)
    page = people.browser(rosa).get(reverse("bookings:earlier", args=[case.pk]))
    assert reverse("bookings:move", args=[call.pk]) in words(page)
    slot = f"{grace_call.starts_at:%Y-%m-%dT%H:%MZ}"
    assert slot in words(page)
    rosas = people.browser(rosa)
    kept = rosas.post(reverse("bookings:move", args=[call.pk]), {"slot": slot, "how": "video"})
    rosas.post(kept.url, {"hope": ""})
    moved = Consultation.objects.get(case=case)
    assert (moved.pk, moved.starts_at, moved.state) == (call.pk, grace_call.starts_at, "booked")
    assert Wish.objects.get(case=case).ended_as == "booked"
    assert not told(rosa).exists()


def test_who_comes_second_reads_calm_words_and_the_nearest_times(call, grace_call, case, rosa):
    ask(case)
    free_it(grace_call)
    factories.book(factories.open_case(people.person("ama")), service="first_talk", starts_at=grace_call.starts_at)
    slot = f"{grace_call.starts_at:%Y-%m-%dT%H:%MZ}"
    lost = people.browser(rosa).post(reverse("bookings:move", args=[call.pk]), {"slot": slot, "how": "video"})
    assert lost.status_code == 409
    assert "That time was just taken" in words(lost)
    assert Wish.objects.get(case=case).ended_at is None


def test_moved_to_a_later_time_she_still_waits(call, case):
    ask(case)
    kept = factories.hold(case, service="first_talk", starts_at=call.starts_at + timedelta(days=1), moving=call)
    actions.move(hold=kept, by=hand(case.patient))
    assert Wish.objects.get().ended_at is None


def test_without_a_call_any_consultant_counts_and_booking_ends_it(case, grace_call):
    ask(case)
    assert free_it(grace_call) == 1
    factories.book(case, service="first_talk")
    assert Wish.objects.get().ended_as == "booked"


def test_a_call_of_another_kind_leaves_the_wish_as_it_is(case):
    ask(case, service=Service.objects.get(code="after_second"))
    factories.book(case, service="first_talk")
    assert Wish.objects.open().filter(case=case).exists()


def test_taken_back_nobody_is_told(call, grace_call, case, rosa):
    ask(case)
    free_it(grace_call)
    row = told(rosa).get()
    people.browser(rosa).post(reverse("bookings:earlier", args=[case.pk]), {"do": "stop"})
    row.refresh_from_db()
    assert (Wish.objects.get().ended_as, row.settled_as) == ("taken_back", "withdrawn")
    assert waiting.take_back(case, by=hand(rosa)) == 0
    looking.look(clock.now())
    assert not FreeTimes.objects.exists()


def test_closing_the_case_ends_it(case):
    ask(case)
    close_case(case, Case.ClosedWhy.ASKED, by=hand(people.person("theo")))
    assert Wish.objects.get().ended_as == "closed"


def test_it_ends_after_its_last_day_the_visit_or_the_call(call, case, monday):
    ask(case)
    monday.move_to(call.starts_at + timedelta(minutes=1))
    looking.look(clock.now())
    assert Wish.objects.get().ended_as == "over"


def test_it_ends_with_the_visit(monday):
    case = factories.case_with_visit(days=10)
    ask(case)
    monday.shift(timedelta(days=9))
    looking.look(clock.now())
    assert Wish.objects.get().ended_at is None
    monday.shift(timedelta(days=3))
    looking.look(clock.now())
    assert Wish.objects.get().ended_as == "over"


def test_whoever_has_no_email_is_rung(call, grace_call, case, rosa):
    rosa.channel, rosa.phone = "call", "+1 416 555 0118"
    rosa.save(update_fields=["channel", "phone"])
    case.patient.refresh_from_db()
    theo = people.person("theo")
    answer = people.browser(theo).post(
        reverse("bookings:earlier", args=[case.pk]),
        {"part": "any", "weekdays": ["0", "1", "2", "3", "4"], "until_on": "2026-12-20"},
    )
    assert answer.status_code == 302
    free_it(grace_call)
    assert ToDo.objects.open().get(kind=EARLIER).due_on == clock.today(rosa.zone)
    assert not told(rosa).exists()
    listed = words(people.browser(theo).get(reverse("bookings:waiting")))
    assert rosa.name in listed
    assert "Ring: a time is free." in listed
    kept = factories.hold(case, service="first_talk", starts_at=grace_call.starts_at, moving=call)
    actions.move(hold=kept, by=hand(theo))
    assert not ToDo.objects.open().filter(kind=EARLIER).exists()


def test_asked_twice_it_is_one_wish_as_it_was_said_last(call, case):
    first = ask(case)
    again = ask(case, part="morning")
    assert (first.pk, again.part, Wish.objects.count()) == (again.pk, "morning", 1)


@pytest.mark.parametrize("days", [0, -1, 181, 100_000])
def test_a_day_that_is_over_or_far_ahead_is_refused(case, days):
    with pytest.raises(Refused, match="after today"):
        ask(case, until_on=clock.today(case.patient.zone) + timedelta(days=days))


@pytest.mark.parametrize("who", ["amir", "joanne"])
def test_others_ask_for_nothing(call, case, who):
    with pytest.raises(Refused):
        ask(case, by=hand(people.person(who)))


def test_what_cannot_be_read_is_said_in_words(case, rosa):
    sent = {"who": "<script>", "part": "night", "weekdays": ["9"], "until_on": "soon", "service": "x" * 500}
    answer = people.browser(rosa).post(reverse("bookings:earlier", args=[case.pk]), sent)
    assert answer.status_code == 422
    assert not Wish.objects.exists()


def test_the_database_refuses_bad_rows(case):
    wish = ask(case)
    bad = [
        {"weekdays": []},
        {"weekdays": [7]},
        {"part": "night"},
        {"ended_at": clock.now()},
        {"ended_as": "booked"},
    ]
    for change in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            Wish.objects.filter(pk=wish.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.create(
            case=case, service=wish.service, until_on=wish.until_on, asked_at=clock.now(), asked_by=case.patient
        )


def test_a_new_day_at_the_end_of_the_calendar_is_no_news(case, monday):
    ask(case, until_on=clock.today(case.patient.zone) + timedelta(days=120))
    looking.look(clock.now())
    monday.shift(timedelta(days=1))
    assert looking.look(clock.now()) == 0
