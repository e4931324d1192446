"""What the soak asks at its end finds each thing that may not be, planted one by one."""

import datetime as dt

import pytest

from bench import invariants
from bench.soak import against_ledgers
from bench.soak_people import Ledger
from bookings.models import Consultation, Reservation
from cases.threads import actions as threads
from portal import clock
from portal.actors import Actor
from portal.reminders.models import Delivery, Reminder
from portal.vault import files, keys
from tests import factories, people
from tests.at_once.rivals import without_constraints
from tests.at_once.test_bookings import CONSULTANT_GUARD, PATIENT_GUARD
from tests.stores import leave, overwrite, sealed_bytes

HALF = dt.timedelta(minutes=15)

pytestmark = pytest.mark.usefixtures("folder_store")


def found(mails=()) -> dict[str, int]:
    return {name: count for name, count in invariants.broken(mails).items() if count}


@pytest.mark.django_db
def test_a_house_with_a_call_breaks_nothing():
    factories.book(factories.open_case())
    assert found() == {}


@pytest.mark.django_db(transaction=True)
def test_overlaps_are_found_without_the_guards():
    call = factories.book(factories.open_case())
    amir = people.person("amir")
    with without_constraints(CONSULTANT_GUARD, PATIENT_GUARD):
        again = {"starts_at": call.starts_at + HALF, "ends_at": call.ends_at + HALF}
        Reservation.objects.create(consultant=call.consultant, kind="blocked", **again)
        fields = {name: getattr(call, name) for name in ("case", "patient", "service", "how", "scope", "booked_by")}
        other = Consultation(**fields, **again, consultant=amir, uid="other", reference="RS 0", time_zone="UTC")
        other.wall_at, other.held_as, other.booked_at = "2026-11-17T10:30", other.pk, clock.now()
        other.save()
        assert found() == {
            "times of one consultant that overlap": 1,
            "calls of one patient that overlap": 1,
            "booked calls without their time": 1,
        }


@pytest.mark.django_db
def test_a_time_kept_for_a_canceled_call_is_found():
    call = factories.book(factories.open_case())
    gone = {"state": "cancelled", "cancelled_at": clock.now(), "cancelled_by": call.patient}
    Consultation.objects.filter(pk=call.pk).update(**gone)
    assert found() == {"times kept for a canceled call": 2}  # the call and its preparation


@pytest.mark.django_db
def test_lost_and_doubled_messages_are_found():
    factories.book(factories.open_case())
    lost, passed = Reminder.objects.unsettled()[:2]
    now, past = clock.now(), clock.now() - dt.timedelta(minutes=6)
    Reminder.objects.filter(pk=lost.pk).update(due_at=past, message_class="answer")
    Reminder.objects.filter(pk=passed.pk).update(settled_at=past, settled_as="passed")
    known = {"recipient_type": "user", "recipient_id": "1", "message_class": "notice", "is_gathered": False}
    for message_id in ("<came>", "<lost>", "<twice>", "<twice>"):
        Delivery.objects.create(**known, local_on=now, created_at=now, sent_at=now, message_id=message_id)
    mails = [("a", "<came>"), ("a", "<came>"), ("b", "<twice>"), ("b", "<other>")]
    assert found(mails) == {
        "messages that are due and did not go": 1,
        "messages that passed unsent": 1,
        "messages that came in two mails": 1,
        "mails said to be sent that did not come": 1,
        "mails that two deliveries say they were": 1,
    }


@pytest.mark.django_db
def test_what_waits_for_the_next_day_is_lost_a_day_later_only():
    factories.book(factories.open_case())
    lost, now = Reminder.objects.unsettled()[0], clock.now()
    for hours, is_lost in ((23, False), (25, True)):
        late = {"due_at": now - dt.timedelta(hours=hours), "message_class": "notice"}
        Reminder.objects.filter(pk=lost.pk).update(**late)
        assert bool(found()) is is_lost


@pytest.mark.django_db
def test_what_could_not_go_in_a_leap_of_the_clock_is_not_lost():
    factories.book(factories.open_case())
    row, now = Reminder.objects.unsettled()[0], clock.now()
    minutes = dt.timedelta(minutes=1)
    leap = now, now + 60 * minutes
    for due, useful, is_lost in ((-1, 30, False), (-6, 30, True), (-6, -1, True), (10, 61, True)):
        Reminder.objects.filter(pk=row.pk).update(
            due_at=now + due * minutes, useful_until=now + useful * minutes, message_class="answer", settled_at=now,
            settled_as="passed",
        )  # fmt: skip
        assert bool(invariants.broken([], [leap])["messages that passed unsent"]) is is_lost


@pytest.mark.django_db
def test_files_without_owner_or_bytes_are_found():
    key = keys.new_key()
    files.put([b"nobody's"], key=key)
    files.discard(files.put([b"gone"], key=key))
    spoiled = files.put([b"a long letter"], key=key)
    overwrite(spoiled.path, sealed_bytes(spoiled.path)[:-1])
    leave()
    assert found() == {
        "files: row without a file": 1,
        "files: row that nothing names": 2,
        "files: file without a row": 1,
        "files that cannot be read whole": 2,
    }


class Told:
    """A patient with what she was told, without her walk."""

    def __init__(self, case, **told):
        self.case, self.ledger = str(case.pk), Ledger(**told)


@pytest.mark.django_db
def test_rows_are_counted_against_what_patients_were_told():
    case = factories.open_case()
    call = factories.book(case)
    threads.send(case, text="Soak 1", send_id=call.pk, by=Actor.person(case.patient))
    right = Told(case, booked={str(call.pk)}, written=["Soak 1"])
    assert {name for name, count in against_ledgers([right]) if count} == set()
    wrong = Told(case, booked={"another"}, canceled={str(call.pk)}, written=["Soak 2"], files=1)
    assert {name: count for name, count in against_ledgers([wrong]) if count} == {
        "calls told that are not there": 1,
        "calls told canceled that stand": 1,
        "calls nobody was told of": 1,
        "messages told that are not there once": 1,
        "files told that are not there": 1,
    }
    silent = Told(case)
    silent.ledger.unsure.update(book=1, write=1)
    assert {name for name, count in against_ledgers([silent]) if count} == set()
