"""A word about one record leaves the rest alone: what waits still goes, what was promised is kept, nothing goes twice.

Each test plans anew by a word about another record, at the moment at which that used to take something away.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.records import actions, offices
from cases.records.days import editing
from cases.records.days.lead_times import Lead
from cases.records.items import opening
from cases.records.models import RecordKind, Visit
from portal import clock, mail
from portal.reminders import actions as rows
from portal.reminders import gathering, rules, sender
from portal.reminders.claiming import claim_some
from portal.reminders.models import Delivery, Reminder
from tests import programs
from tests.records.builders import actor, booked_visit, item, on_november_5

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAR = date(2027, 1, 29)
OTHER = "imaging_reports"  # asked for last of all


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def row(kind: str, thing=None, **more) -> Reminder:
    found = Reminder.objects.filter(kind=f"records.{kind}", settled_at=None, **more)
    return found.get(about_id=thing.pk) if thing else found.get()


def a_word(visit: Visit) -> None:
    """Somebody says something of a record that nothing waits for."""
    other = item(visit, OTHER)
    actions.set_core(other, not other.is_core, by=actor("theo"))


def quiet_visit() -> Visit:
    """A booked visit of which nothing is asked of anyone but the visit itself."""
    visit = booked_visit()
    for each in visit.items.exclude(kind=OTHER):
        actions.tell(each, "not_wanted", by=actor("theo"))
    actions.tell(item(visit, OTHER), "arrived", by=actor("rosa"))
    return visit


def subjects(sink) -> list[str]:
    return [message["Subject"] for message in sink.messages]


def sent(given: Reminder, now: datetime) -> Reminder:
    rows.settle(Reminder.objects.filter(pk=given.pk), "sent", now)
    given.refresh_from_db()
    return given


# --- what is due and has not gone


def test_a_word_while_the_mail_server_is_away_takes_no_reminder_away(november_5, smtp_sink, settings):
    """Away at nine, a word at half past, back at ten."""
    visit = quiet_visit()
    nine = row("before_visit", step=1).due_at
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, programs.free_port()
    november_5.move_to(nine)
    assert sender.run() == 0
    november_5.shift(30 * MINUTE)
    a_word(visit)
    assert sender.run() == 0
    settings.EMAIL_PORT = port
    november_5.shift(30 * MINUTE)
    sender.run()
    assert subjects(smtp_sink) == ["Your visit is tomorrow"]
    a_word(visit)
    november_5.shift(HOUR)
    sender.run()
    assert len(smtp_sink.messages) == 1


def test_a_move_while_the_mail_server_is_away_takes_the_old_day_away(november_5, smtp_sink, settings):
    visit = quiet_visit()
    nine = row("before_visit", step=1).due_at
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, programs.free_port()
    november_5.move_to(nine)
    sender.run()
    actions.move_visit(visit, on=date(2026, 12, 11), by=actor("rosa"))
    settings.EMAIL_PORT = port
    november_5.shift(HOUR)
    sender.run()
    assert subjects(smtp_sink) == []


def test_the_row_of_one_who_is_called_stays_in_its_call(november_5):
    visit = booked_visit()
    patient = visit.case.patient
    patient.email, patient.can_sign_in = None, False
    patient.save()
    november_5.move_to(row("before_visit", step=1).due_at + MINUTE)
    gathering.gather(clock.now())
    before = row("before_visit", step=1)
    a_word(visit)
    gathering.gather(clock.now())
    assert row("before_visit", step=1).delivery == before.delivery
    assert before.delivery.channel == Delivery.Channel.CALL


@pytest.mark.parametrize("at_once", [0, 4])
def test_an_office_corrected_at_half_past_nine_takes_nothing_away(at_once, november_5, monkeypatch):
    """Few visits are planned in the change, of many the rows are withdrawn until their turn comes."""
    monkeypatch.setattr(offices, "AT_ONCE", at_once)
    visit = quiet_visit()
    november_5.move_to(row("before_visit", step=1).due_at + 30 * MINUTE)
    due_at = row("before_visit", step=1).due_at
    before = {"time_zone": visit.office.time_zone}
    visit.office.time_zone = "America/Chicago"
    visit.office.save()
    offices.follow(visit.office, before, by=actor("theo"))
    offices.plan_marked()
    visit.refresh_from_db()
    now_stands = row("before_visit", step=1)
    assert (now_stands.due_at, now_stands.version) == (due_at, visit.version)


def test_what_was_said_of_a_day_is_not_said_again_for_its_new_hour(november_5, smtp_sink):
    visit = quiet_visit()
    november_5.move_to(row("before_visit", step=1).due_at)
    sender.run()
    visit.office.time_zone = "America/Chicago"
    visit.office.save()
    offices.follow(visit.office, {"time_zone": "America/New_York"}, by=actor("theo"))
    assert not Reminder.objects.filter(kind="records.before_visit", step=1, settled_at=None).exists()


# --- what was promised


def test_not_yet_is_asked_again_whatever_is_said_of_other_records(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    first = row("chase", item(visit))
    november_5.move_to(first.due_at + MINUTE)
    rows.answer(sent(first, clock.now()), "not_yet", by=actor("rosa"))
    again = row("chase", item(visit))
    november_5.shift(DAY)
    a_word(visit)
    assert row("chase", item(visit)) == again
    # Its own word is another matter.
    actions.tell(item(visit), "arrived", by=actor("theo"))
    again.refresh_from_db()
    assert again.settled_as == "withdrawn"


def test_does_it_open_is_asked_again_too(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit, "imaging_exchange"), "arrived", by=actor("rosa"))
    first = row("did_it_open", step=opening.FIRST)
    november_5.move_to(first.due_at + MINUTE)
    Reminder.objects.filter(kind=first.kind, step=opening.AGAIN).delete()
    rows.answer(sent(first, clock.now()), "not_yet", by=actor("rosa"))
    again = row("did_it_open")
    a_word(visit)
    assert row("did_it_open", step=1) == again


def test_later_stays_later(november_5):
    visit = booked_visit(on=date(2026, 12, 14))
    first = row("request_by", item(visit, "slides"))
    moved = rows.put_off(first, by=actor("rosa")).due_at
    a_word(visit)
    assert row("request_by", item(visit, "slides")).due_at == moved


def test_later_does_not_outlive_days_that_changed(november_5):
    """Lead times were shortened: there is more time than the person took."""
    visit = booked_visit(on=date(2026, 12, 14))
    first = row("request_by", item(visit, "slides"))
    rows.put_off(first, by=actor("rosa"))
    RecordKind.objects.filter(pk="slides").update(expected=1, safe=1, reading=0)
    editing.replan_one(visit.pk)
    assert row("request_by", item(visit, "slides")).due_at.date() == date(2026, 12, 10)


def test_lead_times_move_what_was_planned_by_them():
    visit = booked_visit(on=FAR)
    before = row("request_by", item(visit)).due_at
    kind = RecordKind.objects.get(pk="pathology_report")
    longer = Lead(kind.expected, kind.safe + 5, kind.reading)
    editing.change_lead_time(kind, longer, source="Asked", seen_at=kind.changed_at, by=actor("mara"))
    editing.replan_changed()
    assert row("request_by", item(visit)).due_at < before


# --- the coordinators' own


def asked_by_us(traveller) -> tuple[Visit, Reminder]:
    """A chase of ours, handed on to the people who hold the role, the evening before."""
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("theo"))
    chase = row("chase", item(visit))
    traveller.move_to(chase.due_at - 14 * HOUR)
    gathering.hand_on_roles(clock.now())
    return visit, row("chase", item(visit), recipient_type="user")


def test_what_was_handed_on_stays_with_whom_it_was_handed_on_to(november_5, smtp_sink):
    visit, own = asked_by_us(november_5)
    a_word(visit)
    november_5.move_to(own.due_at)
    sender.run()
    own.refresh_from_db()
    assert own.settled_as == "sent"
    assert [message["To"] for message in smtp_sink.messages if "news" in message["Subject"]] == ["theo@example.org"]


def test_its_own_word_takes_it_from_them(november_5):
    visit, own = asked_by_us(november_5)
    actions.tell(item(visit), "arrived", by=actor("rosa"))
    own.refresh_from_db()
    assert own.settled_as == "withdrawn"


# --- what is on its way


def on_its_way(visit: Visit, traveller, sink) -> tuple[mail.Line, list, list[Reminder]]:
    """The server has taken a message about other records; its sender has not noted it yet."""
    sender.run()
    sink.messages.clear()
    traveller.move_to("2026-11-06T14:01:00Z")
    gathering.gather(clock.now())
    claims, _failed, _any = claim_some(clock.now())
    claim = next(each for each in claims if each.to == visit.case.patient.email)
    taken: list = []
    with mail.Line() as line:
        sender.hand_over([claim], taken, clock.now(), line)
    return taken, list(Reminder.objects.filter(delivery=claim.delivery))


def test_a_word_while_the_server_holds_a_message_sends_it_no_second_time(november_5, smtp_sink):
    visit = booked_visit()
    taken, said = on_its_way(visit, november_5, smtp_sink)
    a_word(visit)
    sender.stamp(taken, clock.now())
    november_5.shift(DAY)
    sender.run()
    assert {Reminder.objects.get(pk=each.pk).delivery_id for each in said} == set(taken)
    assert set(Reminder.objects.filter(pk__in=[each.pk for each in said]).values_list("settled_as", flat=True)) == {
        "sent"
    }


def test_killed_before_the_stamp_and_a_word_meanwhile_the_very_same_message_goes(november_5, smtp_sink):
    visit = booked_visit()
    taken, said = on_its_way(visit, november_5, smtp_sink)
    # and here the sender dies
    a_word(visit)
    november_5.shift(rules.CLAIM_LASTS + timedelta(seconds=1))
    sender.run()
    first, second = (message for message in smtp_sink.messages if message["To"] == visit.case.patient.email)
    assert first.as_bytes() == second.as_bytes()
    assert {Reminder.objects.get(pk=each.pk).delivery_id for each in said} == set(taken)
    november_5.shift(DAY)
    sender.run()
    again = Reminder.objects.filter(pk__in=[each.pk for each in said]).exclude(delivery__in=taken)
    assert not again.exists()


def test_withdrawn_and_planned_anew_while_the_server_holds_it_it_goes_once(november_5, smtp_sink):
    """As when an office of many visits changes: withdrawn in the change, planned when its turn comes."""
    visit = booked_visit()
    taken, said = on_its_way(visit, november_5, smtp_sink)
    offices._withdraw([visit.pk])
    editing.replan_one(visit.pk)
    sender.stamp(taken, clock.now())
    assert {Reminder.objects.get(pk=each.pk).settled_as for each in said} == {"sent"}


# --- twice


def test_planning_twice_writes_nothing(django_assert_max_num_queries):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("theo"))
    before = list(Reminder.objects.order_by("pk").values())
    with django_assert_max_num_queries(35):
        editing.replan_one(visit.pk)
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_the_days_are_those_of_the_patient_s_zone():
    visit = booked_visit()
    assert row("before_visit", step=1).due_at.astimezone(ZoneInfo("America/Toronto")).hour == 9
    assert visit.case.patient.time_zone == "America/Toronto"
