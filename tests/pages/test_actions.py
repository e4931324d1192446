"""Not today and please call me: what each press changes, and who may press."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.models import Case, ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import actions, reminders
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = pytest.mark.django_db


def day(rosa, days: int) -> dt.date:
    return clock.today(rosa.zone) + dt.timedelta(days=days)


def test_not_today_hides_the_step_until_the_day_pressed():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.rest_until(case, day(rosa, 3), by=Actor.person(rosa))
    assert Case.objects.get(pk=case.pk).rests_until == day(rosa, 3)
    assert Event.objects.filter(verb="case.rests", case_id=case.pk).count() == 1


def test_pressing_today_shows_it_again():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.rest_until(case, day(rosa, 3), by=Actor.person(rosa))
    actions.rest_until(case, day(rosa, 0), by=Actor.person(rosa))
    assert Case.objects.get(pk=case.pk).rests_until is None


def test_two_weeks_is_the_longest_rest():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.rest_until(case, day(rosa, 14), by=Actor.person(rosa))
    with pytest.raises(Refused):
        actions.rest_until(case, day(rosa, 15), by=Actor.person(rosa))


@pytest.mark.parametrize("key", ["grace", "theo", "amir", "mara"])
def test_only_the_patient_and_who_began_for_them_press(key):
    case, other = factories.open_case(), people.person(key)
    for press in (
        lambda: actions.rest_until(case, day(other, 1), by=Actor.person(other)),
        lambda: actions.ask_for_a_call(case, by=Actor.person(other)),
    ):
        with pytest.raises(Refused):
            press()


def test_a_call_is_asked_for_once():
    case, rosa = factories.open_case(), people.person("rosa")
    first = actions.ask_for_a_call(case, by=Actor.person(rosa))
    assert actions.ask_for_a_call(case, by=Actor.person(rosa)) == first
    assert ToDo.objects.open().get().kind == "call"


@time_machine.travel("2026-11-05T15:00:00Z", tick=True)
def test_who_helps_is_called_herself_and_the_patients_wish_stays():
    case, rosa, ama = factories.open_case(), people.person("rosa"), people.person("ama")
    helping.agree(helping.ask(case, ama, by=Actor.person(people.person("theo"))), chosen="dates", by=Actor.person(rosa))
    ama.phone = "+14165550177"
    ama.save(update_fields=["phone"])
    actions.ask_for_a_call(case, suits="morning", note="I feel very low", by=Actor.person(rosa))
    for _press in range(2):
        actions.ask_for_a_call(case, suits="afternoon", by=Actor.person(ama))
    assert set(ToDo.objects.open().values_list("kind", "suits")) == {("call", "morning"), ("call_helper", "afternoon")}
    assert ToDo.objects.get(kind="call").note == "I feel very low"
    board = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert f"{ama.name}, who helps Rosa, asks to be called." in board
    assert "tel:+14165550177" in board
    ledger = people.browser(ama).get(reverse("pages:ledger", args=[case.pk])).content.decode()
    assert "I feel very low" not in ledger


@pytest.mark.parametrize(("at", "due"), [("2026-11-09T19:59Z", 9), ("2026-11-09T20:00Z", 10)])
def test_a_call_asked_for_late_in_the_day_is_for_tomorrow(at, due, time_machine):
    """3 pm on the office's own wall, Eastern Time."""
    time_machine.move_to(at, tick=False)
    case, rosa = factories.open_case(), people.person("rosa")
    assert actions.ask_for_a_call(case, by=Actor.person(rosa)).due_on == dt.date(2026, 11, due)


def test_behind_not_today_stands_a_reminder_for_that_morning():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.rest_until(case, day(rosa, 3), by=Actor.person(rosa))
    actions.rest_until(case, day(rosa, 2), by=Actor.person(rosa))
    row = Reminder.objects.unsettled().get(kind=reminders.NEXT_STEP)
    assert row.due_at.astimezone(rosa.zone).date() == day(rosa, 2)
    assert reminders.still_due([row], row.due_at) == {row.pk}
    actions.rest_until(case, day(rosa, 0), by=Actor.person(rosa))
    assert not Reminder.objects.unsettled().filter(kind=reminders.NEXT_STEP).exists()


def test_the_reminder_is_silent_when_there_is_nothing_left_to_do():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.rest_until(case, day(rosa, 2), by=Actor.person(rosa))
    row = Reminder.objects.unsettled().get(kind=reminders.NEXT_STEP)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())
    assert reminders.still_due([row], row.due_at) == set()
    Case.objects.filter(pk=case.pk).update(state="open", closed_at=None, rests_until=day(rosa, 5))
    assert reminders.still_due([row], row.due_at) == set()


def test_the_reminder_says_nothing_of_the_step():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.rest_until(case, day(rosa, 2), by=Actor.person(rosa))
    row = Reminder.objects.unsettled().get(kind=reminders.NEXT_STEP)
    said = reminders.words([row], rosa, row.due_at)[row.pk]
    assert said.path == case.get_absolute_url()
    assert "referral" not in f"{said.subject} {said.lead} {said.line}"


def test_when_a_call_suits_stands_on_it_and_can_be_changed():
    case, rosa = factories.open_case(), people.person("rosa")
    actions.ask_for_a_call(case, suits="morning", note="After my walk", by=Actor.person(rosa))
    actions.ask_for_a_call(case, suits="evening", note="<b>Ring twice</b>", by=Actor.person(rosa))
    actions.ask_for_a_call(case, by=Actor.person(rosa))
    todo = ToDo.objects.open().get()
    assert (todo.suits, todo.note) == ("evening", "<b>Ring twice</b>")
    assert Event.objects.filter(verb="todo.changed").count() == 1


@pytest.mark.parametrize("wish", [{"suits": "midnight"}, {"note": "x" * 101}])
def test_a_wish_that_cannot_be_is_refused(wish):
    case, rosa = factories.open_case(), people.person("rosa")
    with pytest.raises(Refused):
        actions.ask_for_a_call(case, **wish, by=Actor.person(rosa))
    assert not ToDo.objects.exists()


def test_a_morning_that_is_nearly_over_is_tomorrows():
    case, rosa = factories.open_case(), people.person("rosa")
    with time_machine.travel("2026-11-05T17:00:00Z", tick=False):  # noon Eastern
        todo = actions.ask_for_a_call(case, suits="morning", by=Actor.person(rosa))
    assert todo.due_on == dt.date(2026, 11, 6)
