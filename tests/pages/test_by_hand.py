"""Messages that a person brings: letters to post and calls to make, on the board, decided again, settled once."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.models import CallLog, ToDo
from cases.records import actions as records
from cases.records.models import RecordItem
from portal import when
from portal.accounts.models import User
from portal.actors import Actor
from portal.clock import now
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import by_hand, sender
from portal.reminders.actions import pause
from portal.reminders.models import Delivery, Outcome, Reminder
from tests import factories, people
from tests.pdf_letters import words_of

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 11, 10, 15, 0, tzinfo=dt.UTC)  # 10 am in Toronto
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ADDRESS = "14 Mill Lane, Apt 3\nToronto ON M4C 1A1"
NUMBER = "+14165550134"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(smtp_sink, clock):
    """Harold's: no email, letters wanted, a visit in a month; the first letter waits since today 9 am."""
    harold = User.objects.create_user(
        name="Harold Quist", called="Harold", can_sign_in=False, time_zone="America/Toronto", phone=NUMBER,
        postal=ADDRESS, channel="letter",
    )  # fmt: skip
    opened = factories.open_case(harold, starter=people.person("ama"))
    theo = Actor.person(people.person("theo"))
    visit = records.name_visit(opened, doctor="Dr. Raman", office_name="Northfield Medical Center", by=theo)
    records.set_visit_date(visit, on=dt.date(2026, 12, 8), at=dt.time(14, 30), by=theo)
    return opened


@pytest.fixture
def letter(case, clock):
    """The letter of the first morning on which something is due."""
    for _morning in range(25):
        sender.run()
        if found := Delivery.objects.filter(channel="letter").first():
            return found
        clock.shift(DAY)
    raise AssertionError("nothing became due")


def theo():
    return people.browser(people.person("theo"))


def board(browser=None) -> str:
    return (browser or theo()).get(reverse("pages:caseload")).content.decode()


def rows():
    return theo().get(reverse("pages:caseload")).context["needs"]


def letters():
    return [row for row in rows() if row.get("letter")]


def calls():
    return [row for row in rows() if "message=" in row["log_href"]]


def want(person, channel):
    person.channel = channel
    person.save(update_fields=["channel"])


def test_a_due_letter_is_one_row_with_its_pdf_and_one_press(case, letter):
    sender.run()
    [row] = letters()
    assert (row["label"], row["name"]) == ("Post a letter", "Harold Quist")
    browser = theo()
    said = words_of(browser.get(reverse("reminders:letter", args=[letter.pk])).content)
    for part in ("Harold Quist", "14 Mill Lane, Apt 3", "Toronto ON M4C 1A1"):
        assert part in said
    pressed = browser.post(
        reverse("reminders:posted", args=[letter.pk]),
        {"seen": row["letter"]["seen"], "next": reverse("pages:caseload")},
        follow=True,
    )
    assert "Noted: posted as a letter." in pressed.content.decode()
    letter.refresh_from_db()
    assert (letter.sent_at is None, letter.sent_by) == (False, people.person("theo"))
    assert letters() == []
    assert Event.objects.get(verb="reminder.posted").case_id == case.pk
    assert "Theo Lindqvist" in browser.get(reverse("pages:reminder_log")).content.decode()


def test_the_case_file_names_what_is_brought_by_hand_once(letter, case):
    page = theo().get(reverse("pages:case_file", args=[case.pk]))
    assert [row["label"] for row in page.context["todos"] if row.get("letter")] == ["Post a letter"]
    assert page.context["reminders"]
    earliest = min(letter.rows.values_list("due_at", flat=True))
    assert all(row["when"] != when.moment(earliest) for row in page.context["reminders"])


def test_the_case_file_asks_no_more_where_a_person_brings_messages(letter, case):
    browser, address = theo(), reverse("pages:case_file", args=[case.pk])
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        browser.get(address)
    assert len(asked) <= 15


def test_without_an_address_the_case_file_says_that_we_call(case):
    want(case.patient, "mail")
    shown = " ".join(theo().get(reverse("pages:case_file", args=[case.pk])).content.decode().split())
    assert "Messages: by a call from us" in shown


