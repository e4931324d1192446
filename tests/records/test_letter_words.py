"""Our words for the letters that ask for a referral. No database."""

from dataclasses import replace
from datetime import date

import pytest

from cases.records.referral.letter_models import LetterKind
from cases.records.referral.letter_words import Facts, Run, as_text, our_words, own_words

ROSA = Facts(
    patient="Rosa Delgado",
    born_on=date(1968, 5, 14),
    phone="(555) 010-0133",
    to="Dr. Helen Abara",
    to_office="Elm Street Family Practice",
    first="Dr. Keller",
    this="Dr. Priya Raman",
    office="Northfield Medical Center",
    office_phone="",
    office_fax="(555) 010-0178",
    today=date(2026, 11, 3),
    needed_by=date(2026, 11, 23),
    visit_on=date(2026, 11, 24),
    treatment_on=date(2026, 12, 15),
    is_third=False,
)


def text(kind=LetterKind.REFER, **changed):
    return as_text(our_words(kind, replace(ROSA, **changed)))


def test_the_letter_holds_what_a_front_desk_needs():
    assert text().split("\n\n") == [
        "To Dr. Helen Abara, Elm Street Family Practice",
        "November 3, 2026",
        "Dear Dr. Helen Abara,",
        "This is how I like to make big medical decisions: I hear more than one view. "
        "Please refer me to Dr. Priya Raman, Northfield Medical Center, fax (555) 010-0178.",
        "Please send your letter by Monday, November 23. My visit there is on Tuesday, November 24.",
        "The reason in one line: a second opinion on Dr. Keller’s plan. "
        "My treatment is planned to begin on December 15.",
        "Please ask Dr. Priya Raman’s office to send you its report, so that everything is in one place.",
        "Rosa Delgado, born May 14, 1968. Phone (555) 010-0133",
    ]


def test_the_day_and_the_doctor_are_strong():
    strong = [run.text for paragraph in our_words(LetterKind.REFER, ROSA) for run in paragraph if run.is_strong]
    assert strong == ["Dr. Priya Raman, Northfield Medical Center", "by Monday, November 23"]


def test_the_other_letter_asks_the_primary_doctor_for_somebody_else():
    said = text(LetterKind.ANOTHER)
    assert "I asked Dr. Keller to refer me for another view. The answer was no." in said
    assert "Please refer me to a specialist who does not work with Dr. Keller." in said
    assert "Raman" not in said.split("Please ask")[0]


@pytest.mark.parametrize("kind", LetterKind.values)
def test_it_can_be_written_before_anything_is_known(kind):
    nothing = dict.fromkeys(("phone", "to", "to_office", "first", "this", "office", "office_fax"), "")
    said = text(kind, **nothing, born_on=None, needed_by=None, visit_on=None, treatment_on=None)
    assert said.startswith("To my doctor\n\nNovember 3, 2026\n\nDear doctor,")
    assert "a specialist who does not work with my first doctor" in said
    assert said.endswith("\n\nRosa Delgado")
    assert "  " not in said
    assert ", ." not in said


def test_a_third_opinion_says_so():
    assert "a third opinion, since I still wonder after two" in text(is_third=True)


def test_own_words_keep_their_lines_and_empty_lines_part_them():
    assert own_words("Dear doctor,\r\n\r\n\r\nPlease\nhelp.\n\n ") == [[Run("Dear doctor,")], [Run("Please\nhelp.")]]
    assert own_words("") == []
