"""What is shared stays as it was shared."""

import json

import pytest

from cases.opinions.checklist import BY_CODE
from cases.reviews import frozen, sheet
from cases.reviews.explained import explained

BODY = frozen.compose(
    texts={
        "plain": "An operation: To take out the lump. (page 2)\nA daily tablet (page 3)",
        "questions": "Tests: Can it be tested first?\nWhy now?",
        "options": "Four weeks of rest.",
        "words": "Mastectomy: An operation.\nNo meaning here",
        "private": "Staff words",
    },
    answers=[("Why so long?", "To be safe. (page 2)"), ("Why me?", "  ")],
    missing=[("cost", "Nothing found", ""), ("tests", "", "Which tests?")],
    plan={"title": "Plan", "dated_on": "2026-10-28", "pages": 6},
    reader="Joanne Pike",
)


def test_it_survives_being_stored():
    assert json.loads(json.dumps(BODY)) == BODY


def test_private_words_are_left_out():
    assert "Staff words" not in json.dumps(BODY)


def test_questions_without_an_answer_are_left_out():
    assert [answer["question"] for answer in BODY["answers"]] == ["Why so long?"]


def test_a_line_that_explains_no_single_word_stays_as_it_was_typed():
    assert BODY["words"] == [
        {"word": "Mastectomy", "meaning": "An operation."},
        {"word": "", "meaning": "No meaning here"},
    ]
    paper = frozen.on_paper(BODY, title="T", lead="", scope="S")["sections"][-1]
    assert [(item["heading"], item["text"], item["anchor"]) for item in paper["items"]] == [
        ("Mastectomy", "An operation.", "word-1"),
        ("", "No meaning here", ""),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "ER means that hormones feed it. (page 2)",
        "A gene test that says how likely it is that the cancer comes back later: a number.",
        "Is it big? No: as a pea.",
        "- see page 4",
    ],
)
def test_free_text_among_the_words_is_kept_whole(line):
    assert explained(line) == [{"word": "", "meaning": line}]


def test_an_explained_word_keeps_the_page_in_its_meaning():
    assert explained("- Grade: How fast it grows (page 2)") == [
        {"word": "Grade", "meaning": "How fast it grows (page 2)"}
    ]


def test_a_missing_point_brings_its_own_question_unless_another_was_written():
    cost, tests = frozen.missing_points(BODY)
    assert (cost["note"], cost["question"]) == ("Nothing found", str(BY_CODE["cost"].question))
    assert tests["question"] == "Which tests?"


def test_all_questions_stand_together_on_paper():
    assert frozen.questions(BODY)[:2] == ["Tests: Can it be tested first?", "Why now?"]
    assert len(frozen.questions(BODY)) == 4


def test_the_grade_goes_by_the_note_of_a_missing_point_too():
    assert "Nothing found" in frozen.everything_said(BODY).splitlines()


def test_medical_lines_are_counted_with_and_without_page():
    lines = frozen.medical_lines(BODY)
    assert [line["page"] for line in lines] == [2, 3, None, 2]


def test_empty_parts_are_not_on_paper():
    empty = frozen.compose(texts={"plain": "A step (page 1)"}, answers=[], missing=[], plan=BODY["plan"], reader="J")
    paper = frozen.on_paper(empty, title="T", lead="", scope="S")
    assert [part["heading"] for part in paper["sections"]] == ["What your doctor suggests"]


def test_each_page_named_is_a_link_where_the_page_is_there():
    shown = sheet.shown(BODY, lambda page: f"#page-{page}" if page < 3 else "")
    assert [step["href"] for step in shown.steps] == ["#page-2", ""]
    assert shown.about == "From your plan of October 28"
