"""What a letter says is looked at once more before it goes: nothing goes out that was put right since."""

import datetime as dt
from dataclasses import replace

import pytest

from cases.case import actions as case_actions
from cases.case import directory
from cases.case.models import ToDo
from cases.desk.letters import actions, paper, sending, words
from cases.desk.letters.sending import LETTER_OUT
from cases.desk.letters.states import LetterEnded
from cases.records import actions as records
from cases.records.models import ReportLoop
from portal.errors import Refused
from tests.case.offices import checked
from tests.desk.letter_builders import letter, may_ask, signed_visit
from tests.records.builders import actor, item, on_november_5
from tests.records.report_builders import past_visit

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def report_letter(traveller):
    visit = past_visit(traveller)
    may_ask(visit)
    return actions.make("report", visit, by=actor("theo"))


def another_fax(made):
    directory.change_entry(made.office, fax="(555) 010-0185", by=actor("theo"))


def another_birth_date(made):
    patient = made.case.patient
    patient.birth_date = dt.date(1962, 5, 2)
    patient.save(update_fields=["birth_date"])


def another_fax_of_the_doctor(made):
    directory.change_entry(made.visit.office, fax="(555) 010-0186", by=actor("theo"))


def a_nearer_day(made):
    records.move_visit(made.visit, on=dt.date(2026, 11, 20), by=actor("rosa"))


def hours(made):
    directory.change_entry(made.office, hours="Mon-Fri 8-4", by=actor("theo"))


CHANGES = [another_fax, another_birth_date, another_fax_of_the_doctor, a_nearer_day]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_put_right_since_stops_it(change):
    made, _content = actions.print_letter(letter(), by=actor("theo"))
    change(made)
    with pytest.raises(Refused, match="has changed since it was made"):
        sending.sent(made, "posted", by=actor("theo"))
    made.refresh_from_db()
    assert (made.ended_why, made.sent_at) == (LetterEnded.CHANGED, None)
    assert item(made.visit, "slides").asked_on is None
    assert ToDo.objects.open().get(kind=LETTER_OUT).about_id == str(made.pk)
    assert letter(made.visit).mark == "B"


@pytest.mark.parametrize(
    ("change", "is_ended"), [(another_fax, True), (another_fax_of_the_doctor, True), (hours, False)]
)
def test_whoever_changes_an_office_hears_of_letters_that_are_out_with_the_old_words(change, is_ended):
    made, _content = actions.print_letter(letter(), by=actor("theo"))
    change(made)
    made.refresh_from_db()
    assert (made.ended_why == LetterEnded.CHANGED) is is_ended
    assert ToDo.objects.open().filter(kind=LETTER_OUT, about_id=str(made.pk)).exists() is is_ended


def test_it_is_not_printed_any_more_either():
    made = letter()
    another_fax(made)
    with pytest.raises(Refused, match="has changed since it was made"):
        actions.print_letter(made, by=actor("theo"))
    assert not ToDo.objects.filter(kind=LETTER_OUT).exists()  # no paper is out


def test_what_only_passes_does_not_stop_it(november_5):
    made = letter()
    november_5.shift(dt.timedelta(days=2))
    directory.change_entry(made.office, name="Lakeside Hospital and Clinics", by=actor("theo"))
    records.move_visit(made.visit, on=dt.date(2026, 12, 8), by=actor("rosa"))  # later: what it says is early enough
    assert sending.sent(made, "posted", by=actor("theo")).sent_how == "posted"


def test_what_has_arrived_is_not_asked_for():
    made, _content = actions.print_letter(letter(), by=actor("theo"))
    records.tell(item(made.visit, "slides"), "arrived", by=actor("rosa"))
    with pytest.raises(Refused, match="Nothing on it is left to ask for"):
        sending.sent(made, "posted", by=actor("theo"))
    made.refresh_from_db()
    assert made.ended_why == LetterEnded.NOT_NEEDED
    assert not ToDo.objects.filter(kind=LETTER_OUT).exists()  # nobody rings for a paper that does no harm


def test_a_record_that_another_office_has_now_is_not_asked_of_the_former_one():
    visit = signed_visit()
    made = letter(visit)
    records.set_holder(item(visit, "slides"), office=checked("Elm Hospital", phone="555 0199"), by=actor("theo"))
    with pytest.raises(Refused, match="Another office has"):
        actions.print_letter(made, by=actor("theo"))


def test_a_report_is_not_sent_to_a_doctor_whom_the_patient_left(november_5):
    made = report_letter(november_5)
    office = case_actions.add_office(made.case, name="New Street", region="US-PA", by=actor("rosa"))
    case_actions.set_clinician(made.case, "primary", name="Dr. New", office=office, by=actor("rosa"))
    with pytest.raises(Refused, match="has changed since it was made"):
        actions.print_letter(made, by=actor("theo"))


@pytest.mark.parametrize("verb", ["announced", "confirmed"])
def test_a_report_that_is_there_or_comes_is_not_asked_for(november_5, verb):
    made = report_letter(november_5)
    records.tell_report(ReportLoop.objects.get(visit=made.visit), verb, by=actor("rosa"))
    with pytest.raises(Refused, match="Nothing on it is left to ask for"):
        sending.sent(made, "posted", by=actor("theo"))


def test_a_report_is_not_asked_of_the_office_that_the_visit_was_not_at(november_5):
    made = report_letter(november_5)
    made.visit.office = checked("Elm Hospital", phone="555 0199")
    made.visit.save(update_fields=["office"])
    with pytest.raises(Refused, match="to another office now"):
        actions.print_letter(made, by=actor("theo"))


def test_put_right_while_its_pages_are_made_it_was_not_printed(monkeypatch):
    made = letter()
    make = paper.pdf

    def meanwhile(letter):
        another_fax(made)
        return make(letter)

    monkeypatch.setattr(paper, "pdf", meanwhile)
    with pytest.raises(Refused, match="has changed since it was made"):
        actions.print_letter(made, by=actor("theo"))
    made.refresh_from_db()
    assert made.printed_at is None


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (3, True)])
@pytest.mark.parametrize("name", ["needed_by", "treatment_on", "visit_on"])
def test_a_page_holds_until_a_day_on_it_moves_nearer(name, days, holds):
    facts = words.Facts("records", "Rosa Delgado", None, DAY, ["Lakeside"], "us", "", "", "", "", **{name: DAY})
    moved = replace(facts, **{name: DAY + dt.timedelta(days=days)})
    assert words.is_still_so({"made_of": words.made_of(facts)}, moved) is holds
