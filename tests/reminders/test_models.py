"""What the database refuses."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from portal.reminders.models import Delivery, Pause, Reminder
from tests.reminders.kinds import NOON

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def reminder(**fields):
    return Reminder(
        **{
            "kind": "tests.call", "about_type": "tests.thing", "about_id": uuid.UUID(int=1), "version": 1,
            "recipient_type": "user", "recipient_id": "1", "message_class": "reminder",
            "due_at": NOON, "useful_until": NOON + DAY,
        }
        | fields
    )  # fmt: skip


def delivery(**fields):
    return Delivery(
        **{
            "recipient_type": "user", "recipient_id": "1", "message_class": "reminder", "is_gathered": True,
            "local_on": NOON.date(), "created_at": NOON,
        }
        | fields
    )  # fmt: skip


def refused(row, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"settled_at": NOON}, "reminder_settled_at_and_settled_as_go_together"),
        ({"settled_as": "sent"}, "reminder_settled_at_and_settled_as_go_together"),
        ({"settled_as": "lost", "settled_at": NOON}, "reminder_settled_as_is_known"),
        ({"useful_until": NOON}, "reminder_is_due_while_useful"),
        ({"message_class": "shout"}, "reminder_message_class_is_known"),
        ({"recipient_type": "crowd"}, "reminder_recipient_type_is_known"),
    ],
)
def test_reminder_refuses(fields, constraint):
    refused(reminder(**fields), constraint)


def test_the_same_reminder_is_planned_once():
    reminder().save()
    refused(reminder(), "reminder_is_planned_and_resent_once")
    reminder(step=1).save()
    reminder(version=2).save()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"sent_at": NOON, "failed_at": NOON, "failure": "refused"}, "delivery_sent_is_neither_failed_nor_withdrawn"),
        ({"sent_at": NOON, "withdrawn_at": NOON}, "delivery_sent_is_neither_failed_nor_withdrawn"),
        ({"failed_at": NOON}, "delivery_failed_says_how"),
        ({"reply": "done"}, "delivery_reply_and_replied_at_go_together"),
        ({"message_class": "answer"}, "delivery_answers_are_never_gathered"),
    ],
)
def test_delivery_refuses(fields, constraint):
    refused(delivery(**fields), constraint)


def test_a_reader_has_one_gathered_message_a_day():
    delivery().save()
    refused(delivery(), "delivery_one_gathered_a_day")
    delivery(is_gathered=False).save()
    delivery(local_on=NOON.date() + DAY).save()


def test_a_person_has_one_running_pause(rosa):
    Pause.objects.create(person=rosa, from_at=NOON)
    refused(Pause(person=rosa, from_at=NOON), "pause_one_open")
    refused(Pause(person=rosa, from_at=NOON, until=NOON, ended_at=NOON), "pause_until_is_after_from")


def test_names_of_rows_tell_nothing():
    assert str(reminder()).startswith("tests.call ")
    assert "Rosa" not in str(delivery(subject="Rosa's plan"))
