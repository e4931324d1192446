"""Mail to offices: asked on the case's own days, one for an office, a patient and a day, in their hours, once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cases.case import authority_actions, directory
from cases.case.models import Case, Office, ToDo
from cases.desk.links import codes
from cases.desk.links.actions import SEND_CODE, ask_for_code, desk_of, link_for, standing_of
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Ended, Standing
from cases.desk.mail import planning
from cases.documents import actions as documents
from cases.documents.models import Document
from cases.records import actions as records
from cases.records.models import Release
from cases.records.release import actions as release_actions
from portal import clock as clocks
from portal import when
from portal.errors import Refused
from portal.reminders import sender
from portal.reminders.models import Delivery, Outcome, Reminder
from tests import people
from tests.desk import packets
from tests.desk.mail_builders import CHASE_DAY, ask, on_file, signed_visit
from tests.records.builders import NOVEMBER_5, actor, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOVEMBER_5, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(clock):
    return signed_visit()


@pytest.fixture
def asked(visit):
    ask(visit, "slides", "pathology_report")
    return visit


def turn():
    planning.plan_due(clocks.now())
    sender.run()


def to_offices(sink):
    return [each for each in sink.messages if each["To"].endswith(".example")]


def outcomes():
    return sorted(Reminder.objects.filter(recipient_type="office").values_list("settled_as", flat=True))


def test_two_records_of_a_patient_are_one_mail_on_the_day_of_the_chase(asked, clock, smtp_sink):
    turn()
    assert to_offices(smtp_sink) == []
    clock.move_to(CHASE_DAY)
    turn()
    turn()
    [message] = to_offices(smtp_sink)
    assert message["To"] == "desk@lakeside.example"
    assert "We asked your office for 2 records." in message.get_body(("plain",)).get_content()
    assert outcomes() == [Outcome.SENT, Outcome.SENT]


def test_the_same_is_not_asked_again_the_next_day(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    turn()
    clock.move_to("2026-11-16T15:00:00Z")
    turn()
    assert len(to_offices(smtp_sink)) == 1


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-11-13T13:59:00Z", False),  # 8:59 am Eastern
        ("2026-11-13T14:00:00Z", True),
        ("2026-11-13T20:59:00Z", True),
        ("2026-11-13T21:00:00Z", False),  # 4 pm
    ],
)
def test_it_goes_from_9_am_to_4_pm_where_the_office_is(asked, clock, smtp_sink, at, goes):
    clock.move_to("2026-11-13T12:00:00Z")
    planning.plan_due(clocks.now())
    clock.move_to(at)
    turn()
    assert bool(to_offices(smtp_sink)) is goes


def test_an_office_further_west_has_its_own_9_am(asked, clock, smtp_sink):
    directory.change_entry(item(asked, "slides").holder, time_zone="America/Vancouver", by=actor("theo"))
    clock.move_to(CHASE_DAY)  # 7 am there
    turn()
    assert to_offices(smtp_sink) == []
    clock.move_to("2026-11-13T17:00:00Z")
    turn()
    assert len(to_offices(smtp_sink)) == 1


def test_what_was_not_sent_on_friday_goes_on_monday_and_never_on_a_weekend(asked, clock, smtp_sink):
    clock.move_to("2026-11-13T21:30:00Z")
    turn()
    for day in ("2026-11-14T15:00:00Z", "2026-11-15T15:00:00Z"):
        clock.move_to(day)
        turn()
    assert to_offices(smtp_sink) == []
    clock.move_to("2026-11-16T15:00:00Z")
    turn()
    assert len(to_offices(smtp_sink)) == 1


def withdraw_authority(visit):
    authority_actions.take_back_authority(visit.case, by=actor("rosa"))


def withdraw_release(visit):
    release_actions.take_back(Release.objects.get(visit=visit), by=actor("rosa"))


def rest(visit):
    Case.objects.filter(pk=visit.case_id).update(state=Case.State.RESTING)


def cancel(visit):
    records.cancel_visit(visit, by=actor("rosa"))


def say_sent(visit):
    for kind in ("slides", "pathology_report"):
        records.tell(item(visit, kind), "sent", by=actor("theo"))


def end_link(visit):
    OfficeLink.objects.filter(visit=visit).update(ended_at=clocks.now(), ended_why=Ended.NOT_OURS)


def lock_link(visit):
    OfficeLink.objects.filter(visit=visit).update(tries=5)


def hold_back(visit):
    directory.change_entry(item(visit, "slides").holder, takes_no_mail=True, by=actor("theo"))


def merge(visit):
    other = on_file(planning.Office(name="Lakeside Health", for_case=visit.case), email="other@lakeside.example")
    directory.merge(item(visit, "slides").holder, other, by=actor("theo"))


@pytest.mark.full
@pytest.mark.parametrize(
    "change", [withdraw_authority, withdraw_release, rest, cancel, say_sent, end_link, lock_link, hold_back]
)
def test_what_no_longer_stands_when_it_would_go_does_not_go(asked, clock, smtp_sink, change):
    clock.move_to("2026-11-13T13:00:00Z")
    planning.plan_due(clocks.now())
    assert outcomes() == ["", ""]
    change(asked)
    clock.move_to(CHASE_DAY)
    turn()
    assert to_offices(smtp_sink) == []
    assert set(outcomes()) <= {Outcome.NOT_NEEDED, Outcome.WITHDRAWN}


@pytest.mark.parametrize("change", [withdraw_authority, withdraw_release, end_link])
def test_what_was_made_before_is_looked_at_again_when_it_is_claimed(asked, clock, smtp_sink, change):
    clock.move_to(CHASE_DAY)
    planning.plan_due(clocks.now())
    sender.gathering.gather(clocks.now())
    assert Delivery.objects.open().filter(recipient_type="office").count() == 1
    change(asked)
    sender.run()
    assert to_offices(smtp_sink) == []


def test_an_office_that_is_not_theirs_is_not_written_to_again(asked, clock, smtp_sink):
    planning._plan(planning.Question("desk.chase", item(asked), asked, item(asked).holder), clocks.now())
    end_link(asked)
    clock.move_to(CHASE_DAY)
    turn()
    assert to_offices(smtp_sink) == []
    assert OfficeLink.objects.filter(visit=asked).count() == 1


@pytest.mark.parametrize(
    ("details", "goes"),
    [
        ({"likes_to_be_asked": "Fax, one page. They don’t use links."}, False),
        ({"likes_to_be_asked": "By email first"}, True),
        ({"likes_to_be_asked": "By phone; no e-mails please"}, False),
        ({"email": ""}, False),
        ({"takes_no_mail": True}, False),
    ],
)
def test_an_office_is_asked_the_way_it_likes(asked, clock, smtp_sink, details, goes):
    directory.change_entry(item(asked, "slides").holder, by=actor("theo"), **details)
    clock.move_to(CHASE_DAY)
    turn()
    assert bool(to_offices(smtp_sink)) is goes


def test_an_unchecked_office_is_not_written_to_by_itself(asked, clock, smtp_sink):
    Office.objects.filter(name="Lakeside").update(checked_at=None, checked_by=None)
    clock.move_to(CHASE_DAY)
    turn()
    assert to_offices(smtp_sink) == []


def test_what_the_patient_asked_for_herself_is_hers_to_chase(visit, clock, smtp_sink):
    records.tell(item(visit, "slides"), "asked", by=actor("rosa"))
    clock.move_to(CHASE_DAY)
    turn()
    assert to_offices(smtp_sink) == []


def test_pressed_for_by_a_person_it_goes_also_to_an_unchecked_office(asked, clock, smtp_sink):
    Office.objects.filter(name="Lakeside").update(checked_at=None, checked_by=None)
    holder = item(asked, "slides").holder
    first = planning.send_page(asked, holder, by=actor("rosa"))
    assert planning.send_page(asked, holder, by=actor("theo")) == first
    sender.run()
    [message] = to_offices(smtp_sink)
    assert "Our page for this reference" in message.get_body(("plain",)).get_content()


def test_pressed_in_the_evening_it_goes_the_next_morning(asked, clock, smtp_sink):
    clock.move_to("2026-11-06T22:00:00Z")
    planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    sender.run()
    assert to_offices(smtp_sink) == []
    clock.move_to("2026-11-09T15:00:00Z")
    sender.run()
    assert len(to_offices(smtp_sink)) == 1


def test_pressed_before_a_weekend_in_which_its_link_would_fall_asleep_it_still_goes(asked, clock, smtp_sink):
    holder = item(asked, "slides").holder
    clock.move_to("2026-11-07T15:00:00Z")
    link_for(asked, holder, by=actor("theo"))
    clock.move_to("2026-11-20T23:00:00Z")  # Friday, 6 pm; unused for 14 days on Saturday
    planning.send_page(asked, holder, by=actor("theo"))
    clock.move_to("2026-11-23T15:00:00Z")
    sender.run()
    [message] = to_offices(smtp_sink)
    link = OfficeLink.objects.get(visit=asked)
    assert codes.mailed_token(link) in message.get_body(("plain",)).get_content()
    assert standing_of(link) == Standing.OPEN


@pytest.mark.parametrize("pressed", [True, False])
def test_another_address_than_the_page_showed_is_not_written_to(asked, clock, smtp_sink, pressed):
    """Before the press it is refused; after it one of us looks at the new one and presses again."""
    holder = item(asked, "slides").holder
    clock.move_to("2026-11-06T22:00:00Z")
    if pressed:
        planning.send_page(asked, holder, email=holder.email, by=actor("rosa"))
    former = holder.email
    holder = directory.change_entry(holder, email="new@lakeside.example", by=actor("theo"))
    if not pressed:
        with pytest.raises(Refused, match="address has changed"):
            planning.send_page(asked, holder, email=former, by=actor("rosa"))
    clock.move_to("2026-11-09T15:00:00Z")
    sender.run()
    assert to_offices(smtp_sink) == []
    held = ToDo.objects.open().filter(kind=planning.PAGE_HELD)
    assert held.count() == pressed
    planning.send_page(asked, holder, email=holder.email, by=actor("theo"))
    sender.run()
    assert [each["To"] for each in to_offices(smtp_sink)] == ["new@lakeside.example"]
    assert not held.exists()


def test_the_board_says_that_a_mail_waits_for_another_press(asked, clock):
    holder = item(asked, "slides").holder
    clock.move_to("2026-11-06T22:00:00Z")
    planning.send_page(asked, holder, by=actor("rosa"))
    directory.change_entry(holder, email="new@lakeside.example", by=actor("theo"))
    board = people.browser(people.person("theo")).get("/staff/cases/").content.decode()
    assert "Send our page once more" in board
    assert "new@lakeside.example" in board


def test_the_page_says_monday_when_the_message_of_friday_is_out(asked, clock, smtp_sink):
    clock.move_to(CHASE_DAY)
    holder = item(asked, "slides").holder
    assert planning.goes_at(asked, holder, clocks.now()) <= clocks.now()
    turn()
    address = f"/cases/{asked.case_id}/offices/{holder.pk}/page/"
    page, at_9_on_monday = (
        people.browser(people.person("theo")).get(address),
        dt.datetime(2026, 11, 16, 14, tzinfo=dt.UTC),
    )
    assert page.context["goes"] == when.moment(at_9_on_monday, ZoneInfo("America/New_York"))
    assert planning.send_page(asked, holder, by=actor("theo")).due_at == at_9_on_monday


def test_pressed_again_after_it_went_it_is_refused_for_a_day(asked, clock, smtp_sink):
    holder = item(asked, "slides").holder
    planning.send_page(asked, holder, by=actor("theo"))
    sender.run()
    with pytest.raises(Refused, match="short while ago"):
        planning.send_page(asked, holder, by=actor("theo"))
    clock.move_to("2026-11-09T15:00:00Z")
    planning.send_page(asked, holder, by=actor("theo"))
    sender.run()
    assert len(to_offices(smtp_sink)) == 2


@pytest.mark.parametrize("change", [withdraw_authority, withdraw_release, say_sent, hold_back])
def test_without_reason_or_permission_a_press_is_refused(asked, change):
    change(asked)
    with pytest.raises(Refused):
        planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    assert not Reminder.objects.filter(recipient_type="office").exists()


@pytest.mark.full
def test_a_sleeping_link_wakes_by_a_new_code_before_its_address_goes(asked, clock, smtp_sink):
    planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    sender.run()
    link = OfficeLink.objects.get(visit=asked)
    clock.move_to("2026-11-20T15:00:00Z")
    planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    sender.run()
    again = OfficeLink.objects.get(visit=asked)
    assert again.generation == link.generation + 1
    assert codes.mailed_token(again) in to_offices(smtp_sink)[-1].get_body(("plain",)).get_content()


def test_an_office_that_asks_for_its_code_gets_its_page_again_at_the_address_on_file(asked, clock, smtp_sink):
    planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    sender.run()
    clock.move_to("2026-11-20T15:00:00Z")  # it sleeps by now
    link = OfficeLink.objects.get(visit=asked)
    assert ask_for_code(link, by=desk_of(link))
    assert planning.send_codes(clocks.now()) == 1
    assert planning.send_codes(clocks.now()) == 0
    sender.run()
    assert not ToDo.objects.open().filter(kind=SEND_CODE).exists()
    token = codes.mailed_token(OfficeLink.objects.get(visit=asked))
    assert token in to_offices(smtp_sink)[-1].get_body(("plain",)).get_content()


def test_a_code_for_an_unchecked_office_stays_a_thing_to_do(asked, clock):
    planning.send_page(asked, item(asked, "slides").holder, by=actor("theo"))
    Office.objects.filter(name="Lakeside").update(checked_at=None, checked_by=None)
    link = OfficeLink.objects.get(visit=asked)
    assert ask_for_code(link, by=desk_of(link))
    assert planning.send_codes(clocks.now()) == 0
    assert ToDo.objects.open().filter(kind=SEND_CODE).exists()


def test_the_page_says_where_and_when_it_goes_and_a_stranger_finds_nothing(asked):
    holder = item(asked, "slides").holder
    address = f"/cases/{asked.case_id}/offices/{holder.pk}/page/"
    rosa = people.browser(people.person("rosa"))
    page = rosa.get(address).content.decode()
    assert "desk@lakeside.example" in page
    assert address in rosa.get(f"/cases/{asked.case_id}/records/").content.decode()
    assert rosa.post(address).status_code == 302
    assert Reminder.objects.get(recipient_type="office").kind == "desk.page"
    assert people.browser(people.person("grace")).get(address).status_code == 404


def test_an_office_for_which_records_wait_with_us_can_be_sent_its_page(visit, smtp_sink):
    office = on_file(visit.office)
    packets.through_us(visit, "clinic_notes")
    planning.send_page(visit, office, by=actor("theo"))
    sender.run()
    assert [each["To"] for each in to_offices(smtp_sink)] == ["desk@northfield.example"]


def test_what_may_not_be_passed_on_is_no_reason_to_write(visit):
    office = on_file(visit.office)
    packets.through_us(visit, "clinic_notes", name="notes.pdf")
    documents.withdraw(Document.objects.get(), by=actor("rosa"))
    with pytest.raises(Refused, match="Nothing is open"):
        planning.send_page(visit, office, by=actor("theo"))
