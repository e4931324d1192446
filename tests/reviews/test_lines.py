"""How a reader's text becomes lines with pages."""

import pytest

from cases.reviews.lines import Line, lines, past_the_end, without_page


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("A daily tablet. (page 3)", Line("A daily tablet.", "", 3)),
        ("A daily tablet (p. 3).", Line("A daily tablet", "", 3)),
        ("A daily tablet, page 3", Line("A daily tablet", "", 3)),
        ("- A daily tablet [pages 3-4]", Line("A daily tablet", "", 3)),
        ("2. A daily tablet Page 12", Line("A daily tablet", "", 12)),
        ("An operation: To remove the lump. (page 2)", Line("To remove the lump.", "An operation", 2)),
        ("No page here", Line("No page here", "", None)),
        ("page 3", Line("page 3", "", None)),
        ("Held for December 15", Line("Held for December 15", "", None)),
        ("It says 2 of 3. Then: more", Line("It says 2 of 3. Then: more", "", None)),
    ],
)
def test_a_line_gives_its_heading_words_and_page(written, line):
    assert lines(written) == [line]


def test_empty_lines_are_no_points():
    assert lines("One (page 1)\n\n  \nTwo (page 2)\n") == [Line("One", "", 1), Line("Two", "", 2)]


def test_lines_without_a_page_are_found():
    assert without_page("One (page 1)\nTwo") == [Line("Two")]


def test_a_page_the_plan_does_not_have_is_found():
    assert past_the_end("One (page 1)\nTwo (page 7)\nThree (page 0)", pages=6) == [7, 0]
