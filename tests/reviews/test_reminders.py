"""The message that something is there to read: discreet, and gone once it was read or taken back."""

import pytest

from cases.reviews import actions
from cases.reviews.models import Review
from cases.reviews.reminders import SHARED, WITHDRAWN
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


def taken_back():
    return list(Reminder.objects.filter(kind="summary.withdrawn", settled_at=None))


def test_a_summary_she_has_read_is_taken_back_with_a_word_until_she_has_read_why():
    summary = world.shared()
    actions.read(summary, by=by("rosa"))
    actions.withdraw(summary, reason="It was another plan.", by=by("joanne"))
    (row,) = taken_back()
    assert WITHDRAWN.still_due([row], clock.now()) == {row.pk}
    reader = reader_of(address_of(people.person("rosa")), clock.now())
    (said,) = WITHDRAWN.words([row], reader, clock.now()).values()
    assert "plan" not in " ".join([said.subject, said.lead, said.line]).lower()
    people.browser(people.person("joanne")).get(summary.get_absolute_url())
    assert WITHDRAWN.still_due([row], clock.now()) == {row.pk}
    people.browser(people.person("rosa")).get(summary.get_absolute_url())
    assert WITHDRAWN.still_due([row], clock.now()) == set()


def test_what_she_never_knew_of_is_taken_back_without_a_word():
    actions.withdraw(world.shared(), reason="It was another plan.", by=by("joanne"))
    assert taken_back() == []


def test_a_new_version_takes_that_word_back():
    summary = world.shared()
    actions.read(summary, by=by("rosa"))
    actions.withdraw(summary, reason="It was another plan.", by=by("joanne"))
    actions.share(Review.objects.get(), is_ticked=True, by=by("joanne"))
    assert taken_back() == []
