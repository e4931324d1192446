"""Who let us put a document in a packet: the patient’s signature, and the form by which an office sent it."""

from datetime import date, timedelta

import pytest

from cases.case.authority_actions import take_back_authority
from cases.documents.models import Document, Version
from cases.records import actions
from cases.records.models import Release
from cases.records.release import actions as release_actions
from portal import clock
from portal.errors import Refused
from tests.desk import packets
from tests.desk.packets import file_of, headings, packet
from tests.desk.test_packet import november_5, own_store, visit
from tests.documents.conftest import folder  # noqa: F401 -- own_store takes it
from tests.people import person
from tests.records import release_builders
from tests.records.builders import actor, item

__all__ = ["november_5", "own_store", "visit"]
pytestmark = pytest.mark.django_db


# --- who let us --------------------------------------------------------------------------------------------------


def test_nothing_goes_before_the_patient_signed_and_after_she_took_it_back(visit):
    with pytest.raises(Refused, match="has not signed"):
        packet(packets.visit_of_grace())
    file_of(visit)
    take_back_authority(visit.case, by=actor("rosa"))
    with pytest.raises(Refused, match="took back"):
        packet(visit)


@pytest.fixture
def sent_by_form(visit):
    """Lakeside's pathology report came to us by a form that names this visit's office."""
    patient = visit.case.patient
    patient.birth_date = release_builders.BORN
    patient.save(update_fields=["birth_date"])
    lakeside = item(visit, "clinic_notes").holder or item(visit, "slides").holder
    actions.set_holder(item(visit), office=lakeside, by=actor("rosa"))
    release = release_builders.sign(visit, kind="pathology_report")
    file_of(visit, "pathology_report", by=person("theo"))
    return release


def test_what_an_office_sent_by_a_form_goes_while_it_stands(visit, sent_by_form):
    assert headings(visit) == ["Pathology report"]
    release_actions.take_back(sent_by_form, by=actor("rosa"))
    found = packet(visit)
    assert found.parts == ()
    assert [(out.heading, out.why) for out in found.left_out] == [("Pathology report", "taken_back")]


@pytest.mark.parametrize("change", ["another form", "another holder"])
def test_what_a_form_named_stays_here_once_that_is_taken_back(visit, sent_by_form, change):
    release_actions.take_back(sent_by_form, by=actor("rosa"))
    if change == "another form":
        release_builders.sign(visit, kind="slides")
    else:
        actions.set_holder(item(visit), office_name="Some Other Lab", by=actor("rosa"))
    assert headings(visit) == []


def test_a_form_that_names_another_doctor_covers_no_passing_on(visit, sent_by_form):
    actions.name_visit(visit.case, doctor="Dr. Else", office_name="Elsewhere Clinic", by=actor("rosa"))
    found = packet(packets.fresh(visit))
    assert [out.why for out in found.left_out] == ["other_recipient"]


def another_office(visit, november, how):
    """The case's records are for another office's visit now."""
    november.shift(timedelta(hours=1))
    if how == "cancelled":
        actions.cancel_visit(visit, by=actor("rosa"))
        return actions.name_visit(visit.case, doctor="Dr. Other", office_name="Other Clinic", by=actor("rosa"))
    november.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    return actions.name_visit(visit.case, doctor="Dr. Third", office_name="Third Clinic", round=3, by=actor("rosa"))


@pytest.mark.parametrize("how", ["cancelled", "third opinion"])
def test_what_was_taken_back_goes_to_no_office_of_another_visit(visit, sent_by_form, november_5, how):
    release_actions.take_back(sent_by_form, by=actor("rosa"))
    other = another_office(visit, november_5, how)
    assert reasons(other) == [("Pathology report", "taken_back")]
    release_builders.sign(other, kind="slides")  # for what is still to come
    assert reasons(other) == [("Pathology report", "taken_back")]


@pytest.mark.parametrize("how", ["cancelled", "third opinion"])
def test_what_a_form_named_goes_to_no_other_office_before_she_signs_for_it(visit, sent_by_form, november_5, how):
    other = another_office(visit, november_5, how)
    assert reasons(other) == [("Pathology report", "other_recipient")]
    release_builders.sign(other, kind="slides")
    assert reasons(other) == []
    assert headings(other) == ["Pathology report"]


def reasons(visit):
    return [(out.heading, out.why) for out in packet(visit).left_out]


def test_a_newer_form_of_its_holder_speaks_for_what_is_here_already(visit, sent_by_form, november_5):
    november_5.shift(timedelta(hours=1))
    newer = release_builders.sign(visit, kind="slides", until_on=date(2026, 12, 30))
    assert item(visit).pk not in newer.held.items
    assert headings(visit) == ["Pathology report"]
    release_actions.take_back(newer, by=actor("rosa"))
    assert reasons(visit) == [("Pathology report", "taken_back")]
    november_5.shift(timedelta(hours=1))
    release_builders.sign(visit, kind="slides")  # she took back what spoke for it: this one does not name it
    assert reasons(visit) == [("Pathology report", "taken_back")]


def test_what_is_here_goes_to_another_doctor_once_she_signed_for_that_one(visit, sent_by_form, november_5):
    november_5.shift(timedelta(hours=1))
    actions.name_visit(visit.case, doctor="Dr. Else", office_name="Elsewhere Clinic", by=actor("rosa"))
    assert reasons(visit) == [("Pathology report", "other_recipient")]
    release_builders.sign(packets.fresh(visit), kind="slides")
    assert headings(visit) == ["Pathology report"]


@pytest.mark.parametrize("late", ["after it was replaced", "after its last day"])
def test_a_newer_form_speaks_for_nothing_that_came_when_the_older_was_over(visit, sent_by_form, november_5, late):
    november_5.shift(timedelta(hours=1))
    release_builders.sign(visit, kind="slides", until_on=date(2026, 12, 30))
    if late == "after it was replaced":
        Document.objects.update(put_in_at=clock.now() + timedelta(minutes=1))
    else:
        Release.objects.filter(pk=sent_by_form.pk).update(until_on=date(2026, 11, 4))
    assert [why for _heading, why in reasons(visit)] == ["replaced"]


def test_what_she_put_in_herself_goes_all_the_same(visit, sent_by_form):
    Version.objects.update(put_in_by=person("rosa"))
    release_actions.take_back(sent_by_form, by=actor("rosa"))
    assert headings(visit) == ["Pathology report"]
