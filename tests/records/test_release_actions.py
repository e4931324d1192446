"""Signing that an office may send records, taking it back, and what follows for the records."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cases.case.models import ToDo
from cases.records import actions
from cases.records.models import Release
from cases.records.release import actions as release_actions
from cases.records.release import form as release_form
from cases.records.release import keeping as release_keeping
from cases.records.release import reminders as release_reminders
from cases.records.release.form import Details
from cases.records.release.states import Why
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import UNTIL, form, sign, visit_to_sign_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return visit_to_sign_for()


def why_not(visit, kind="slides"):
    found = form(visit).visit
    return release_keeping.why_not(item(visit, kind), found, release_keeping.signed_for(found), clock.today(visit.zone))


def test_the_form_names_what_from_whom_to_whom_why_and_until(visit):
    said = {row["label"]: row["value"] for row in form(visit).rows}

    assert "Tissue slides" in said["What"]
    assert said["From whom"] == "Lakeside"
    assert said["To"] == "Dr. Priya Raman, Northfield Medical Center, straight there"
    assert said["May ask about it"] == "Remission Support"
    assert said["Why"] == "My second opinion, visit on November 24, 2026"
    assert said["Until"].startswith("December 31, 2026")
    assert len(form(visit).statements) == 3


def test_signed_it_moves_the_records_that_waited_and_sends_nothing(visit):
    release = sign(visit)

    slides = item(visit, "slides")
    assert (release.state, release.how, release.signature) == ("signed", "typed", "Rosa Delgado")
    assert (slides.state, slides.need, slides.asked_on) == ("needed", "", None)
    assert why_not(visit) is None
    assert Event.objects.filter(verb="release.signed").count() == 1


def test_pressed_twice_it_is_signed_once(visit):
    first = sign(visit)
    assert sign(visit) == first
    assert Release.objects.count() == 1


@pytest.mark.parametrize("who", ["theo", "grace", "joanne"])
def test_nobody_signs_for_the_patient(visit, who):
    with pytest.raises(Refused):
        sign(visit, by=actor(who))
    assert not Release.objects.exists()


def test_a_form_that_changed_since_it_was_read_is_not_signed(visit):
    seen = form(visit).code
    actions.set_route(item(visit, "clinic_notes"), "through_us", by=actor("rosa"))

    with pytest.raises(Refused) as no:
        sign(visit, seen=seen)
    assert no.value.code == "state"


def test_what_lacks_something_is_not_signed(visit):
    visit.case.patient.birth_date = None
    visit.case.patient.save(update_fields=["birth_date"])
    with pytest.raises(Refused) as no:
        sign(visit)
    assert "birth date" in no.value.message

    assert sign(visit, details=Details(born_on=date(1961, 5, 2))).is_signed


@pytest.mark.parametrize("until_on", [date(2026, 11, 4), date(2026, 11, 23)])
def test_it_does_not_end_before_today_or_the_visit(visit, until_on):
    with pytest.raises(Refused):
        sign(visit, until_on=until_on)


def test_taken_back_nothing_is_sent_and_the_records_wait_again(visit):
    release = sign(visit)

    release_actions.take_back(release, by=actor("rosa"))
    release_actions.take_back(release, by=actor("rosa"))

    slides = item(visit, "slides")
    assert (slides.state, slides.need) == ("needs_you", "signature")
    assert why_not(visit) == Why.TAKEN_BACK
    assert Event.objects.filter(verb="release.taken_back").count() == 1
    assert not ToDo.objects.filter(kind="tell_holder").exists()  # nobody has asked there yet


def test_taken_back_after_the_asking_one_of_us_tells_the_office(visit):
    release = sign(visit)
    actions.tell(item(visit, "slides"), "asked", by=actor("theo"))

    release_actions.take_back(release, by=actor("rosa"))

    assert "Lakeside" in ToDo.objects.open().get(kind="tell_holder").note
    assert item(visit, "slides").state == "asked"


def test_a_visit_moved_past_its_last_day_asks_for_a_new_one(visit):
    sign(visit)
    actions.move_visit(visit, on=date(2027, 1, 12), by=actor("rosa"))

    assert why_not(visit) == Why.BEFORE_VISIT
    assert item(visit, "slides").state == "needs_you"
    newer = sign(visit, until_on=date(2027, 2, 28))
    assert why_not(visit) is None
    assert list(Release.objects.exclude(pk=newer.pk).values_list("state", flat=True)) == ["replaced"]


def test_another_way_or_another_office_asks_for_a_new_one(visit):
    sign(visit)
    actions.set_route(item(visit, "slides"), "carried", by=actor("rosa"))
    assert why_not(visit) == Why.OTHER_RECIPIENT

    actions.set_route(item(visit, "slides"), "direct", by=actor("rosa"))
    sign(visit)
    actions.set_holder(item(visit, "slides"), office_name="Another lab", by=actor("rosa"))
    assert why_not(visit) == Why.NONE
    assert item(visit, "slides").state == "needs_you"


def test_run_out_it_asks_for_a_new_one_by_itself(visit):
    sign(visit, until_on=date(2026, 11, 24))
    with time_machine.travel("2026-11-26T15:00:00Z", tick=False):
        release_actions.run_out(clock.now())
        release_actions.run_out(clock.now())

        assert why_not(visit) == Why.EXPIRED
        assert item(visit, "slides").state == "needs_you"


def test_what_is_ticked_one_by_one_is_kept_sealed_and_never_ticked_anew(visit):
    release = sign(visit, details=Details(special=("hiv",), former_name="Rosa Ruiz"))

    raw = Release.objects.filter(pk=release.pk).values_list("details", "said", "signature")[0]
    assert all(word not in bytes(each) for each in raw for word in (b"hiv", b"HIV", b"Ruiz", b"Delgado"))
    release_actions.take_back(release, by=actor("rosa"))
    assert (form(visit).details.special, form(visit).details.former_name) == ((), "Rosa Ruiz")


def test_what_was_read_stays_readable_as_it_was(visit):
    release = sign(visit)
    actions.move_visit(visit, on=date(2026, 12, 1), by=actor("rosa"))

    kept = {row["label"]: row["value"] for row in release_form.said(Release.objects.get(pk=release.pk))["rows"]}
    assert "November 24" in kept["Why"]
    assert len(release_form.said(release)["statements"]) == 3


@pytest.mark.parametrize(
    "wrong",
    [{"state": "draft"}, {"how": ""}, {"until_on": None}, {"said": b""}, {"ended_by_id": 1}, {"signature": b""}],
)
def test_the_database_refuses_half_a_signature(visit, wrong):
    release = sign(visit)
    if "ended_by_id" in wrong:
        wrong = {"ended_by_id": visit.case.patient_id}
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(**wrong)


def test_two_unsigned_forms_for_one_office_cannot_be(visit):
    lakeside = item(visit, "slides").holder
    draft = release_actions.save_details(visit, lakeside, Details(), until_on=UNTIL, by=actor("theo"))
    again = release_actions.save_details(visit, lakeside, Details(), until_on=UNTIL, by=actor("theo"))
    assert draft == again
    assert draft.begun_at + timedelta(0) == clock.now()
    assert why_not(visit) == Why.NONE


def test_one_message_says_that_there_is_a_copy_and_none_once_it_is_taken_back(visit):
    release = sign(visit)
    row = Reminder.objects.get(kind="records.signed", about_id=release.pk)
    assert row.recipient_id == str(visit.case.patient_id)
    assert release_reminders.still_due([row], clock.now()) == {row.pk}

    release_actions.take_back(release, by=actor("rosa"))
    assert release_reminders.still_due([row], clock.now()) == set()


def test_a_visit_moved_back_needs_no_new_signature(visit):
    sign(visit)
    actions.move_visit(visit, on=date(2027, 1, 12), by=actor("rosa"))
    assert item(visit, "slides").state == "needs_you"

    actions.move_visit(visit, on=date(2026, 12, 1), by=actor("rosa"))

    assert item(visit, "slides").state == "needed"


def test_what_an_office_asks_for_beside_a_standing_one_stays_asked(visit):
    sign(visit)
    actions.tell(item(visit, "slides"), "needs_you", need="signature", by=actor("theo"))
    actions.move_visit(visit, on=date(2026, 12, 1), by=actor("rosa"))

    assert item(visit, "slides").state == "needs_you"