def test_posted_by_mistake_is_taken_back_in_the_log(letter, case):
    by_hand.posted(letter, by=Actor.person(people.person("theo")))
    assert letters() == []
    browser, address = theo(), reverse("reminders:not_posted", args=[letter.pk])
    assert address in browser.get(reverse("pages:reminder_log")).content.decode()
    pressed = browser.post(address, {"next": reverse("pages:caseload")}, follow=True)
    assert "It waits to be posted again." in pressed.content.decode()
    assert [row["letter"]["pk"] for row in letters()] == [letter.pk]
    browser.post(address)  # pressed twice is pressed once
    assert Event.objects.filter(verb="reminder.not_posted").count() == 1
    by_hand.posted(letter, by=Actor.person(people.person("theo")))
    assert letters() == []


def test_what_a_posted_letter_said_and_no_longer_holds_is_not_posted_again(letter, case, clock):
    by_hand.posted(letter, by=Actor.person(people.person("theo")))
    clock.move_to(TUESDAY + 60 * DAY)
    with pytest.raises(Refused, match="no longer holds"):
        by_hand.not_posted(letter, by=Actor.person(people.person("theo")))


def test_a_letter_that_was_answered_has_arrived(letter):
    by_hand.posted(letter, by=Actor.person(people.person("theo")))
    Delivery.objects.filter(pk=letter.pk).update(reply="done", replied_at=now())
    with pytest.raises(Refused, match="answered it"):
        by_hand.not_posted(letter, by=Actor.person(people.person("theo")))


def test_her_ledger_says_that_it_was_posted(letter, case):
    by_hand.posted(letter, by=Actor.person(people.person("theo")))
    page = theo().get(reverse("pages:ledger", args=[case.pk])).content.decode()
    assert "by letter" in page
    assert "Posted" in page


def test_the_letter_of_a_visit_is_posted_a_week_before_it_and_names_the_day(case, clock):
    clock.move_to(TUESDAY + 21 * DAY - HOUR)  # Tuesday, December 1; the visit is on December 8
    sender.run()
    letter = Delivery.objects.get(channel="letter", rows__kind="records.before_visit")
    said = words_of(theo().get(reverse("reminders:letter", args=[letter.pk])).content)
    assert said.count("Your visit is on Tuesday, December 8") == 1
    assert "tomorrow" not in said
    by_hand.posted(letter, by=Actor.person(people.person("theo")))
    clock.shift(6 * DAY)  # Monday: the word of the day before has been said
    sender.run()
    assert not Reminder.objects.unsettled().filter(kind="records.before_visit").exists()


def test_a_letter_may_be_posted_on_the_next_day_and_stays_the_same_one(letter, clock):
    clock.shift(DAY)
    sender.run()
    assert Delivery.objects.filter(pk=letter.pk, sent_at=None).exists()
    by_hand.posted(letter, by=Actor.person(people.person("theo")))


def test_what_is_done_meanwhile_leaves_the_board_by_itself(letter, case):
    visit = case.visits.get()
    records.cancel_visit(visit, by=Actor.person(people.person("theo")))
    assert theo().get(reverse("reminders:letter", args=[letter.pk])).status_code == 302
    with pytest.raises(Refused):
        by_hand.posted(letter, by=Actor.person(people.person("theo")))
    sender.run()
    assert not Delivery.objects.filter(pk=letter.pk).exists()
    assert letters() == []


def test_without_an_address_the_letter_leads_to_where_it_is_typed(case):
    harold = case.patient
    harold.channel, harold.postal = "call", ""
    harold.save(update_fields=["channel", "postal"])
    message = some_call(case)
    answer = theo().get(reverse("reminders:letter", args=[message.pk]))
    assert answer.url == reverse("pages:fix_address", args=[harold.pk])


def some_call(case):
    with time_machine.travel(TUESDAY + 27 * DAY - HOUR, tick=False):  # Monday before the visit
        sender.run()
    return Delivery.objects.filter(channel="call").first()


def test_who_rests_gets_no_letter(letter, case):
    pause(case.patient, until=None, by=Actor.person(people.person("theo")))
    assert by_hand.due_rows(letter, now()) == []
    sender.run()
    assert letters() == []


def test_one_who_chose_mail_meanwhile_is_mailed(letter, case, smtp_sink):
    harold = case.patient
    harold.email, harold.can_sign_in = "harold@example.org", True
    harold.channel = "mail"
    harold.save()
    for _turn in range(2):
        sender.run()
    assert [message["To"] for message in smtp_sink.messages] == ["harold@example.org"]
    assert letters() == []


