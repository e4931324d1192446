"""Kinds held back by staff, and messages sent once more."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import actions, muting, resending, sender
from portal.reminders.models import Delivery, Mute, Outcome, Reminder
from tests import factories, people
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def theo(db):
    return Actor.person(people.person("theo"))


def outcome(row):
    row.refresh_from_db()
    return row.settled_as


def test_a_muted_kind_does_not_go_and_says_so(clock, rosa, theo, smtp_sink):
    muting.mute(rosa, "tests.call", by=theo)
    held, other = (plan(kind, rosa, due_at=NOON - 2 * HOUR) for kind in ("tests.call", "tests.form"))
    assert sender.run() == 1
    assert [outcome(held), outcome(other)] == [Outcome.MUTED, Outcome.SENT]
    assert Event.objects.filter(verb="reminder.held_back", about_id=str(held.pk)).count() == 1


def test_answers_are_never_muted(clock, rosa, theo, smtp_sink):
    with pytest.raises(Refused):
        muting.mute(rosa, "tests.booked", by=theo)
    Mute.objects.create(person=rosa, kind="tests.booked", muted_at=NOON, muted_by=theo.user)
    answer = plan("tests.booked", rosa, due_at=NOON - HOUR)
    sender.run()
    assert outcome(answer) == Outcome.SENT


def test_a_mute_of_one_case_leaves_the_other_alone(clock, rosa, theo, smtp_sink):
    mine, other = factories.open_case(rosa), factories.open_case(rosa)
    muting.mute(rosa, "tests.call", case=mine, by=theo)
    held, goes = (plan("tests.call", rosa, due_at=NOON - 2 * HOUR, case_id=case.pk) for case in (mine, other))
    sender.run()
    assert [outcome(held), outcome(goes)] == [Outcome.MUTED, Outcome.SENT]


def test_a_mute_ends_by_itself_on_its_day(clock, rosa, theo, smtp_sink):
    muting.mute(rosa, "tests.call", until=NOON + DAY, by=theo)
    clock.shift(DAY)
    row = plan("tests.call", rosa, due_at=NOON)
    sender.run()
    assert outcome(row) == Outcome.SENT


def test_undone_it_goes_again_if_it_still_helps(clock, rosa, theo, smtp_sink):
    mute = muting.mute(rosa, "tests.call", by=theo)
    helps = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    over = plan("tests.call", rosa, due_at=NOON - 2 * HOUR, useful_until=NOON + HOUR)
    sender.run()
    clock.shift(2 * HOUR)
    for _press in range(2):
        muting.unmute(mute, by=theo)
    sender.run()
    assert [outcome(helps), outcome(over)] == [Outcome.SENT, Outcome.MUTED]
    assert Event.objects.filter(verb="reminder.unmuted").count() == 1


def test_a_message_that_waits_for_its_sender_is_held_back_too(clock, rosa, theo, smtp_sink):
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.gathering.gather(NOON)
    muting.mute(rosa, "tests.call", by=theo)
    assert sender.run() == 0
    assert outcome(row) == Outcome.MUTED


def test_muting_twice_is_one_mute_and_another_day_replaces_it(clock, rosa, theo):
    for _press in range(2):
        muting.mute(rosa, "tests.call", by=theo)
    muting.mute(rosa, "tests.call", until=NOON + DAY, by=theo)
    assert Mute.objects.get(ended_at=None).until == NOON + DAY
    assert Event.objects.filter(verb="reminder.muted").count() == 2


@pytest.mark.parametrize("key", ["rosa", "joanne", "mara"])
def test_only_a_coordinator_mutes_and_sends_again(clock, rosa, smtp_sink, key):
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    row.refresh_from_db()
    by = Actor.person(people.person(key))
    with pytest.raises(Refused):
        muting.mute(rosa, "tests.call", by=by)
    with pytest.raises(Refused):
        resending.send_again(row.delivery, by=by)


def test_the_table_refuses_two_open_mutes_and_one_that_ends_before_it_began(clock, rosa, theo):
    row = {"person": rosa, "kind": "tests.call", "muted_at": NOON, "muted_by": theo.user}
    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(until=NOON - HOUR, **row)
    Mute.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(**row)


def test_muted_on_the_page_shown_in_the_log_and_to_the_patient_and_undone(clock, rosa, theo):
    case = factories.open_case(rosa)
    row = plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    browser = people.browser(theo.user)
    address = reverse("reminders:mute", args=[row.pk])
    assert "Hold a message back" in browser.get(address).content.decode()
    assert browser.post(address, {"until": "nonsense"}).status_code == 422
    browser.post(address, {"until": "open", "where": "case"})
    log = reverse("pages:reminder_log") + "?show=muted"
    assert "For good" in browser.get(log).content.decode()
    ledger = people.browser(rosa).get(reverse("pages:ledger", args=[case.pk]))
    assert ledger.context["coming"] == []
    assert "Held back by us" in ledger.content.decode()
    browser.post(reverse("reminders:unmute", args=[Mute.objects.get().pk]))
    assert "For good" not in browser.get(log).content.decode()


def sent(rosa, kind="tests.form", **more):
    row = plan(kind, rosa, due_at=NOON - 2 * HOUR, **more)
    sender.run()
    row.refresh_from_db()
    return row


def test_sent_again_is_a_new_message_with_rows_of_its_own(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    again = resending.send_again(row.delivery, by=theo)
    assert sender.run() == 1
    copy = Reminder.objects.get(delivery=again)
    assert (copy.resent, copy.settled_as, row.delivery.rows.count()) == (1, Outcome.SENT, 1)
    first, second = smtp_sink.messages
    assert first["Message-ID"] != second["Message-ID"]
    assert Event.objects.filter(verb="reminder.sent_again").count() == 1


def test_pressed_twice_it_goes_once(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    assert resending.send_again(row.delivery, by=theo) == resending.send_again(row.delivery, by=theo)
    sender.run()
    assert resending.send_again(row.delivery, by=theo).sent_at
    assert len(smtp_sink.messages) == 2


def test_what_no_longer_holds_does_not_go_again(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    THINGS.versions.pop(row.about_id)
    with pytest.raises(Refused):
        resending.send_again(row.delivery, by=theo)
    assert Delivery.objects.count() == 1


def test_an_answer_to_the_second_copy_settles_the_thing(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    again = resending.send_again(row.delivery, by=theo)
    sender.run()
    actions.answer(Reminder.objects.get(delivery=again), "done", by=Actor.person(rosa))
    assert THINGS.answers[0][0] == row.about_id


def test_planning_anew_after_it_went_again_finds_its_own_row(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    resending.send_again(row.delivery, by=theo)
    assert plan("tests.form", rosa, due_at=NOON - 2 * HOUR, thing=row.about_id) == row


def test_nothing_goes_again_at_night_or_to_who_rests(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    clock.shift(10 * HOUR)  # 8 pm
    with pytest.raises(Refused):
        resending.send_again(row.delivery, by=theo)
    clock.shift(14 * HOUR)
    actions.pause(rosa, until=None, by=Actor.person(rosa))
    with pytest.raises(Refused):
        resending.send_again(row.delivery, by=theo)


def test_the_log_offers_to_send_again_and_says_that_it_did(clock, rosa, theo, smtp_sink):
    row = sent(rosa)
    browser = people.browser(theo.user)
    address = reverse("reminders:send_again", args=[row.delivery.pk])
    assert address in browser.get(reverse("pages:reminder_log")).content.decode()
    browser.post(address)
    assert "Sent once more" in browser.get(reverse("pages:reminder_log") + "?find=rosa").content.decode()
    assert "Sent once more" not in browser.get(reverse("pages:reminder_log") + "?find=nobody").content.decode()
