"""What the tables of a thread refuse."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from cases.threads.models import Attachment, Message, ReadMark, Thread
from portal import clock
from tests import factories, people
from tests.documents.files import added, folder
from tests.threads.builders import write

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


def refuses(change) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


@pytest.fixture
def message():
    return write(factories.open_case())


@pytest.mark.parametrize(
    "values",
    [
        {"number": 0},
        {"is_internal": True, "is_private": True},
        {"taken_back_at": "2026-11-05T15:00:00Z"},
        {"misplaced_at": "2026-11-05T15:00:00Z"},
    ],
)
def test_a_message_that_cannot_be(message, values):
    refuses(lambda: Message.objects.filter(pk=message.pk).update(**values))


def test_what_is_taken_back_keeps_no_words(message):
    rosa = people.person("rosa")
    refuses(lambda: Message.objects.filter(pk=message.pk).update(taken_back_at=clock.now(), taken_back_by=rosa))


def test_a_number_and_a_send_are_one_message(message):
    fields = {"case": message.case, "author": message.author, "sent_at": clock.now()}

    refuses(lambda: Message.objects.create(number=message.number, send_id=uuid.uuid4(), **fields))
    refuses(lambda: Message.objects.create(number=message.number + 1, send_id=message.send_id, **fields))


def test_one_thread_one_mark_and_one_name_of_a_file(message, folder):
    case = message.case
    refuses(lambda: Thread.objects.create(case=case))
    refuses(lambda: Thread.objects.filter(case=case).update(last_shared=9))
    mark = {"case": case, "person": message.author, "read_at": clock.now()}
    ReadMark.objects.create(**mark)
    refuses(lambda: ReadMark.objects.create(**mark))
    named = {"message": message, "document": added(case).document}
    Attachment.objects.create(**named)
    refuses(lambda: Attachment.objects.create(**named))


def test_nobody_reads_a_message_from_its_row(message):
    assert "slides" not in str(message) + repr(message)
    stored = Message.objects.filter(pk=message.pk).values_list("text", flat=True).get()
    assert b"slides" not in bytes(stored)
