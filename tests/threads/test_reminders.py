"""Mail says that a message waits, and is decided when it is sent."""

import datetime as dt

import pytest

from cases.threads import actions, answering, digest, telling
from portal import clock
from portal.reminders import sender
from portal.reminders.models import Reminder
from portal.reminders.rules import morning
from tests import people
from tests.records.builders import actor
from tests.threads.builders import ANSWER, case_with_joanne, newest, read, write

pytestmark = pytest.mark.django_db
NEXT_DAY = dt.date(2026, 11, 6)


@pytest.fixture
def case():
    return case_with_joanne()


@pytest.fixture
def sent(mailoutbox, november_5):
    def of_next_morning() -> list[tuple[str, str]]:
        november_5.move_to(morning(NEXT_DAY, people.person("rosa").zone) + dt.timedelta(minutes=5))
        sender.run()
        return [(mail.to[0], mail.body) for mail in mailoutbox]

    return of_next_morning


def test_the_patient_hears_once_that_messages_wait_and_not_what_they_say(case, sent):
    write(case, "theo", ANSWER)
    write(case, "joanne", "Second")

    ((to, body),) = sent()
    assert to == "rosa@example.org"
    assert "There is a message for you" in body
    assert f"/cases/{case.pk}/messages/" in body
    assert "courier" not in body


def test_what_was_read_meanwhile_is_not_told(case, sent):
    write(case, "theo", ANSWER)
    read(case, "rosa")

    assert sent() == []


def test_what_was_taken_back_is_not_told(case, sent):
    actions.take_back(write(case, "theo", ANSWER), by=actor("theo"))

    assert sent() == []


def test_a_message_that_comes_after_reading_is_told(case, sent):
    write(case, "theo", ANSWER)
    read(case, "rosa")
    write(case, "theo", "It has left the lab.")

    assert len(sent()) == 1


def test_nobody_is_told_of_their_own_words_and_staff_not_by_mail(case):
    write(case)

    assert not Reminder.objects.filter(kind__startswith="threads.").exists()


def test_the_one_who_is_asked_to_answer_is_told_unless_it_is_answered(case, sent):
    write(case)
    joanne = people.person("joanne")
    answering.assign(case, joanne, due_on=dt.date(2026, 11, 9), by=actor("theo"))
    assert Reminder.objects.get(kind=telling.YOURS).recipient_id == str(joanne.pk)
    write(case, "theo", ANSWER)
    read(case, "rosa")

    assert sent() == []


def test_the_one_who_is_asked_reads_no_words_of_it(case, sent):
    write(case)
    answering.assign(case, people.person("joanne"), due_on=dt.date(2026, 11, 9), by=actor("theo"))

    ((to, body),) = sent()
    assert (to, "A message waits for your answer" in body, "slides" in body) == ("joanne@example.org", True, False)


@pytest.fixture
def theo_wants_it():
    theo = people.person("theo")
    browser = people.browser(theo)
    said = {"name": theo.name, "called": "Theo", "time_zone": theo.time_zone, "language": "en", "wants_digest": "on"}
    assert browser.post("/account/you/", said).status_code == 302


def test_staff_who_want_it_hear_once_a_day_how_many_wait(case, sent, theo_wants_it):
    write(case)
    digest.plan_digests(clock.now())
    digest.plan_digests(clock.now())

    ((to, body),) = sent()
    assert to == "theo@example.org"
    assert "1 message waits for an answer" in body
    assert "slides" not in body
    assert "Rosa" not in body


def test_no_digest_where_nothing_waits_any_more_or_nobody_wants_it(case, sent, theo_wants_it):
    write(case)
    digest.plan_digests(clock.now())
    answering.needs_no_answer(case, shown=newest(case), by=actor("theo"))
    assert not Reminder.objects.filter(recipient_id=str(people.person("joanne").pk)).exists()

    assert sent() == []


def test_while_it_waits_the_next_day_has_its_own(case, sent, theo_wants_it, mailoutbox, november_5):
    write(case)
    digest.plan_digests(clock.now())
    assert len(sent()) == 1
    november_5.shift(dt.timedelta(hours=15))
    digest.plan_digests(clock.now())
    november_5.shift(dt.timedelta(hours=10))
    sender.run()

    assert len(mailoutbox) == 2
