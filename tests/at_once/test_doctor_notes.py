"""The patient says no to a note while one of us says that it went: it is one of the two."""

from functools import partial
from threading import Event as Signal

import pytest

from bookings.models import Consultation
from cases.case.actions import set_clinician
from cases.case.offices import add_office
from cases.reviews.doctor_note import actions
from cases.reviews.models import DoctorNote
from portal.actors import Actor
from tests import people
from tests.at_once.rivals import at_once
from tests.documents.files import folder  # noqa: F401
from tests.reviews import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]


def actor(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def note(time_machine):
    case = world.factories.open_case()
    call = world.talk(case, people.person("joanne"), days=1)
    office = add_office(case, name="Elm Street", fax="+14165550199", by=actor("rosa"))
    set_clinician(case, "primary", name="Dr. Abara", office=office, by=actor("rosa"))
    time_machine.move_to(call.ends_at)
    written = actions.write(Consultation.objects.get(pk=call.pk), "The second area.", by=actor("joanne"))
    return actions.choose(written, "send", seen=1, by=actor("rosa"))


def no_while_it_goes(note, monkeypatch):
    """That it went is judged before her no is there, and written after it."""
    said_no, primary_of, read = Signal(), actions.primary_of, DoctorNote.objects.get(pk=note.pk)

    def primary_then_wait(case):
        found = primary_of(case)
        said_no.wait(2)
        return found

    monkeypatch.setattr(actions, "primary_of", primary_then_wait)

    def no():
        done = actions.choose(read, "keep", seen=1, by=actor("rosa"))
        said_no.set()
        return done

    return partial(actions.say_sent, note, "fax", seen=1, by=actor("theo")), no


def test_no_and_gone_at_once_are_one_of_the_two(note, monkeypatch):
    both = at_once(*no_while_it_goes(note, monkeypatch))
    assert sorted(type(each.error).__name__ for each in both) == ["NoneType", "Refused"]
    stands = DoctorNote.objects.get()
    assert (stands.choice, bool(stands.sent_at)) in {("send", True), ("keep", False)}


def test_twin_without_the_lock_both_are_said(note, monkeypatch):
    """Nothing is locked, so both look at the same row."""
    known = DoctorNote.objects.select_related("call__case__patient", "call__case__key")
    monkeypatch.setattr(actions, "_locked", lambda found: known.get(pk=found.pk))
    both = at_once(*no_while_it_goes(note, monkeypatch))
    assert sorted(type(each.error).__name__ for each in both) != ["NoneType", "Refused"]