def test_what_is_too_near_for_the_mail_is_a_call(case, clock):
    clock.move_to(TUESDAY + 25 * DAY - HOUR)  # Saturday; three days before the visit
    sender.run()
    assert letters() == []
    [row] = calls()
    assert row["label"] == "Call with a message"


def test_a_letter_that_nobody_posted_in_time_becomes_a_call(case, clock):
    clock.move_to(TUESDAY + 21 * DAY - HOUR)
    sender.run()
    assert letters() != []
    clock.shift(2 * DAY)
    sender.run()
    assert letters() == []
    assert not Delivery.objects.filter(channel="letter").exists()


def test_without_a_phone_the_letter_goes_all_the_same(case, clock):
    case.patient.phone = ""
    case.patient.save(update_fields=["phone"])
    clock.move_to(TUESDAY + 27 * DAY - HOUR)
    sender.run()
    assert letters() != []


# --- calls


@pytest.fixture
def call(case, clock):
    """A message that Harold wants said by phone, on the first morning that has one."""
    want(case.patient, "call")
    for _morning in range(28):
        sender.run()
        if found := Delivery.objects.filter(channel="call").first():
            return found
        clock.shift(DAY)
    raise AssertionError("nothing became due")


def log_address(case, message):
    return reverse("pages:log_call", args=[case.pk]) + f"?message={message.pk}"


def log(case, message, **said):
    said = {"press": "6f9619ff-8b86-4d01-b42d-00c04fc964ff", "came_of": "reached", "follows": "done"} | said
    return theo().post(log_address(case, message), said)


def test_a_call_stands_on_the_board_with_what_to_say(case, call):
    [row] = calls()
    assert row["log_href"] == log_address(case, call)
    assert row["call"]["href"] == f"tel:{NUMBER}"
    page = theo().get(row["log_href"]).content.decode()
    assert "What to say" in page
    assert "Is it done?" in page


def test_logging_the_call_settles_it(case, call):
    assert log(case, call).status_code == 302
    call.refresh_from_db()
    assert (call.sent_at is None, call.channel, call.sent_by) == (False, "call", people.person("theo"))
    assert {row.settled_as for row in call.rows.all()} == {Outcome.SENT}
    assert CallLog.objects.get().came_of == "reached"
    assert calls() == []
    assert not ToDo.objects.open().filter(kind="call_again").exists()


def test_no_answer_brings_it_back_on_our_next_day(case, call, clock):
    assert log(case, call, came_of="no_answer", follows="done").status_code == 422
    assert log(case, call, came_of="no_answer", follows="again").status_code == 302
    assert calls() == []
    assert not ToDo.objects.open().filter(kind="call_again").exists()
    clock.shift(DAY)
    sender.run()
    assert len(calls()) == 1
    assert not Reminder.objects.filter(settled_as=Outcome.SENT).exists()


def test_what_she_answers_on_the_phone_is_said_of_the_record(case, call):
    [leading, *_others] = by_hand.due_rows(call, now())
    page = theo().get(log_address(case, call) + "&came_of=reached").content.decode()
    assert "They say: done" in page
    assert log(case, call, follows="said_done").status_code == 302
    call.refresh_from_db()
    assert call.reply == "done"
    answered = Event.objects.get(verb="reminder.answered")
    assert (answered.why, answered.actor_id, answered.for_patient) == (
        "done",
        people.person("theo").pk,
        case.patient_id,
    )
    item = RecordItem.objects.get(pk=leading.about_id)
    assert (item.state, item.known_by) == ("asked", "staff_call")


def test_the_call_of_a_colleague_who_was_slower_is_written_down_and_nothing_said_twice(case, call):
    by_hand.said_by_phone(call, by=Actor.person(people.person("theo")))
    assert "This has been said by now" in theo().get(log_address(case, call)).content.decode()
    assert log(case, call).status_code == 302
    assert CallLog.objects.count() == 1
    assert Event.objects.filter(verb="reminder.said_by_phone").count() == 1


def test_a_message_of_somebody_else_is_not_logged_here(case, call):
    other = factories.open_case()
    assert theo().get(log_address(other, call)).status_code == 404
    assert people.browser(people.person("joanne")).get(log_address(case, call)).status_code == 404


def test_the_case_file_shows_what_waits_for_a_person(case, letter):
    page = theo().get(reverse("pages:case_file", args=[case.pk])).content.decode()
    assert "Post a letter" in page
    assert reverse("reminders:letter", args=[letter.pk]) in page
