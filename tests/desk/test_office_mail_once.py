"""One message for an office, a patient and a day: many patients, merged entries, a sender that dies, wrong mail."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case import directory
from cases.case.actions import add_office
from cases.case.models import ToDo
from cases.desk.links.actions import link_for
from cases.desk.mail import desks, planning
from cases.records import actions as records
from cases.records.models import ReportLoop
from cases.records.report.actions import tell_report
from portal import clock as clocks
from portal import mail
from portal.accounts.models import User
from portal.reminders import bounces, claiming, gathering, sender
from portal.reminders.models import Delivery, Reminder
from tests import people
from tests.desk.mail_builders import CHASE_DAY, another_patient_of, ask, on_file, signed_visit
from tests.records.builders import NOVEMBER_5, actor, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOVEMBER_5, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asked(clock):
    visit = signed_visit()
    ask(visit)
    return visit


def turn():
    planning.plan_due(clocks.now())
    sender.run()


def to_offices(sink):
    return [each for each in sink.messages if each["To"].endswith(".example")]


def plain(message):
    return message.get_body(("plain",)).get_content()


@pytest.mark.full
def test_two_patients_at_one_office_are_two_mails(asked, clock, smtp_sink):
    other = another_patient_of(item(asked, "slides").holder, people.person("grace"))
    clock.move_to(CHASE_DAY)
    turn()
    first, second = sorted(to_offices(smtp_sink), key=plain)
    assert first["To"] == second["To"]
    said = {reference: [reference in plain(each) for each in (first, second)].count(True)
            for reference in (asked.case.reference, other.case.reference)}  # fmt: skip
    assert set(said.values()) == {1}


def test_what_comes_up_later_the_same_day_waits_for_the_next(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    turn()
    planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    sender.run()
    assert len(to_offices(smtp_sink)) == 1
    clock.move_to("2026-11-16T15:00:00Z")
    sender.run()
    assert len(to_offices(smtp_sink)) == 2


def test_an_entry_that_was_merged_is_not_written_to_but_the_one_it_became(asked, clock, smtp_sink):
    clock.move_to("2026-11-13T13:00:00Z")
    planning.plan_due(clocks.now())
    other = add_office(asked.case, name="Lakeside Health", region="US-PA", by=actor("theo"))
    other = on_file(other, email="one@health.example")
    directory.merge(item(asked, "slides").holder, other, by=actor("theo"))
    clock.move_to(CHASE_DAY)
    turn()
    turn()
    assert [message["To"] for message in to_offices(smtp_sink)] == ["one@health.example"]


def test_merged_after_it_went_a_press_waits_for_the_next_day(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    turn()
    other = on_file(add_office(asked.case, name="Lakeside Health", region="US-PA", by=actor("theo")))
    directory.merge(item(asked, "slides").holder, other, by=actor("theo"))
    planning.send_page(asked, directory.Office.objects.get(pk=other.pk), by=actor("theo"))
    sender.run()
    assert len(to_offices(smtp_sink)) == 1
    clock.move_to("2026-11-16T15:00:00Z")
    sender.run()
    assert len(to_offices(smtp_sink)) == 2


@pytest.mark.parametrize("has_own_page", [True, False])
def test_merged_before_it_went_a_press_waits_for_another_one(asked, clock, smtp_sink, has_own_page):
    source = item(asked, "slides").holder
    target = on_file(add_office(asked.case, name="Lakeside Health", region="US-PA", by=actor("theo")))
    if has_own_page:
        link_for(asked, target, by=actor("theo"))
    clock.move_to("2026-11-06T22:00:00Z")
    planning.send_page(asked, source, by=actor("theo"))
    directory.merge(source, target, by=actor("theo"))
    clock.move_to("2026-11-09T15:00:00Z")
    sender.run()
    assert to_offices(smtp_sink) == []
    assert target.email in ToDo.objects.open().get(kind=planning.PAGE_HELD).note
    planning.send_page(asked, directory.Office.objects.get(pk=target.pk), by=actor("theo"))
    sender.run()
    assert [message["To"] for message in to_offices(smtp_sink)] == [target.email]
    assert not ToDo.objects.open().filter(kind=planning.PAGE_HELD).exists()


def test_merged_after_it_went_the_same_is_not_asked_again(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    turn()
    other = on_file(add_office(asked.case, name="Lakeside Health", region="US-PA", by=actor("theo")))
    directory.merge(item(asked, "slides").holder, other, by=actor("theo"))
    clock.move_to("2026-11-16T15:00:00Z")
    turn()
    assert len(to_offices(smtp_sink)) == 1


def test_a_sender_that_dies_before_its_stamp_repeats_the_very_same_message(asked, clock, smtp_sink, monkeypatch):
    clock.move_to(CHASE_DAY)
    planning.plan_due(clocks.now())
    gathering.gather(clocks.now())
    monkeypatch.setattr(sender, "stamp", lambda taken, now: None)  # as if it died there
    with mail.Line() as line:
        sender.send_some(clocks.now(), line, sender.Tally(), claiming.SENT_BY_US)
    monkeypatch.undo()
    clock.shift(dt.timedelta(minutes=4))
    sender.run()
    sender.run()
    first, again = to_offices(smtp_sink)
    assert first.as_bytes() == again.as_bytes()


@pytest.mark.full
def test_mail_that_came_back_is_a_thing_to_do_and_nothing_more_goes_there(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    turn()
    holder = item(asked, "slides").holder
    delivery = Delivery.objects.get(recipient_type="office")
    bounces.came_back(delivery.message_id, holder.email, why="bounced")
    todo = ToDo.objects.open().get(kind=desks.OFFICE_ADDRESS)
    assert (todo.about_id, todo.case_id) == (str(holder.pk), asked.case_id)
    another_patient_of(holder, people.person("grace"))
    clock.move_to("2026-11-20T15:00:00Z")
    turn()
    assert len(to_offices(smtp_sink)) == 1
    directory.change_entry(holder, email="new@lakeside.example", by=actor("theo"))
    assert not ToDo.objects.open().filter(kind=desks.OFFICE_ADDRESS).exists()
    turn()
    assert to_offices(smtp_sink)[-1]["To"] == "new@lakeside.example"


def test_the_board_leads_to_the_office_whose_address_fails(asked, clock, smtp_sink):
    smtp_sink.refused.add("desk@lakeside.example")
    clock.move_to(CHASE_DAY)
    turn()
    page = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert "An office’s address fails" in page
    assert "desk@lakeside.example" in page


def test_mail_that_came_back_from_an_address_put_right_since_changes_nothing(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    turn()
    directory.change_entry(item(asked, "slides").holder, email="new@lakeside.example", by=actor("theo"))
    bounces.came_back(Delivery.objects.get(recipient_type="office").message_id, "desk@lakeside.example", why="bounced")
    assert not ToDo.objects.filter(kind=desks.OFFICE_ADDRESS).exists()


@pytest.mark.full
def test_the_second_office_is_asked_whether_what_was_sent_arrived(asked, clock, smtp_sink):
    on_file(asked.office)
    clock.move_to("2026-11-06T15:00:00Z")
    records.tell(item(asked, "slides"), "sent", by=actor("theo"))
    for day in range(9, 24):
        clock.move_to(f"2026-11-{day:02}T15:00:00Z")
        turn()
    [message] = to_offices(smtp_sink)
    assert message["To"] == "desk@northfield.example"
    assert "1 record was sent to your office" in plain(message)


@pytest.fixture
def loop(asked, clock):
    on_file(asked.office)
    clock.move_to("2026-11-25T15:00:00Z")
    records.say_took_place(asked, by=actor("rosa"))
    return ReportLoop.objects.get(visit=asked)


@pytest.mark.full
def test_the_report_is_asked_for_on_days_3_10_and_20_until_it_is_announced(loop, clock, smtp_sink):
    for day in range(26, 31):  # the 26th and 27th are holidays there
        clock.move_to(f"2026-11-{day}T15:00:00Z")
        turn()
    assert [message["Date"][:11] for message in to_offices(smtp_sink)] == ["Mon, 30 Nov"]
    for day in range(1, 20):
        clock.move_to(f"2026-12-{day:02}T15:00:00Z")
        turn()
    assert len(to_offices(smtp_sink)) == 3
    assert {message["To"] for message in to_offices(smtp_sink)} == {"desk@northfield.example"}


def test_the_primary_office_is_asked_once_the_report_is_on_its_way(loop, clock, smtp_sink):
    primary = loop.visit.case.clinicians.get(role="primary").clinician.office
    on_file(primary)
    tell_report(loop, "announced", by=actor("theo"))
    for day in range(1, 4):
        clock.move_to(f"2026-12-{day:02}T15:00:00Z")
        turn()
    [message] = to_offices(smtp_sink)
    assert message["To"] == "desk@elm.example"
    assert "Please tell us if it is there." in plain(message)


def patients(office, count, start):
    for number in range(start, start + count):
        user = User.objects.create_user(email=f"p{number}@example.org", password="x", name=f"Patient {number}")
        another_patient_of(office, user)


@pytest.mark.full
def test_a_turn_looks_no_more_often_for_many_than_for_few(asked, clock):
    holder = item(asked, "slides").holder
    counts = []
    for start in (0, 4):
        clock.move_to(NOVEMBER_5)
        patients(holder, 2 if start == 0 else 6, start)
        clock.move_to(CHASE_DAY)
        planning.plan_due(clocks.now())  # makes links and rows
        with CaptureQueriesContext(
            connection,
        ) as seen:
            planning.plan_due(clocks.now())
            gathering.ready(clocks.now())
            gathering.judge(Reminder.objects.filter(recipient_type="office"), clocks.now())
        counts.append(len(seen))
    assert counts[0] == counts[1]
