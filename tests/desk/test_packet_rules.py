"""What may be passed on, the names inside the ZIP, and when a record has arrived."""

import uuid

import pytest

from cases.desk.packet.rules import LONGEST, arrived_by, file_name, why_not_passed_on
from cases.records.release.states import Why


@pytest.mark.parametrize("why", [None, Why.NONE, Why.OTHER_ITEM])
def test_what_no_form_was_signed_for_goes_by_what_the_patient_lets_us(why):
    assert why_not_passed_on(is_own=False, by_release=why) is None


@pytest.mark.parametrize("why", [Why.TAKEN_BACK, Why.EXPIRED, Why.OTHER_RECIPIENT, Why.PAPER_GONE, Why.BEFORE_VISIT])
def test_what_an_office_sent_goes_only_by_the_form_it_was_sent_by(why):
    assert why_not_passed_on(is_own=False, by_release=why) == why
    assert why_not_passed_on(is_own=True, by_release=why) is None


@pytest.mark.parametrize(
    ("heading", "title", "name"),
    [
        ("Pathology report", "biopsy", "03 Pathology report - biopsy.pdf"),
        ("Treatment plan", "Treatment plan", "03 Treatment plan.pdf"),
        ("Plan", "../../etc/passwd", "03 Plan - etc passwd.pdf"),
        ("Plan", "C:\\Windows\\x.exe", "03 Plan - C Windows x.exe.pdf"),
        ("Plan", "a\0b\r\nContent-Type: x", "03 Plan - abContent-Type x.pdf"),
        ("Plan", "\u202efdp.exe", "03 Plan - fdp.exe.pdf"),
        ("Plan", " . . ", "03 Plan.pdf"),
        ("Plan", "תוצאות הבדיקה", "03 Plan - תוצאות הבדיקה.pdf"),
        ("", "", "03.pdf"),
    ],
)
def test_names_in_the_zip_are_plain(heading, title, name):
    assert file_name(3, heading, title, ".pdf") == name


def test_a_long_name_is_cut():
    assert len(file_name(1, "Plan", "a" * 300, ".pdf")) <= LONGEST + len("01 .pdf")


def test_a_record_arrived_once_all_its_files_were_taken():
    one, two, first, second = (uuid.uuid4() for _each in range(4))
    files = {one: {first}, two: {first, second}}
    assert arrived_by(files, [first]) == [one]
    assert arrived_by(files, [first, second]) == [one, two]
    assert arrived_by({one: set()}, [first]) == []
