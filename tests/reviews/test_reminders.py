"""The message that something is there to read: discreet, and gone once it was read or taken back."""

import pytest

from cases.reviews import actions
from cases.reviews.reminders import SHARED
from portal import clock
from portal.reminders.models import Reminder
from portal.reminders.readers import address_of, reader_of
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def rows():
    return list(Reminder.objects.filter(kind="summary.shared"))


def due():
    return SHARED.still_due(rows(), clock.now())


def test_it_is_due_until_the_patient_has_read_it():
    summary = world.shared()
    assert due() == {rows()[0].pk}
    actions.read(summary, by=by("joanne"))
    assert due() != set()
    actions.read(summary, by=by("rosa"))
    assert due() == set()


def test_it_is_not_due_once_taken_back():
    actions.withdraw(world.shared(), reason="Wrong plan.", by=by("joanne"))
    assert due() == set()


def test_it_names_the_sender_and_nothing_of_what_is_written():
    summary = world.shared()
    (said,) = SHARED.words(rows(), reader_of(address_of(people.person("rosa")), clock.now()), clock.now()).values()
    text = " ".join([said.subject, said.lead, said.line, said.action_label])
    assert "Joanne" in said.lead
    for word in ("plan", "cancer", "breast", "treatment", "doctor", "tablet", "summary"):
        assert word not in text.lower()
    assert said.path == summary.get_absolute_url()


def test_its_reason_is_said_on_the_ledger():
    world.shared()
    assert "shared a summary" in SHARED.why(rows()[0])
