"""The twelve things a plan should say."""

from cases.opinions.checklist import POINTS
from portal.reading_grade import AIM, grade


def test_there_are_twelve_and_each_has_a_code_of_its_own():
    assert len({point.code for point in POINTS}) == len(POINTS) == 12


def test_each_has_a_question_to_ask():
    assert all(str(point.question).endswith("?") for point in POINTS)


def test_what_the_patient_reads_is_plain():
    words = ". ".join(f"{point.missing}. {point.question}" for point in POINTS)
    assert grade(words) <= AIM
